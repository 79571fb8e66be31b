import { z } from 'zod';
import { BOUNDARIES, ERRORS, type ErrorCode } from './errors.ts';

const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** Version of the events below. New kinds of events and new fields do not raise it: readers skip what they do not know. */
export const EXEC_EVENTS_VERSION = 1;

/** The lines of `mogplex exec --json`, in order: one `start`, then any of the others, `finish` or `error` last. */
export const execEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    version: z.literal(EXEC_EVENTS_VERSION),
    sessionId: z.string(),
    /** `provider/model` */
    model: z.string(),
    /** Where the credential comes from, such as `env OPENAI_API_KEY`, and what is set as well and loses to it. */
    source: z.string(),
    overrides: z.array(z.string()),
  }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('reasoning'), text: z.string() }),
  z.object({ type: z.literal('tool_call'), id: z.string(), name: z.string(), input: z.string() }),
  z.object({ type: z.literal('usage'), inputTokens: z.number().int(), outputTokens: z.number().int() }),
  z.object({ type: z.literal('finish'), reason: z.string() }),
  z.object({
    type: z.literal('error'),
    error: z.object({
      code: z.enum(codes),
      message: z.string(),
      boundary: z.enum(BOUNDARIES),
      hint: z.string().optional(),
      requestId: z.string().optional(),
      /** Seconds. */
      retryAfter: z.number().optional(),
    }),
  }),
]);

export type ExecEvent = z.infer<typeof execEvent>;

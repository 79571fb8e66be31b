import { z } from 'zod';
import { pageOf } from './envelope.ts';
import { BOUNDARIES, ERRORS, type ErrorCode } from './errors.ts';

const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];
const count = z.number().int().nonnegative();

/** A run is `pending` until a worker takes it, then `running`, then one of the other three for ever. */
export const RUN_STATUSES = ['pending', 'running', 'succeeded', 'failed', 'cancelled'] as const;

export type RunStatus = (typeof RUN_STATUSES)[number];

/** Whether a run in this state has ended. */
export const isRunOver = (status: RunStatus): boolean => status !== 'pending' && status !== 'running';

/** Where a run was asked for (statement B20). */
export const RUN_SOURCES = ['cli', 'api', 'web', 'slack', 'github', 'trigger', 'assignment', 'automation'] as const;

export type RunSource = (typeof RUN_SOURCES)[number];

/** The sources that a caller of the API may state; the others are known by the platform alone. */
export const STATED_SOURCES = ['cli', 'api'] as const;

/** Why a run failed, in the words of an error envelope. */
export const runError = z.object({
  code: z.enum(codes),
  message: z.string(),
  boundary: z.enum(BOUNDARIES),
  /** Finds the failure in the platform's log. */
  requestId: z.string(),
  hint: z.string().optional(),
});

export type RunError = z.infer<typeof runError>;

/** What a run has used until now, as the ledger booked it. */
export const runUsage = z.object({
  /** Cached ones included. */
  inputTokens: count,
  outputTokens: count,
  /** Micro-dollars by the catalogue's prices, whoever pays. */
  costMicros: count,
});

/** One run. Times are milliseconds since the epoch. */
export const run = z.object({
  /** `run_` and 26 letters and digits. */
  id: z.string(),
  status: z.enum(RUN_STATUSES),
  agent: z.string(),
  /** `provider/model`. */
  model: z.string(),
  /** The beginning of the prompt, masked, one line of at most 120 characters. */
  title: z.string(),
  /** `owner/name`. */
  repository: z.string().optional(),
  /** The team that it belongs to; absent: the account's own. */
  teamId: z.string().optional(),
  source: z.enum(RUN_SOURCES),
  startedBy: z.object({
    kind: z.enum(['personal', 'oauth', 'session']),
    accountId: z.string(),
    tokenId: z.string(),
    /** Name of the token, the client or the session. */
    name: z.string(),
  }),
  createdAt: count,
  startedAt: count.optional(),
  endedAt: count.optional(),
  /** Set once a cancel was asked for: from then on it can only end as `cancelled`. */
  cancelRequestedAt: count.optional(),
  error: runError.optional(),
  usage: runUsage,
  /** Sequence number of its last event so far. */
  lastSeq: count,
});

export type Run = z.infer<typeof run>;

const eventBase = {
  runId: z.string(),
  /** 1, 2, 3 ... without a gap. */
  seq: z.number().int().positive(),
  at: count,
};

const message = z.object({
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  /** Whether the text was cut; what an assistant said is whole in the deltas before. */
  truncated: z.boolean(),
});

/**
 * One event of a run: masked and capped before it was stored. The last one of a run is a `status` in which it is over. New types may come:
 * a reader skips those that it does not know.
 */
export const runEvent = z.discriminatedUnion('type', [
  z.object({ ...eventBase, type: z.literal('status'), data: z.object({ status: z.enum(RUN_STATUSES) }) }),
  /** A piece of the assistant's answer, at most 2,000 characters. */
  z.object({ ...eventBase, type: z.literal('message.delta'), data: z.object({ text: z.string() }) }),
  z.object({ ...eventBase, type: z.literal('message'), data: message }),
  /** All that the run has used so far. */
  z.object({ ...eventBase, type: z.literal('usage'), data: runUsage }),
  z.object({ ...eventBase, type: z.literal('error'), data: runError }),
  /**
   * Something that a watcher should know: `restarted` (another worker took over: what the assistant said so far is void),
   * `output_capped` (the answer goes on, but no more of it is kept), `no_repository` (this agent does not read the repository).
   */
  z.object({ ...eventBase, type: z.literal('notice'), data: z.object({ code: z.string(), text: z.string() }) }),
]);

export type RunEvent = z.infer<typeof runEvent>;

/** What a run's id looks like. */
export const RUN_ID = /^run_[0-9a-z]{26}$/;

/** `owner/name` of a repository. */
export const repositoryName = z.string().regex(/^(?!\.{1,2}\/)[\w.-]{1,100}\/(?!\.{1,2}$)[\w.-]{1,100}$/, 'must be owner/name');

/** Body of `POST /runs`; send an `Idempotency-Key` with it. */
export const startRun = z.strictObject({
  /** Default `chat`. */
  agent: z.string().min(1).max(40).optional(),
  prompt: z.string().trim().min(1).max(200_000),
  /** `provider/model`; absent: the account's default. */
  model: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'must be provider/model')
    .optional(),
  system: z.string().min(1).max(50_000).optional(),
  /** For the record, and for models that may not be used for it. */
  repository: repositoryName.optional(),
  /** The team that the run belongs to and that its members see; absent: the team of a service account, else nobody but the account. */
  teamId: z.string().min(1).max(64).optional(),
  /** Default: from the credential. */
  source: z.enum(STATED_SOURCES).optional(),
});

export type StartRun = z.input<typeof startRun>;

/** Answer of `POST /runs` (201), `GET /runs/:id` and `POST /runs/:id/cancel`. */
export const runAnswer = z.object({ run });

/** Query of `GET /runs`: newest first. */
export const runListQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  status: z.enum(RUN_STATUSES).optional(),
});

export const runPage = pageOf(run);

/** Query of `GET /runs/:id/events`: those with `seq > after`, oldest first. */
export const runEventQuery = z.object({
  after: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});

/** Answer of `GET /runs/:id/events`. With `done` there will never be more after these. */
export const runEventPage = z.object({ items: z.array(runEvent), lastSeq: count, done: z.boolean() });

/**
 * `GET /runs/:id/stream?after=<seq>` is `text/event-stream`: each run event is one message, `id:` its `seq`, `data:` its JSON; a comment every
 * 15 seconds. It honours `Last-Event-ID`, which outranks `after`. The last message is `event: end` with this as its data: `done` after the
 * run's last event, else the connection ends for another reason and the reader resumes after `lastSeq` (not with `revoked`).
 */
export const runStreamEnd = z.object({ reason: z.enum(['done', 'slow', 'closing', 'revoked', 'failed']), lastSeq: count });

export type RunStreamEnd = z.infer<typeof runStreamEnd>;

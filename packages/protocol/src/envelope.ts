import { z } from 'zod';
import { BOUNDARIES, ERRORS, type ErrorCode, MogplexError } from './errors.ts';

const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** Body of every failed API v1 answer. */
export const errorEnvelope = z.object({
  ok: z.literal(false),
  error: z.object({
    code: z.enum(codes),
    message: z.string(),
    boundary: z.enum(BOUNDARIES),
    requestId: z.string(),
    hint: z.string().optional(),
    retryAfter: z.number().optional(),
  }),
});

export type ErrorEnvelope = z.infer<typeof errorEnvelope>;

/** Body of every successful API v1 answer that carries `data` of the given schema. */
export const okEnvelope = <T extends z.ZodType>(data: T) => z.object({ ok: z.literal(true), data });

/** One page of a listing: `nextCursor` is null on the last page, otherwise it is passed back as `?cursor=`. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** The wire form of an error; `requestId` is the id of the request that failed. */
export const toErrorEnvelope = (error: MogplexError, requestId: string): ErrorEnvelope => ({
  ok: false,
  error: {
    code: error.code,
    message: error.message,
    boundary: error.boundary,
    requestId,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
  },
});

/** The error that an envelope from the wire stands for. */
export const fromErrorEnvelope = ({ error }: ErrorEnvelope): MogplexError =>
  new MogplexError(error.code, error.message, {
    boundary: error.boundary,
    requestId: error.requestId,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
  });

import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';

/** Query of a listing: `cursor` from the page before, `limit` rows. */
export const pageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

// Without the character NUL, which PostgreSQL cannot compare with.
const id = z
  .string()
  .max(200)
  .refine((text) => !text.includes('\u0000'));

/** The last moment that a date can hold (ECMA-262 section 21.4.1.1): some times are compared as text. */
const LAST_MOMENT = 8_640_000_000_000_000;

const key = z.tuple([z.number().int().min(0).max(LAST_MOMENT), id]);

/** Where the page before ended: time and id of its last row. */
export const readCursor = (cursor: string | undefined): { at: number; id: string } | undefined => {
  if (cursor === undefined) return undefined;
  try {
    const [at, id] = key.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { at, id };
  } catch {
    throw new MogplexError('invalid_request', 'query.cursor: it is not the cursor of an earlier page', { boundary: 'request' });
  }
};

/**
 * Makes one page of rows that were read newest first, one more than the page holds.
 *
 * @returns the envelope's `{ items, nextCursor }`.
 */
export const makePage = <R extends { created_at: number; id: string }, T>(
  rows: readonly R[],
  limit: number,
  show: (row: R) => T,
): { items: T[]; nextCursor: string | null } => {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: page.map(show),
    nextCursor: more ? Buffer.from(JSON.stringify([last.created_at, last.id])).toString('base64url') : null,
  };
};

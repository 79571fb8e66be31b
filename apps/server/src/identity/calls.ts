import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';

const errorBody = z.object({ code: z.string().optional(), message: z.string().optional() });

/**
 * Reads an answer of the account library.
 *
 * @param refusal what a refusal means to the person. The library's own words are not passed on, except `code` in the cause.
 * @returns the JSON body and the cookies to set.
 */
export const libraryAnswer = async (
  response: Response,
  refusal: { code: 'unauthenticated' | 'invalid_request' | 'forbidden' | 'conflict'; message: string; hint?: string },
): Promise<{ body: unknown; cookies: string[] }> => {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return { body, cookies: response.headers.getSetCookie() };
  if (response.status >= 500) {
    throw new MogplexError('internal', 'the account could not be read or written', { boundary: 'account' });
  }
  const { code = 'unknown' } = errorBody.catch({}).parse(body ?? {});
  throw new MogplexError(refusal.code, refusal.message, {
    boundary: 'account',
    ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
    cause: new Error(code),
  });
};

import { errorEnvelope, fromErrorEnvelope, MogplexError } from '@mogplex/protocol';
import { z } from 'zod';

interface Call<T extends z.ZodType> {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Shape of `data` in the answer. */
  data: T;
}

/** An answer of a route that gives nothing back. */
export const nothing = z.unknown();

/**
 * Calls API v1 with the session's cookie.
 *
 * @param path below `/api/v1/mogplex`, with its leading slash.
 * @throws MogplexError the platform's own error, or `unavailable` when its answer is not in the envelope.
 */
export const call = async <T extends z.ZodType>(
  path: string,
  { method = 'GET', body, headers = {}, data }: Call<T>,
): Promise<z.infer<T>> => {
  const response = await fetch(`/api/v1/mogplex${path}`, {
    method,
    credentials: 'same-origin',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status === 204) return data.parse(undefined);
  const answer: unknown = await response.json().catch(() => undefined);
  const failure = errorEnvelope.safeParse(answer);
  if (failure.success) throw fromErrorEnvelope(failure.data);
  const success = z.object({ ok: z.literal(true), data: z.unknown() }).safeParse(answer);
  const result = success.success ? data.safeParse(success.data.data) : undefined;
  if (result?.success !== true) {
    throw new MogplexError('unavailable', `The platform answered with ${response.status} and a body that this page does not know.`, {
      boundary: 'network',
      hint: 'Reload the page: the platform may have been updated.',
    });
  }
  return result.data;
};

/**
 * Reads a whole listing, page after page: what a person must be able to take back has to be seen.
 *
 * @param path of the listing, without a query.
 * @param wanted further parameters of the query.
 */
export const everyPage = async <T extends z.ZodType>(
  path: string,
  item: T,
  wanted: Readonly<Record<string, string>> = {},
): Promise<{ items: z.infer<T>[] }> => {
  const items: z.infer<T>[] = [];
  const page = z.object({ items: z.array(item), nextCursor: z.string().nullable() });
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = new URLSearchParams({ ...wanted, limit: '100', ...(cursor === '' ? {} : { cursor }) });
    const answer: z.infer<typeof page> = await call(`${path}?${query}`, { data: page });
    items.push(...answer.items);
    cursor = answer.nextCursor;
  }
  return { items };
};

import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '@mogplex/credentials';
import { errorEnvelope, fromErrorEnvelope, MogplexError, okEnvelope } from '@mogplex/protocol';
import type { z } from 'zod';
import type { Operation } from './operations.ts';

export interface ClientOptions {
  /** Origin of the platform, for instance `https://mogplex.example`. */
  baseUrl: string;
  /** `mog_` or `mog_at_` token. It is sent to this origin and nowhere else: redirects are not followed. */
  token: Secret;
  fetch?: typeof fetch;
  /** Waits between tries; default real time. */
  wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Jitter of the waits; default `Math.random`. */
  random?: () => number;
  /** Tries of one call, the first included. Default 4. */
  tries?: number;
  /** Longest wait that the platform may ask for, in seconds; a longer one is an error at once. Default 30. */
  longestWait?: number;
}

export interface CallInput {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number | undefined>>;
  /** Makes a repeated `POST` safe, so that it is tried again. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

const FIRST_WAIT = 250;

const urlOf = (baseUrl: string, path: string, { params = {}, query = {} }: CallInput): URL => {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(params[name] ?? ''));
  const url = new URL(`/api/v1/mogplex${filled}`, baseUrl);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
};

const strange = (status: number, cause?: unknown): MogplexError =>
  new MogplexError('upstream_error', `the platform answered ${status} in a form that this client does not know`, {
    boundary: 'network',
    hint: 'Check that the address is that of a Mogplex platform, and that both are of one release.',
    cause,
  });

const read = async (response: Response, schema: z.ZodType): Promise<unknown> => {
  const body: unknown = await response.json().catch((cause: unknown) => {
    throw strange(response.status, cause);
  });
  if (response.ok) {
    const answer = okEnvelope(schema).safeParse(body);
    if (answer.success) return answer.data.data;
    throw strange(response.status, answer.error);
  }
  const refusal = errorEnvelope.safeParse(body);
  throw refusal.success ? fromErrorEnvelope(refusal.data) : strange(response.status, refusal.error);
};

const once = async (options: ClientOptions, operation: Operation, input: CallInput): Promise<unknown> => {
  const send = options.fetch ?? fetch;
  let response: Response;
  try {
    response = await send(urlOf(options.baseUrl, operation.path, input), {
      method: operation.method,
      redirect: 'error',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${options.token.reveal()}`,
        ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
      },
      ...(input.signal ? { signal: input.signal } : {}),
    });
  } catch (cause) {
    input.signal?.throwIfAborted();
    throw new MogplexError('unavailable', `the platform at ${new URL(options.baseUrl).origin} cannot be reached`, {
      boundary: 'network',
      cause,
    });
  }
  return read(response, operation.response);
};

const mayRepeat = (operation: Operation, input: CallInput, error: unknown): error is MogplexError =>
  error instanceof MogplexError &&
  (error.code === 'rate_limited' || (error.code === 'unavailable' && (operation.method !== 'POST' || input.idempotencyKey !== undefined)));

/**
 * Makes one call. A call that the platform limited, or that did not reach it, is repeated with growing, jittered waits, never
 * sooner than `Retry-After` says (RFC 9110 section 10.2.3); a `POST` that may have arrived only with an idempotency key.
 *
 * @throws MogplexError what the platform said, or `unavailable` / `upstream_error` of the boundary `network`.
 */
export const call = async (options: ClientOptions, operation: Operation, input: CallInput = {}): Promise<unknown> => {
  const { tries = 4, longestWait = 30, random = Math.random } = options;
  const wait = options.wait ?? ((milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}));
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(options, operation, input);
    } catch (error) {
      if (attempt >= tries || !mayRepeat(operation, input, error) || (error.retryAfter ?? 0) > longestWait) throw error;
      const backoff = FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + random());
      await wait(Math.max(backoff, (error.retryAfter ?? 0) * 1_000), input.signal);
    }
  }
};

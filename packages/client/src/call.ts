import type { Secret } from '@mogplex/credentials';
import { errorEnvelope, fromErrorEnvelope, MogplexError, okEnvelope } from '@mogplex/protocol';
import type { z } from 'zod';
import { wait as realWait } from './follow/wait.ts';
import type { Operation } from './operations.ts';

/** What opens a secret: a `Secret`, or the value of a login. */
interface Revealed {
  reveal(): string;
}

/** A token that is made anew now and then, such as that of an account's login. */
export interface TokenSource {
  /** The token to send now. */
  current(): Promise<Revealed>;
  /**
   * Another one after the platform refused this one with 401.
   *
   * @throws MogplexError `unauthenticated` when only a new login helps
   */
  renew(refused: Revealed): Promise<Revealed>;
}

export interface ClientOptions {
  /** Origin of the platform, for instance `https://mogplex.example`. */
  baseUrl: string;
  /** `mog_` or `mog_at_` token, or what makes them. It is sent to this origin and nowhere else: redirects are not followed. */
  token: Secret | TokenSource;
  fetch?: typeof fetch;
  /** Waits between tries; default real time. */
  wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Jitter of the waits; default `Math.random`. */
  random?: () => number;
  /** Tries of one call, the first included. Default 4. */
  tries?: number;
  /** Longest wait that the platform may ask for, in seconds; a longer one is an error at once. Default 30. */
  longestWait?: number;
  /** Milliseconds that the platform has for one answer. Default 20,000. */
  timeout?: number;
}

export interface CallInput {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
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

/** What stands between answers in words of its own when the platform behind it is busy or away. */
const PROXY_STATUS: Readonly<Record<number, 'rate_limited' | 'unavailable'>> = {
  429: 'rate_limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/** Seconds of a `Retry-After` in its form as a number (RFC 9110 section 10.2.3). */
const retryAfterOf = ({ headers }: Response): { retryAfter?: number } => {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(seconds) ? { retryAfter: Number(seconds) } : {};
};

const jsonOf = async (response: Response): Promise<unknown> => {
  try {
    return await response.json();
  } catch (cause) {
    if (cause instanceof SyntaxError) throw strange(response.status, cause);
    throw cause;
  }
};

/** The error that a failed answer stands for. */
const refusalOf = async (response: Response): Promise<MogplexError> => {
  const refusal = errorEnvelope.safeParse(await response.json().catch(() => undefined));
  if (refusal.success) return fromErrorEnvelope(refusal.data);
  const code = PROXY_STATUS[response.status];
  if (code === undefined) return strange(response.status, refusal.error);
  return new MogplexError(code, `something before the platform answered ${response.status}`, {
    boundary: 'network',
    ...retryAfterOf(response),
  });
};

const read = async (response: Response, schema: z.ZodType): Promise<unknown> => {
  if (!response.ok) throw await refusalOf(response);
  const answer = okEnvelope(schema).safeParse(await jsonOf(response));
  if (answer.success) return answer.data.data;
  throw strange(response.status, answer.error);
};

/** Sends with the token, and once more with another where the first was refused and there is another. */
const withToken = async (token: ClientOptions['token'], send: (token: Revealed) => Promise<Response>): Promise<Response> => {
  if (!('current' in token)) return await send(token);
  const first = await token.current();
  const response = await send(first);
  if (response.status !== 401) return response;
  await response.body?.cancel();
  return await send(await token.renew(first));
};

const sendTo = (options: ClientOptions, operation: Operation, input: CallInput, headers: Record<string, string>): Promise<Response> => {
  const send = options.fetch ?? fetch;
  return withToken(options.token, (token) =>
    send(urlOf(options.baseUrl, operation.path, input), {
      method: operation.method,
      redirect: 'error',
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
        ...headers,
      },
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...(input.signal ? { signal: input.signal } : {}),
    }),
  );
};

/** What a request that brought no answer failed of, in words for people. */
const notReached = (baseUrl: string, cause: unknown): MogplexError => {
  const { origin } = new URL(baseUrl);
  // No header can carry such a token; the words of the runtime repeat it.
  if (cause instanceof TypeError && /header value|ByteString/i.test(cause.message)) {
    return new MogplexError('unauthenticated', `the token for the platform at ${origin} holds a character that cannot be sent`, {
      boundary: 'token',
      hint: 'Look for a line break or a letter that came along when it was copied.',
    });
  }
  const late = cause instanceof Error && cause.name === 'TimeoutError';
  return new MogplexError(
    'unavailable',
    late ? `the platform at ${origin} does not answer` : `the platform at ${origin} cannot be reached`,
    {
      boundary: 'network',
      hint: 'Check that it runs and that the address is right; mogplex doctor looks.',
      cause,
    },
  );
};

const once = async (options: ClientOptions, operation: Operation, input: CallInput): Promise<unknown> => {
  const timeout = AbortSignal.timeout(options.timeout ?? 20_000);
  const signal = input.signal ? AbortSignal.any([input.signal, timeout]) : timeout;
  try {
    return await read(await sendTo(options, operation, { ...input, signal }, { accept: 'application/json' }), operation.response);
  } catch (cause) {
    input.signal?.throwIfAborted();
    throw cause instanceof MogplexError ? cause : notReached(options.baseUrl, cause);
  }
};

/**
 * Opens a stream of events.
 *
 * @throws MogplexError what the platform refused, or `unavailable`
 */
export const openStream = async (options: ClientOptions, operation: Operation, input: CallInput, after: number): Promise<Response> => {
  const headers = { accept: 'text/event-stream', 'last-event-id': String(after) };
  let response: Response;
  try {
    response = await sendTo(options, operation, input, headers);
  } catch (cause) {
    input.signal?.throwIfAborted();
    throw cause instanceof MogplexError ? cause : notReached(options.baseUrl, cause);
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
};

/** Whether a second try can help and cannot do something twice. */
const mayRepeat = (operation: Operation, input: CallInput, error: unknown): error is MogplexError => {
  if (!(error instanceof MogplexError)) return false;
  const safe = operation.method !== 'POST' || input.idempotencyKey !== undefined;
  // A conflict with a time to wait: the first try with this idempotency key is still under way.
  const passes = error.code === 'unavailable' || (error.code === 'conflict' && error.retryAfter !== undefined);
  return error.code === 'rate_limited' || (safe && passes);
};

/**
 * Makes one call. A call that the platform limited, or that did not reach it, is repeated with growing, jittered waits, never
 * sooner than `Retry-After` says (RFC 9110 section 10.2.3); a `POST` that may have arrived only with an idempotency key.
 *
 * @throws MogplexError what the platform said, or `unavailable` / `upstream_error` of the boundary `network`.
 */
export const call = async (options: ClientOptions, operation: Operation, input: CallInput = {}): Promise<unknown> => {
  const { tries = 4, longestWait = 30, random = Math.random, wait = realWait } = options;
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

import { type Boundary, BOUNDARIES, ERRORS, type ErrorCode, MogplexError } from '@mogplex/protocol';
import { createRedactor, type Redactor } from '@mogplex/redaction';
import { plainText } from '@moxxy/sdk';

/** Who is asked, in the words of an error. */
export interface Peer {
  /** `OpenAI`, or `the platform at https://...`. */
  label: string;
  /** Where the credential comes from: `env OPENAI_API_KEY`. */
  credential: string;
  /** What to do when the credential is refused, one sentence. */
  refusedHint: string;
}

const LONGEST_MESSAGE = 400;

/** Made by the first failure: making one takes some milliseconds. */
let redactor: Redactor | undefined;

/** A word from outside as one line, without secrets and control characters. */
export const safeWords = (text: string): string => {
  redactor ??= createRedactor();
  return plainText(redactor.text(text).text, LONGEST_MESSAGE);
};

/** Seconds to wait by `retry-after-ms` or `Retry-After` (RFC 9110, section 10.2.3), or undefined. */
export const readRetryAfter = (headers: Headers, now: number): number | undefined => {
  const milliseconds = headers.get('retry-after-ms');
  if (milliseconds !== null && Number(milliseconds) >= 0) return Math.ceil(Number(milliseconds) / 1000);
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The sentence of an error body, whichever of the vendors' shapes it has. */
const sentenceOf = (body: string): string | undefined => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isRecord(first)) return undefined;
  const error = first['error'];
  const found = isRecord(error) ? error['message'] : (error ?? first['message'] ?? first['detail']);
  return typeof found === 'string' && found !== '' ? safeWords(found) : undefined;
};

interface Meaning {
  code: ErrorCode;
  words: string;
  hint?: string;
}

const meaningOf = (status: number, peer: Peer, said: string | undefined): Meaning => {
  const withWords = (text: string): string => (said === undefined ? text : `${text}: ${said}`);
  if (status === 401)
    return { code: 'unauthenticated', words: `${peer.label} refused the credential (${peer.credential})`, hint: peer.refusedHint };
  if (status === 402) return { code: 'out_of_credit', words: withWords(`the account at ${peer.label} has no credit`) };
  if (status === 403) return { code: 'forbidden', words: withWords(`${peer.label} does not allow this`) };
  if (status === 404) return { code: 'not_found', words: withWords(`${peer.label} does not have it`) };
  if (status === 413) return { code: 'payload_too_large', words: withWords(`the prompt is too long for ${peer.label}`) };
  if (status === 429) return { code: 'rate_limited', words: withWords(`${peer.label} limits the rate of requests`) };
  if (status === 408 || status === 504) return { code: 'upstream_timeout', words: `${peer.label} ran out of time` };
  if (status === 503 || status === 529)
    return { code: 'unavailable', words: `${peer.label} is overloaded`, hint: 'Try again in a moment.' };
  if (status >= 500) return { code: 'upstream_error', words: `${peer.label} failed (status ${status})` };
  return { code: 'invalid_request', words: withWords(`${peer.label} refused the request (status ${status})`) };
};

const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text);
const isBoundary = (text: string): text is Boundary => (BOUNDARIES as readonly string[]).includes(text);

/**
 * The code of an error that the platform states. Where it hands on the answer of a provider, the status says more; but a
 * provider that refuses the platform's own key says nothing about the credential of this request.
 */
const statedCode = (response: Response, peer: Peer): ErrorCode | undefined => {
  const code = response.headers.get('x-mogplex-error');
  if (code === null || !isErrorCode(code)) return undefined;
  const isAboutTheKey = [401, 402, 403].includes(response.status);
  return code === 'upstream_error' && !isAboutTheKey ? meaningOf(response.status, peer, undefined).code : code;
};

/** An error that the platform states itself: its code and boundary stand in headers, its words in the body. */
const platformError = (
  response: Response,
  peer: Peer,
  said: string | undefined,
  retryAfter: number | undefined,
): MogplexError | undefined => {
  const code = statedCode(response, peer);
  if (code === undefined) return undefined;
  const boundary = response.headers.get('x-mogplex-boundary') ?? 'model';
  const requestId = response.headers.get('x-request-id') ?? undefined;
  // The platform puts boundary and request id into the words for clients that print nothing else.
  const words = said?.replace(/ \([a-z]+, request [\w-]+\)$/, '');
  return new MogplexError(code, words ?? `the platform answered ${response.status}`, {
    boundary: isBoundary(boundary) ? boundary : 'model',
    ...(requestId === undefined ? {} : { requestId: safeWords(requestId) }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
};

/**
 * The error that an answer with a failing status stands for. The words of the other side are kept where they speak of
 * the request; where they speak of the credential they are not, since some repeat it.
 *
 * @param now milliseconds since 1970, for a `Retry-After` date
 */
export const failureOf = (response: Response, body: string, peer: Peer, now: number): MogplexError => {
  const said = sentenceOf(body);
  const retryAfter = readRetryAfter(response.headers, now);
  const stated = platformError(response, peer, said, retryAfter);
  if (stated) return stated;
  const { code, words, hint } = meaningOf(response.status, peer, said);
  return new MogplexError(code, words, {
    boundary: 'model',
    ...(hint === undefined ? {} : { hint }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
};

/**
 * The refusal to send a credential that no header can carry (Fetch Standard, header value): it holds a line break, or a character
 * beyond Latin-1. The words of the runtime repeat it, so none of them is kept. Undefined for any other error; packages wrap this one.
 */
export const unsendable = (error: unknown, peer: Peer): MogplexError | undefined => {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (!(current instanceof TypeError) || !/header value|ByteString/i.test(current.message)) continue;
    return new MogplexError(
      'unauthenticated',
      `the credential for ${peer.label} (${peer.credential}) holds a character that cannot be sent`,
      {
        boundary: 'model',
        hint: `Look for a line break or a letter that came along when it was copied. ${peer.refusedHint}`,
      },
    );
  }
  return undefined;
};

/** The connection could not be made or broke before an answer. */
export const unreachable = (error: unknown, peer: Peer): MogplexError => {
  const odd = unsendable(error, peer);
  if (odd) return odd;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = isRecord(cause) && typeof cause['code'] === 'string' ? cause['code'] : undefined;
  const why = code ?? (cause instanceof Error ? safeWords(cause.message) : 'no connection');
  return new MogplexError('unavailable', `${peer.label} could not be reached (${why})`, {
    boundary: 'model',
    hint: 'Check the network and the base URL.',
  });
};

export const silent = (peer: Peer, seconds: number): MogplexError =>
  new MogplexError('upstream_timeout', `${peer.label} said nothing for ${seconds} s`, {
    boundary: 'model',
    hint: 'Try again; MOGPLEX_MODEL_TIMEOUT sets the seconds to wait.',
  });

export const cutOff = (peer: Peer): MogplexError =>
  new MogplexError('upstream_error', `${peer.label} cut the answer off before its end`, { boundary: 'model', hint: 'Try again.' });

export const unreadable = (peer: Peer): MogplexError =>
  new MogplexError('upstream_error', `${peer.label} sent something that is not in its format`, { boundary: 'model' });

/** An error that arrives within a stream that began well. */
export const streamFailure = (error: unknown, peer: Peer): MogplexError => {
  const text = JSON.stringify(error, Object.getOwnPropertyNames(error ?? {})) ?? String(error);
  if (/overloaded|unavailable/i.test(text)) return new MogplexError('unavailable', `${peer.label} is overloaded`, { boundary: 'model' });
  if (/rate.?limit|resource.?exhausted/i.test(text)) {
    return new MogplexError('rate_limited', `${peer.label} limits the rate of requests`, { boundary: 'model' });
  }
  const said = isRecord(error) && typeof error['message'] === 'string' ? `: ${safeWords(error['message'])}` : '';
  return new MogplexError('upstream_error', `${peer.label} ended the answer with an error${said}`, { boundary: 'model' });
};

import type { FailureFacts } from './failure.ts';

const MAX_MESSAGE = 600;
/** Words that tell whose account the platform uses: organisation, project and user ids, and addresses of key pages. */
const ACCOUNT_WORDS =
  /\b(?:org|organization|proj|project|user|acct|req)[-_][A-Za-z0-9]{6,}\b|https?:\/\/\S+|\bsk-[A-Za-z0-9*_-]+|\bAIza[\w*-]+/g;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;

const GENERIC: Record<number, string> = {
  401: 'the provider refused the key that the platform holds for it',
  402: "the platform's account at the provider has no credit",
  403: "the platform's key may not do this at the provider",
  429: 'the provider is limiting the rate of calls',
  529: 'the provider is overloaded',
};

interface ProviderBody {
  error?: { message?: unknown; type?: unknown; code?: unknown; status?: unknown } | string;
  message?: unknown;
  type?: unknown;
}

const parse = (body: string): ProviderBody => {
  try {
    const value: unknown = JSON.parse(body);
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === 'object' && first !== null ? first : {};
  } catch {
    return {};
  }
};

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z0-9_.-]{1,80}$/.test(value) ? value : undefined;

const cleaned = (message: unknown): string | undefined =>
  typeof message === 'string' && message !== ''
    ? message.replace(ACCOUNT_WORDS, '[removed]').replace(CONTROL, ' ').slice(0, MAX_MESSAGE)
    : undefined;

/** Statuses where the provider speaks of the request itself, so that its words help and are handed on. */
const speaksOfTheRequest = (status: number): boolean =>
  status === 400 || status === 404 || status === 413 || status === 415 || status === 422;

/**
 * What of a provider's error a client may know: its status, type and code always; its words where they speak of the
 * request ("prompt is too long"), without anything of the account behind the platform; else words of ours.
 */
export const readProviderError = (status: number, body: string): FailureFacts => {
  const parsed = parse(body);
  const error = typeof parsed.error === 'object' ? parsed.error : { message: parsed.error ?? parsed.message, type: parsed.type };
  const generic = GENERIC[status] ?? (status >= 500 ? 'the provider failed' : 'the provider refused the request');
  const message = (speaksOfTheRequest(status) ? cleaned(error.message) : undefined) ?? `${generic} (status ${status})`;
  const type = word(error.status) ?? word(error.type);
  const code = word(error.code);
  return { status, message, ...(type ? { type } : {}), ...(code ? { code } : {}) };
};

/** Seconds that a provider asks to wait: `retry-after-ms`, `retry-after` in seconds or as a date (RFC 9110, section 10.2.3). */
export const readRetryAfter = (headers: Record<string, string | string[] | undefined>, now: number): number | undefined => {
  const first = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const milliseconds = Number(first('retry-after-ms'));
  if (first('retry-after-ms') && Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds / 1000;
  const text = first('retry-after');
  if (!text) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
};

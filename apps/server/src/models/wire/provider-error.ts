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

/** The same of a key that the account brought itself, with where to mend it. */
const OF_OWN_KEY: Record<number, string> = {
  401: 'the provider refused your own key: replace it in Settings > API Keys',
  402: 'your own account at the provider has no credit: add some there, or remove your key in Settings > API Keys',
  403: 'your own key may not do this at the provider: replace or remove it in Settings > API Keys',
};

interface ProviderBody {
  error?: { message?: unknown; type?: unknown; code?: unknown; status?: unknown; details?: unknown } | string;
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

type Mask = Refusal['mask'];

const word = (value: unknown, mask: Mask): string | undefined =>
  typeof value === 'string' && /^[A-Za-z0-9_.-]{1,80}$/.test(value) && mask(value) === value ? value : undefined;

const cleaned = (message: unknown, mask: Mask): string | undefined =>
  typeof message === 'string' && message !== ''
    ? mask(message).replace(ACCOUNT_WORDS, '[removed]').replace(CONTROL, ' ').slice(0, MAX_MESSAGE)
    : undefined;

const says = (text: unknown, beginning: string): boolean => typeof text === 'string' && text.startsWith(beginning);

const hasReason = (details: unknown, reason: string): boolean =>
  Array.isArray(details) && details.some((detail: unknown) => (detail as { reason?: unknown } | null)?.reason === reason);

/**
 * What a provider's refusal is about, as the status that most providers use for it. Google and xAI say with 400 that a key is bad,
 * Anthropic so that an account has no credit, OpenAI the latter with 429.
 *
 * @param status as the provider sent it. @param body of the refusal.
 */
export const meaningOf = (status: number, body: string): number => {
  if (status !== 400 && status !== 429) return status;
  const { error } = parse(body);
  const { message, code, type, details } = typeof error === 'object' && error !== null ? error : { message: error };
  if (status === 429) return code === 'insufficient_quota' || type === 'insufficient_quota' ? 402 : status;
  if (hasReason(details, 'API_KEY_INVALID') || says(message, 'Incorrect API key provided')) return 401;
  return says(message, 'Your credit balance is too low') ? 402 : status;
};

/** What is refused, and what must not be told of it. */
export interface Refusal {
  /** As the provider sent it. */
  status: number;
  body: string;
  /** The key of the call is the account's own. */
  own: boolean;
  /** Takes the key out of a text. */
  mask: (text: string) => string;
}

/** What a refusal is about where the provider speaks of the request itself, so that its words help and are handed on. */
const speaksOfTheRequest = (meaning: number): boolean =>
  meaning === 400 || meaning === 404 || meaning === 413 || meaning === 415 || meaning === 422;

/**
 * What of a provider's error a client may know: its status, type and code always; its words where they speak of the
 * request ("prompt is too long"), without anything of the account behind the platform; else words of ours.
 */
export const readProviderError = ({ status, body, own, mask }: Refusal): FailureFacts => {
  const parsed = parse(body);
  const { error: found } = parsed;
  const error = typeof found === 'object' && found !== null ? found : { message: found ?? parsed.message, type: parsed.type };
  const meaning = meaningOf(status, body);
  const known = (own ? OF_OWN_KEY[meaning] : undefined) ?? GENERIC[meaning];
  const generic = known ?? (status >= 500 ? 'the provider failed' : 'the provider refused the request');
  // Masked when it is decoded: a key can hide behind JSON's escapes.
  const message = (speaksOfTheRequest(meaning) ? cleaned(error.message, mask) : undefined) ?? `${generic} (status ${status})`;
  const type = word(error.status, mask) ?? word(error.type, mask);
  const code = word(error.code, mask);
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

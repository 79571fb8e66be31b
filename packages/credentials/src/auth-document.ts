import { MogplexError } from '@mogplex/protocol';

export const AUTH_VERSION = 1;

/** An API key as auth.json holds it. */
export interface StoredKey {
  apiKey: string;
  /** Milliseconds since 1970. */
  savedAt: number;
}

/** The account login as auth.json holds it. */
export interface StoredAccount {
  origin: string;
  email: string;
  clientId: string;
  accessToken: string;
  refreshToken?: string;
  /** Milliseconds since 1970. */
  expiresAt?: number;
}

/** auth.json. Fields that this version does not know are kept as they are. */
export interface AuthDocument {
  version: typeof AUTH_VERSION;
  /** Grows with every login, refresh and logout of the account, so that a late answer cannot bring an old one back. */
  generation: number;
  /** The account login, under the name of the platform. */
  mogplex?: StoredAccount;
  /** API keys by provider id. */
  providers: Record<string, StoredKey>;
}

export const emptyDocument = (): AuthDocument => ({ version: AUTH_VERSION, generation: 0, providers: {} });

/**
 * Reads the text of auth.json.
 *
 * @throws MogplexError `damaged`, without a word of the content, when it is not what this product wrote
 */
export function parseDocument(text: string, path: string): AuthDocument {
  const value = parseJson(text, path);
  if (!isObject(value)) throw damaged(path, 'is not a JSON object');
  if (typeof value['version'] === 'number' && value['version'] > AUTH_VERSION) throw newer(path);
  if (value['version'] !== AUTH_VERSION) throw damaged(path, 'was not written by this program');
  const providers = value['providers'] ?? {};
  if (!isObject(providers) || !Object.values(providers).every(isStoredKey)) throw damaged(path, 'holds a provider key that cannot be read');
  const account = value['mogplex'];
  if (account !== undefined && !isStoredAccount(account)) throw damaged(path, 'holds an account login that cannot be read');
  const generation = value['generation'] ?? 0;
  if (!isTime(generation)) throw damaged(path, 'holds no readable generation');
  return { ...value, version: AUTH_VERSION, generation, providers: providers as Record<string, StoredKey> } as AuthDocument;
}

export const formatDocument = (document: AuthDocument): string => `${JSON.stringify(document, undefined, 2)}\n`;

/** `auth.json is damaged: …`, with what to do. It never quotes the file. */
export const damaged = (path: string, why: string): MogplexError =>
  new MogplexError('damaged', `${path} ${why}; it was left as it is`, {
    boundary: 'storage',
    hint: `Move it away (mv ${path} ${path}.damaged), then run mogplex and sign in again. Environment variables work meanwhile.`,
  });

const newer = (path: string): MogplexError =>
  new MogplexError('damaged', `${path} was written by a newer version of mogplex; it was left as it is`, {
    boundary: 'storage',
    hint: 'Update mogplex, or set MOGPLEX_HOME to another folder.',
  });

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a key.
    throw damaged(path, text.trim() === '' ? 'is empty' : 'is not valid JSON');
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const isStoredKey = (value: unknown): value is StoredKey => isObject(value) && isText(value['apiKey']) && isTime(value['savedAt']);

export const isStoredAccount = (value: unknown): value is StoredAccount =>
  isObject(value) &&
  isText(value['origin']) &&
  isOrigin(value['origin']) &&
  typeof value['email'] === 'string' &&
  isText(value['clientId']) &&
  isText(value['accessToken']) &&
  (value['refreshToken'] === undefined || isText(value['refreshToken'])) &&
  (value['expiresAt'] === undefined || isTime(value['expiresAt']));

/** Whether a text is the origin of an http(s) URL and nothing more. */
export const isOrigin = (value: string): boolean => /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value;

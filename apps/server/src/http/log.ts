import { MogplexError } from '@mogplex/protocol';

export interface RequestEntry {
  requestId: string;
  method: string;
  /** The route's pattern, never the path that was asked for: a path can hold a secret. */
  route: string;
  status: number;
  /** Milliseconds. */
  duration: number;
  address: string;
  accountId?: string | undefined;
  tokenId?: string | undefined;
  /** The run that the request is about, or whose token it came with. */
  runId?: string | undefined;
  /** Error code and boundary of a refusal. */
  code?: string | undefined;
  boundary?: string | undefined;
  /** A model call: id in the catalogue, provider, id of the key, the provider's own id of the call, how it ended, what failed there. */
  model?: string | undefined;
  provider?: string | undefined;
  upstream?: string | undefined;
  providerRequest?: string | undefined;
  outcome?: string | undefined;
  fault?: string | undefined;
}

export interface Logger {
  request(entry: RequestEntry): void;
  /** Something that an operator must look at; the error's message, stack and causes pass the redactor. */
  error(message: string, error: unknown, fields?: Readonly<Record<string, string | number>>): void;
  info(message: string, fields?: Readonly<Record<string, string | number>>): void;
}

const DEPTH = 4;

/** What JSON writes as it stands. */
const PLAIN = /^[\w./: -]*$/;

const field = (name: string, value: string | undefined): string => {
  if (value === undefined) return '';
  return PLAIN.test(value) ? `,"${name}":"${value}"` : `,"${name}":${JSON.stringify(value)}`;
};

const describe = (error: unknown, depth = 0): unknown => {
  if (!(error instanceof Error)) return String(error);
  return {
    name: error.name,
    message: error.message,
    ...(error instanceof MogplexError ? { code: error.code, boundary: error.boundary } : {}),
    ...('code' in error && !(error instanceof MogplexError) ? { code: error.code } : {}),
    ...(error instanceof MogplexError ? {} : { stack: error.stack?.split('\n').slice(1, 8).join('\n') }),
    ...(error.cause === undefined || depth >= DEPTH ? {} : { cause: describe(error.cause, depth + 1) }),
  };
};

/**
 * The fields of a request as JSON, without the opening brace. What every request has is put together by hand, at a quarter of the
 * cost of a serialiser: ids, patterns, numbers and an IP address are ours or checked, so that nothing in them needs escaping or
 * redaction.
 */
const requestLine = (entry: RequestEntry): string => {
  const { requestId, address, method, route, status, duration, accountId, tokenId } = entry;
  const who = tokenId === undefined ? '' : `,"accountId":"${accountId}","tokenId":"${tokenId}"`;
  const run = entry.runId === undefined ? '' : `,"runId":"${entry.runId}"`;
  const known = `"requestId":"${requestId}","address":"${address}","method":"${method}","route":"${route}","status":${status},"duration":${duration}${who}${run}`;
  const refused = entry.code === undefined ? '' : `${field('code', entry.code)}${field('boundary', entry.boundary)}`;
  if (entry.model === undefined) return `${known}${refused}}`;
  const called = `${field('model', entry.model)}${field('provider', entry.provider)}${field('upstream', entry.upstream)}${field('providerRequest', entry.providerRequest)}`;
  return `${known}${refused}${called}${field('outcome', entry.outcome)}${field('fault', entry.fault)}}`;
};

/** How long the lines of model calls are gathered, in milliseconds: a busy gateway writes many at once. */
const GATHER_MS = 5;

/**
 * Writes one JSON object a line. Lines are gathered for one turn of the event loop and written together; those of model calls that
 * went well, which come in thousands a second, for a little longer.
 *
 * @param write takes whole lines.
 * @param redact gives the JSON text of an object in which what looks like a secret, or is a registered one, is masked.
 * @param level `error` leaves out requests that did not fail inside the platform.
 */
export const createLogger = (
  write: (lines: string) => void,
  redact: (fields: object) => string,
  level: 'info' | 'error',
  now: () => number = Date.now,
): Logger => {
  let pending: string[] = [];
  let stamp = { at: Number.NaN, text: '' };
  const time = (): string => {
    const at = now();
    if (at !== stamp.at) stamp = { at, text: new Date(at).toISOString() };
    return stamp.text;
  };
  let gathering: NodeJS.Timeout | undefined;
  let due = false;
  const flush = (): void => {
    clearTimeout(gathering);
    gathering = undefined;
    due = false;
    const lines = pending.join('');
    pending = [];
    if (lines !== '') write(lines);
  };
  const putLine = (fields: string, patient = false): void => {
    if (patient) gathering ??= setTimeout(flush, GATHER_MS);
    else if (!due) {
      due = true;
      setImmediate(flush);
    }
    pending.push(`{"time":"${time()}",${fields}\n`);
  };
  const put = (json: string): void => putLine(json.slice(1));
  return {
    request(entry) {
      if (level === 'info' || entry.status >= 500) putLine(requestLine(entry), entry.model !== undefined && entry.status < 500);
    },
    error: (message, error, fields) => put(redact({ level: 'error', message, ...fields, error: describe(error) })),
    info(message, fields) {
      if (level === 'info') put(redact({ level: 'info', message, ...fields }));
    },
  };
};

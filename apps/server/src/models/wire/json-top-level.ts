/** The values of a JSON object's own top-level keys, as bytes of the source. */
export interface TopLevelValue {
  /** Offset of the value's first byte. */
  start: number;
  /** Offset behind the value's last byte. */
  end: number;
}

export type TopLevelResult = { ok: true; values: Map<string, TopLevelValue> } | { ok: false; reason: string };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;
const MAX_DEPTH = 512;

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The offset behind the string that opens at `start`, or -1 when it does not end. */
const endOfString = (bytes: Buffer, start: number): number => {
  for (let from = start + 1; ;) {
    const quote = bytes.indexOf(QUOTE, from);
    if (quote < 0) return -1;
    let slashes = 0;
    while (bytes[quote - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
};

const isStructural = (byte: number): boolean =>
  byte === COMMA || byte === COLON || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === OPEN_BRACE || byte === OPEN_BRACKET;

const endOfScalar = (bytes: Buffer, start: number): number => {
  let index = start;
  while (index < bytes.length && !isStructural(bytes[index] ?? 0) && !isSpace(bytes[index]) && bytes[index] !== QUOTE) index++;
  return index;
};

/** The offset behind the object or array that opens at `start`, -1 when it does not end or nests deeper than 512. */
const endOfContainer = (bytes: Buffer, start: number): number => {
  let depth = 0;
  for (let index = start; index < bytes.length;) {
    const byte = bytes[index];
    if (byte === QUOTE) {
      index = endOfString(bytes, index);
      if (index < 0) return -1;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return -1;
    } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) {
      return index + 1;
    }
    index++;
  }
  return -1;
};

const endOfValue = (bytes: Buffer, start: number): number => {
  const byte = bytes[start];
  if (byte === QUOTE) return endOfString(bytes, start);
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return endOfContainer(bytes, start);
  const end = endOfScalar(bytes, start);
  return end === start ? -1 : end;
};

const skipSpace = (bytes: Buffer, index: number): number => {
  let at = index;
  while (isSpace(bytes[at])) at++;
  return at;
};

const keyAt = (bytes: Buffer, start: number, end: number): string | undefined => {
  // Every wanted key is ASCII, which one byte a character shows faithfully.
  const raw = bytes.toString('latin1', start + 1, end - 1);
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as string;
  } catch {
    return undefined;
  }
};

/**
 * Finds the top-level values of a JSON object without building it: strings are skipped with a native search, so a
 * body of many megabytes costs little. A key that stands twice among `wanted` is refused, since two readers could
 * then disagree on which one counts.
 *
 * @param bytes the whole body.
 * @param wanted the keys to report.
 * @returns offsets of each wanted key's value, or why the body is not an object that can be read (RFC 8259).
 */
export const scanTopLevel = (bytes: Buffer, wanted: ReadonlySet<string>): TopLevelResult => {
  const values = new Map<string, TopLevelValue>();
  let index = skipSpace(bytes, 0);
  if (bytes[index] !== OPEN_BRACE) return { ok: false, reason: 'the body is not a JSON object' };
  index = skipSpace(bytes, index + 1);
  while (bytes[index] !== CLOSE_BRACE) {
    if (bytes[index] !== QUOTE) return { ok: false, reason: 'the body is not valid JSON' };
    const keyEnd = endOfString(bytes, index);
    const key = keyEnd < 0 ? undefined : keyAt(bytes, index, keyEnd);
    const colon = skipSpace(bytes, keyEnd);
    if (key === undefined || bytes[colon] !== COLON) return { ok: false, reason: 'the body is not valid JSON' };
    const start = skipSpace(bytes, colon + 1);
    const end = endOfValue(bytes, start);
    if (end < 0) return { ok: false, reason: 'the body is not valid JSON' };
    if (wanted.has(key)) {
      if (values.has(key)) return { ok: false, reason: `the key "${key}" stands twice in the body` };
      values.set(key, { start, end });
    }
    index = skipSpace(bytes, end);
    if (bytes[index] === COMMA) {
      index = skipSpace(bytes, index + 1);
      if (bytes[index] === CLOSE_BRACE) return { ok: false, reason: 'the body is not valid JSON' };
    } else if (bytes[index] !== CLOSE_BRACE) return { ok: false, reason: 'the body is not valid JSON' };
  }
  return skipSpace(bytes, index + 1) === bytes.length ? { ok: true, values } : { ok: false, reason: 'the body is not valid JSON' };
};

/** The parsed value at an offset pair that `scanTopLevel` gave; undefined when it is absent or not valid JSON. */
export const valueOf = (bytes: Buffer, at: TopLevelValue | undefined): unknown => {
  if (!at) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8', at.start, at.end)) as unknown;
  } catch {
    return undefined;
  }
};

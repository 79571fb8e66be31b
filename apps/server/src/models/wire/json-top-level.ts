/** The values of a JSON object's own top-level keys, as bytes of the source. */
export interface TopLevelValue {
  /** Offset of the value's first byte. */
  start: number;
  /** Offset behind the value's last byte. */
  end: number;
  /** The value, one character a byte. */
  raw: string;
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
/** A string that stands for itself. */
const PLAIN_STRING = /^"[\x20\x21\x23-\x5b\x5d-\x7e]*"$/;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** The offset behind the string that opens at `start`, or -1 when it does not end. */
const endOfString = (text: string, start: number): number => {
  for (let from = start + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return -1;
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
};

const isStructural = (code: number): boolean =>
  code === COMMA || code === COLON || code === CLOSE_BRACE || code === CLOSE_BRACKET || code === OPEN_BRACE || code === OPEN_BRACKET;

const endOfScalar = (text: string, start: number): number => {
  let index = start;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isStructural(code) || isSpace(code) || code === QUOTE) break;
  }
  return index;
};

/** The offset behind the object or array that opens at `start`, -1 when it does not end or nests deeper than 512. */
const endOfContainer = (text: string, start: number): number => {
  let depth = 0;
  for (let index = start; index < text.length;) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = endOfString(text, index);
      if (index < 0) return -1;
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return -1;
    } else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) {
      return index + 1;
    }
    index++;
  }
  return -1;
};

const endOfValue = (text: string, start: number): number => {
  const code = text.charCodeAt(start);
  if (code === QUOTE) return endOfString(text, start);
  if (code === OPEN_BRACE || code === OPEN_BRACKET) return endOfContainer(text, start);
  const end = endOfScalar(text, start);
  return end === start ? -1 : end;
};

const skipSpace = (text: string, index: number): number => {
  let at = index;
  // A look behind the end would make every later one slow.
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
};

/** The key between two offsets. Every wanted one is ASCII, which one character a byte shows faithfully. */
const keyAt = (text: string, start: number, end: number): string | undefined => {
  const raw = text.slice(start + 1, end - 1);
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(text.slice(start, end)) as string;
  } catch {
    return undefined;
  }
};

/**
 * Finds the top-level values of a JSON object without building it: strings are skipped with a native search, so a
 * body of many megabytes costs little. It reads one character a byte, so that an offset is one of the bytes. A key that stands
 * twice among `wanted` is refused, since two readers could then disagree on which one counts.
 *
 * @param bytes the whole body.
 * @param wanted the keys to report.
 * @returns offsets of each wanted key's value, or why the body is not an object that can be read (RFC 8259).
 */
export const scanTopLevel = (bytes: Buffer, wanted: ReadonlySet<string>): TopLevelResult => {
  const text = bytes.toString('latin1');
  const values = new Map<string, TopLevelValue>();
  let index = skipSpace(text, 0);
  if (text.charCodeAt(index) !== OPEN_BRACE) return { ok: false, reason: 'the body is not a JSON object' };
  index = skipSpace(text, index + 1);
  while (text.charCodeAt(index) !== CLOSE_BRACE) {
    if (text.charCodeAt(index) !== QUOTE) return { ok: false, reason: 'the body is not valid JSON' };
    const keyEnd = endOfString(text, index);
    const key = keyEnd < 0 ? undefined : keyAt(text, index, keyEnd);
    const colon = skipSpace(text, keyEnd);
    if (key === undefined || text.charCodeAt(colon) !== COLON) return { ok: false, reason: 'the body is not valid JSON' };
    const start = skipSpace(text, colon + 1);
    const end = endOfValue(text, start);
    if (end < 0) return { ok: false, reason: 'the body is not valid JSON' };
    if (wanted.has(key)) {
      if (values.has(key)) return { ok: false, reason: `the key "${key}" stands twice in the body` };
      values.set(key, { start, end, raw: text.slice(start, end) });
    }
    index = skipSpace(text, end);
    if (text.charCodeAt(index) === COMMA) {
      index = skipSpace(text, index + 1);
      if (text.charCodeAt(index) === CLOSE_BRACE) return { ok: false, reason: 'the body is not valid JSON' };
    } else if (text.charCodeAt(index) !== CLOSE_BRACE) return { ok: false, reason: 'the body is not valid JSON' };
  }
  return skipSpace(text, index + 1) === text.length ? { ok: true, values } : { ok: false, reason: 'the body is not valid JSON' };
};

/** The parsed value at an offset pair that `scanTopLevel` gave; undefined when it is absent or not valid JSON. */
export const valueOf = (bytes: Buffer, at: TopLevelValue | undefined): unknown => {
  if (!at) return undefined;
  const { raw, start, end } = at;
  const first = raw.charCodeAt(0);
  const isText = first === QUOTE;
  if (isText && PLAIN_STRING.test(raw)) return raw.slice(1, -1);
  // Numbers and literals are ASCII, which one character a byte shows faithfully.
  const isScalar = !isText && first !== OPEN_BRACE && first !== OPEN_BRACKET;
  try {
    return JSON.parse(isScalar ? raw : bytes.toString('utf8', start, end)) as unknown;
  } catch {
    return undefined;
  }
};

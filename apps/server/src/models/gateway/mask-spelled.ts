import { NameReader } from './name-reader.ts';

const NOTHING = Buffer.alloc(0);
const STAR = 0x2a;
const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const SMALL_U = 0x75;
const ZERO = 0x30;
const NINE = 0x39;
const BRACES = [0x5b, 0x5d, 0x7b, 0x7d];
/** Bytes that mean something outside of strings. */
const OUTSIDE = new Uint8Array(256);
for (const byte of [NEWLINE, QUOTE, COLON, COMMA, ...BRACES]) OUTSIDE[byte] = 1;
for (let byte = ZERO; byte <= NINE; byte++) OUTSIDE[byte] = 1;
const ESCAPED: Record<number, number> = { 0x62: 0x08, 0x66: 0x0c, 0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09 };
/** So much of a key may pass before the rest is held back: less tells little, and the first characters of all keys are alike. */
const MOST_OPEN = 14;
const LEAST_OPEN = 4;
const MOST_HELD = 64 * 1024;
/** More names and indexes than that share one text. */
const MOST_TEXTS = 1_000;

/** The key as it is looked for, made once for a key. */
export interface SpelledPattern {
  key: Uint8Array;
  /** For each length of a match, that of the longest shorter one that ends at the same place (Knuth, Morris, Pratt). */
  shorter: Uint16Array;
  /** Matched characters from which on nothing passes until the match ends. */
  open: number;
}

/** @param key the upstream's key, visible ASCII. */
export const createSpelledPattern = (key: string): SpelledPattern => {
  const bytes = Buffer.from(key);
  const shorter = new Uint16Array(bytes.length + 1);
  let length = 0;
  for (let at = 1; at < bytes.length; at++) {
    while (length > 0 && bytes[at] !== bytes[length]) length = shorter[length] ?? 0;
    if (bytes[at] === bytes[length]) length++;
    shorter[at + 1] = length;
  }
  return { key: bytes, shorter, open: Math.min(MOST_OPEN, Math.max(LEAST_OPEN, Math.floor(bytes.length / 3))) };
};

/** How much of the key the last characters of one text are, and where in the stream they stand. */
interface Match {
  count: number;
  starts: number[];
  ends: number[];
}

/**
 * Takes the upstream's key out of a stream whose events spell it piece by piece: the strings under one name and index are one
 * text, however many events and chunks they are cut into. Bytes pass unchanged and at once, but for those that stand behind the
 * beginning of the key: they wait until the text goes on otherwise, and are masked if it does not.
 */
export class SpelledMask {
  readonly #pattern: SpelledPattern;
  readonly #texts = new Map<string, Match>();
  #held: Buffer = NOTHING;
  /** Offset in the stream of the first byte that has not passed. */
  #base = 0;
  #inString = false;
  /** The string being read is a value, and not a name. */
  #isValue = false;
  /** The text that it belongs to, once that matters. */
  #text: Match | undefined;
  /** Texts that end with a beginning of the key. */
  #begun = 0;
  readonly #names = new NameReader();
  #index = '';
  /** Where an escape that is being read begins, and what was read of it. */
  #escapeAt = -1;
  #escape = '';
  seen = false;

  constructor(pattern: SpelledPattern) {
    this.#pattern = pattern;
  }

  /** Whether bytes wait. */
  get holding(): boolean {
    return this.#held.length > 0;
  }

  /** @returns what may be sent on. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let whole = bytes;
    this.#names.open(bytes);
    for (let at = this.#held.length; at < bytes.length;) {
      if (!this.#inString) at = this.#passOutside(bytes, at);
      else if (this.#escapeAt < 0 && !this.#isValue) at = this.#passName(bytes, at);
      else if (this.#escapeAt < 0 && this.#begun === 0) at = this.#passText(bytes, at);
      if (at === bytes.length) break;
      const done = this.#step(bytes[at] ?? 0, this.#base + at);
      at++;
      if (done) {
        if (whole === bytes) whole = Buffer.from(bytes);
        this.#cover(whole, done);
      }
    }
    this.#names.close();
    const safe = Math.min(this.#firstOpen() - this.#base, whole.length);
    this.#held = safe === whole.length ? NOTHING : Buffer.from(whole.subarray(safe));
    this.#base += safe;
    if (this.#held.length > MOST_HELD) return Buffer.concat([whole.subarray(0, safe), this.end()]);
    return safe === whole.length ? whole : whole.subarray(0, safe);
  }

  /** @returns what was held back, without what is there of the key: the stream has ended, or nobody shall wait any longer. */
  end(): Buffer {
    const rest = this.#held;
    for (const match of this.#texts.values()) if (match.count >= this.#pattern.open) this.#cover(rest, match);
    this.#held = NOTHING;
    this.#base += rest.length;
    return rest;
  }

  /** Masks a match as far as it has not passed, and forgets it. */
  #cover(bytes: Buffer, match: Match): void {
    this.seen = true;
    for (const [at, start] of match.starts.entries()) {
      const from = Math.max(0, start - this.#base);
      const to = (match.ends[at] ?? 0) - this.#base;
      if (to > from) bytes.fill(STAR, from, to);
    }
    if (match.count > 0) this.#begun--;
    match.count = 0;
    match.starts = [];
    match.ends = [];
  }

  #firstOpen(): number {
    let first = this.#escapeAt >= 0 ? this.#escapeAt : Number.MAX_SAFE_INTEGER;
    const { open } = this.#pattern;
    for (const { count, starts } of this.#texts.values()) if (count >= open) first = Math.min(first, starts[open - 1] ?? first);
    return first;
  }

  /** Reads what stands outside of strings. @returns the place of the quote that opens the next one. */
  #passOutside(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (OUTSIDE[byte] === 0) continue;
      if (byte === QUOTE) return at;
      if (byte === COLON) this.#names.keep();
      else if (byte === NEWLINE) this.#startLine();
      else if (byte < ZERO || byte > NINE) this.#names.drop();
      else if (this.#names.isIndex) this.#index += `${this.#names.field}${byte}`;
    }
    return bytes.length;
  }

  /** Reads a name as far as it stands for itself. */
  #passName(bytes: Buffer, from: number): number {
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === QUOTE || byte === BACKSLASH || byte === NEWLINE) break;
    }
    this.#names.take(from, at);
    return at;
  }

  /** Passes over text in which the key does not begin. */
  #passText(bytes: Buffer, from: number): number {
    const first = this.#pattern.key[0];
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === first || byte === QUOTE || byte === BACKSLASH || byte === NEWLINE) return at;
    }
    return bytes.length;
  }

  /** Reads one byte. @returns a match that it completes. */
  #step(byte: number, at: number): Match | undefined {
    if (byte === NEWLINE) this.#startLine();
    else if (!this.#inString) this.#openString();
    else if (this.#escapeAt >= 0) return this.#readEscape(byte, at);
    else if (byte === BACKSLASH) this.#escapeAt = at;
    else if (byte === QUOTE) this.#inString = false;
    else return this.#character(byte, at, at + 1);
    return undefined;
  }

  /** A line break cannot stand in a JSON string: whatever was read before is over. */
  #startLine(): void {
    this.#inString = false;
    this.#escapeAt = -1;
    this.#names.reset();
    this.#index = '';
  }

  #openString(): void {
    this.#inString = true;
    this.#isValue = this.#names.hasField;
    this.#names.begin();
    this.#text = undefined;
    this.#escape = '';
  }

  #textOf(name: string): Match {
    const known = this.#texts.get(name);
    if (known) return known;
    if (this.#texts.size >= MOST_TEXTS && name !== '') return this.#textOf('');
    const made: Match = { count: 0, starts: [], ends: [] };
    this.#texts.set(name, made);
    return made;
  }

  #readEscape(byte: number, at: number): Match | undefined {
    this.#escape += String.fromCharCode(byte);
    const long = this.#escape.startsWith('u');
    if (long && this.#escape.length < 5) return undefined;
    const code = long ? Number.parseInt(this.#escape.slice(1), 16) : (ESCAPED[byte] ?? byte);
    const start = this.#escapeAt;
    this.#escapeAt = -1;
    this.#escape = '';
    return this.#character(long || byte !== SMALL_U ? code : 0, start, at + 1);
  }

  #character(code: number, start: number, end: number): Match | undefined {
    if (!this.#isValue) {
      this.#names.add(code);
      return undefined;
    }
    const { key, shorter } = this.#pattern;
    if (this.#begun === 0 && code !== key[0]) return undefined;
    this.#text ??= this.#textOf(`${this.#names.field} ${this.#index}`);
    return this.#follow(this.#text, code, start, end, key, shorter);
  }

  #follow(match: Match, code: number, start: number, end: number, key: Uint8Array, shorter: Uint16Array): Match | undefined {
    const before = match.count;
    if (before === 0 && code !== key[0]) return undefined;
    let count = before;
    while (count > 0 && code !== key[count]) count = shorter[count] ?? 0;
    if (code === key[count]) {
      count++;
      match.starts.push(start);
      match.ends.push(end);
    }
    match.starts.splice(0, match.starts.length - count);
    match.ends.splice(0, match.ends.length - count);
    match.count = count;
    this.#begun += Number(count > 0) - Number(before > 0);
    return count === key.length ? match : undefined;
  }
}

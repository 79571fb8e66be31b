import { classAt, NAME, SPACE } from './chars.ts';
import type { NameClass, Names } from './names.ts';
import { endOf, mayHaveValue, type Place, placeOfValue, Surroundings } from './separators.ts';
import { isCode, isComplex, isMixed, isPassword, isPlaceholder, isScattered, isUuid, isWordSet, looksRandom } from './values.ts';

/** A value found by the name in front of it. */
export interface Found {
  start: number;
  end: number;
  /** True when the value runs to the end of the data and may go on. */
  open: boolean;
  rule: string;
}

/** Words that mean a secret where a name holds them; lower case, three letters or more. */
export const KEYWORDS = [
  'token',
  'secret',
  'passw',
  'pass',
  'pwd',
  'key',
  'auth',
  'cred',
  'cookie',
  'bearer',
  'jwt',
  'passphrase',
  'hmac',
  'psk',
] as const;

const LONGEST_NAME = 64;
const LONGEST_VALUE = 4096;

const SCHEME =
  /(?:Bearer|Basic|Token|ApiKey|Api-Key|apikey|Digest|Negotiate|SSWS|GenieKey|Key|OAuth|Bot|Splunk|PVEAPIToken|AWS4-HMAC-SHA256|GoogleLogin|Client-ID|SharedAccessSignature|Discogs|MAC|HOBA|Apikey|JWT|token)(?:[ \t]+(?:token=)?|=)(?=[^\s,;|])/iy;
const OPEN =
  /(?:[[({]\s{0,4}|(?:Optional|String|Secret|SecretStr|Some|Just|Buffer\.from|String::from|Secret::new|SecretString::from|SecretString::new|new Secret)\(|[bruf@NL]{1,2}(?=["'])|\$(?="))?(\\*)(["'`]{3}|["'`])/y;
const oneOf = (signs: string): Uint8Array => {
  const table = new Uint8Array(128);
  for (const sign of signs) table[sign.charCodeAt(0)] = 1;
  return table;
};
/** First characters of what `OPEN` and `SCHEME` match: asked before the pattern is tried. */
const OPEN_STARTS = oneOf('[({OSJBnbruf@NL$\\"\'`');
const SCHEME_STARTS = oneOf('BTADNSGKOPCMHJbtadnsgkopcmhj');

const startsWithOne = (table: Uint8Array, text: string, at: number): boolean => table[text.charCodeAt(at)] === 1;

/** Letters that open a value only right before a quote. */
const PREFIXES = oneOf('bruf@NL');
const isQuote = (unit: number): boolean => unit === 0x22 || unit === 0x27;

/** Whether an opening sign, a call or a prefixed quote may stand at a place. */
function mayOpen(text: string, at: number): boolean {
  if (!startsWithOne(OPEN_STARTS, text, at)) return false;
  return !startsWithOne(PREFIXES, text, at) || isQuote(text.charCodeAt(at + 1)) || isQuote(text.charCodeAt(at + 2));
}

const BLANKS = ' \t\n\v\f\r';
const ENDS_BARE = oneOf(`${BLANKS}"'\`,;&<>()[]{}|\\`);
const ENDS_PASSWORD = oneOf(`${BLANKS}"'\`,;<>\\`);
const CLOSES_SENTENCE = oneOf('.:!?');

/** Blanks of Unicode beyond ASCII. */
const isWideBlank = (unit: number): boolean =>
  unit === 0xa0 ||
  unit === 0x1680 ||
  (unit >= 0x2000 && unit <= 0x200a) ||
  unit === 0x2028 ||
  unit === 0x2029 ||
  unit === 0x202f ||
  unit === 0x205f ||
  unit === 0x3000 ||
  unit === 0xfeff;

const endsAt = (ends: Uint8Array, unit: number): boolean => (unit < 128 ? ends[unit] === 1 : isWideBlank(unit));

function nameStart(text: string, at: number, from: number): number {
  let start = at;
  while (start > from && at - start < LONGEST_NAME && (classAt(text, start - 1) & NAME) !== 0) start--;
  // An escape such as \n before a name is not its first letter.
  return start > from && start < at && text.charCodeAt(start - 1) === 0x5c && /[nrt]/.test(text.charAt(start)) ? start + 1 : start;
}

function nameEnd(text: string, at: number, length: number): number {
  let end = at + length;
  while (end - at < LONGEST_NAME && (classAt(text, end) & NAME) !== 0) end++;
  for (; end > at + length; end--) {
    const last = text.charCodeAt(end - 1);
    if (last !== 0x2e && last !== 0x24 && last !== 0x2d) break;
  }
  return end;
}

const QUALIFIED =
  /\b(?:api|access|secret|private|auth|master|signing|encryption|license|session|account|shared|consumer|app|application|deploy|service|subscription|webhook|admin|client|server|storage|ssh|security)[ \t]{1,2}$/i;

/** Whether a word such as `API` stands before a bare `key`. */
const isQualified = (text: string, start: number, from: number): boolean =>
  text.charCodeAt(start - 1) === 32 && QUALIFIED.test(text.slice(Math.max(from, start - 18), start));

/** Finds the values that belong to the names around keywords of one text. Everything it does for one is bounded by constants. */
export class ContextFinder {
  readonly #names: Names;
  /** End of the name that was handled last, so that `api_key_token` is handled once. */
  nameEnd = -1;
  /** Where the name that was handled last begins, when it says nothing of a secret; else -1. */
  dull = -1;
  #bare: { kind: NameClass; start: number; end: number } = { kind: 'none', start: -1, end: -1 };
  readonly #around = new Surroundings();
  readonly #rejected = new Set<string>();
  #inside = 0;
  #headers = 0;
  /** End of the unquoted header value that was looked at last, and whether what begins inside it needs no look of its own. */
  #headerEnd = -1;
  #headerDone = false;
  #judged = 0;
  #judgedEnd = -1;

  constructor(names: Names) {
    this.#names = names;
  }

  find(text: string, at: number, length: number, from: number, to: number): Found | undefined {
    this.dull = -1;
    if (at < this.nameEnd || this.#isCrowded(at)) return undefined;
    const end = nameEnd(text, at, length);
    this.nameEnd = end;
    const start = nameStart(text, at, from);
    const name = text.slice(start, end);
    let kind = this.#names.classify(name);
    if (kind === 'none') this.dull = start;
    if (kind === 'none' || !mayHaveValue(text, start, end, kind, this.#around)) return undefined;
    if (kind === 'weak' && end - start < 6 && isQualified(text, start, from)) kind = 'secret';
    if (kind === 'whole') kind = 'password';
    const place = placeOfValue(text, start, end, kind, from, this.#around);
    return place === undefined ? undefined : this.#judge(text, place, place.kind ?? kind, name, to);
  }

  /** End of an unquoted value; the end found last is reused for a value that begins inside the former one. */
  #bareEnd(text: string, start: number, kind: NameClass, to: number): number {
    const bare = this.#bare;
    if (bare.kind !== kind || start < bare.start || start >= bare.end) {
      const limit = Math.min(to, start + LONGEST_VALUE);
      const ends = kind === 'password' ? ENDS_PASSWORD : ENDS_BARE;
      let end = start;
      while (end < limit && !endsAt(ends, text.charCodeAt(end))) end++;
      if (end !== this.#bare.end) this.#inside = 0;
      this.#bare = { kind, start, end };
    }
    let { end } = this.#bare;
    while (end > start && startsWithOne(CLOSES_SENTENCE, text, end - 1)) end--;
    return end;
  }

  /** Many names inside one long unquoted value: the first few and those near its end are looked at, so that the work stays linear. */
  #isCrowded(at: number): boolean {
    const { start, end } = this.#bare;
    if (at < start || end - at <= 64) return false;
    return ++this.#inside > 4;
  }

  /** Keeps input like `token=token=token=` linear: of many values with one end, the first few and the shortest are judged. */
  #judgedOften(start: number, end: number): boolean {
    this.#judged = end === this.#judgedEnd ? this.#judged + 1 : 0;
    this.#judgedEnd = end;
    return this.#judged > 4 && end - start > 64;
  }

  #judge(text: string, { at, trust }: Place, kind: NameClass, name: string, to: number): Found | undefined {
    OPEN.lastIndex = at;
    const open = mayOpen(text, at) ? OPEN.exec(text) : null;
    if (!open && (trust === 'quoted' || trust === 'mixed')) return undefined;
    let start = at + (open?.[0].length ?? 0);
    if (kind === 'header') {
      return this.#header(text, start, open, to);
    }
    if (startsWithOne(SCHEME_STARTS, text, start)) start = Math.max(start, endOf(SCHEME, text, start));
    const end = open ? closing(text, start, `${open[1]}${open[2]}`, to) : this.#bareEnd(text, start, kind, to);
    if (end - start < 4 || this.#judgedOften(start, end)) return undefined;
    const value = text.slice(start, end);
    const next = text.charAt(end);
    // What was turned away once is turned away again: references and words come back often.
    const memo = `${kind}${trust}${open === null ? next : '"'}${value}`;
    if (this.#rejected.has(memo)) return undefined;
    if (open === null ? isSameName(value, name) : isOwnName(value, name) || (trust === 'mixed' && !isMixedFor(kind, value)))
      return undefined;
    if (trust === 'element' && open === null && !/^[.:!?]*\s*(?:<|$)/.test(text.slice(end, end + 80))) return undefined;
    if (
      (trust === 'set' && open === null && kind === 'password' && isWordSet(value, name)) ||
      isSecretValue(value, kind, open !== null, next)
    )
      return { start, end, open: end >= to, rule: kind === 'password' ? 'password' : 'secret' };
    if (value.length <= 64 && this.#rejected.size < MOST_REJECTED) this.#rejected.add(memo);
    return undefined;
  }

  /** Credentials of an Authorization or Cookie header: all up to the closing quote or the end of the line. */
  #header(text: string, at: number, open: RegExpExecArray | null, to: number): Found | undefined {
    const inside = open === null && at < this.#headerEnd;
    this.#headers = inside ? this.#headers + 1 : 0;
    if (inside && (this.#headerDone || this.#headers > MOST_NESTED)) return undefined;
    let start = at;
    while ((classAt(text, start) & SPACE) !== 0 && text[start] !== '\n') start++;
    start = Math.max(start, endOf(SCHEME, text, start));
    const limit = Math.min(to, start + LONGEST_VALUE);
    const end = open
      ? closing(text, start, `${open[1]}${open[2]}`, to)
      : start + Math.max(0, endOf(HEADER_VALUE, text.slice(start, limit), 0));
    const value = text.slice(start, end).trim();
    const judged = value.length >= 4 && value.length <= 4096 && !isPlaceholder(value) && !CODE.test(value);
    if (open === null) {
      this.#headerEnd = end;
      this.#headerDone = judged;
    }
    if (!judged || !holdsGenerated(value)) return undefined;
    return { start, end: start + text.slice(start, end).trimEnd().length, open: end >= to, rule: 'header' };
  }
}

/** Most headers inside the value of another one that are judged, so that the work stays linear. */
const MOST_NESTED = 16;

/** What an argument, a call or an array takes to be a secret: plain words stand there too often. */
const isMixedFor = (kind: NameClass, value: string): boolean =>
  kind === 'password' ? isMixed(value) : !isCode(value, '') && value.length >= 12 && (value.length >= 16 || /\d.*\d/.test(value));

/** Whether a quoted value repeats the end of its name: `CHALLENGE_PASSWORD: 'challengePassword'`. */
const isOwnName = (value: string, name: string): boolean =>
  value.length > 5 && /^[A-Za-z_-]+$/.test(value) && plainWord(name).endsWith(plainWord(value));

const plainWord = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Whether a value is its own name, or holds it: `password: rawPassword`. */
function isSameName(value: string, name: string): boolean {
  if (value.length > 64) return false;
  if (value === name && /[A-Za-z0-9]{4}/.test(value)) return true;
  const [one, other] = [plainWord(value), plainWord(name)];
  return (one.length > 3 && other.includes(one)) || (other.length > 5 && one.includes(other));
}

const MOST_REJECTED = 256;
/** A word with a number, as in tests. */
const NUMBERED = /^(?:secret|token|key|api[-_]?key|auth|access|refresh)[-_]?\d{1,6}$/i;
const URL_VALUE = /^[a-z][a-z0-9+.:-]{1,20}:\/\//i;

/** Whether a value is a secret, given what its name says, whether it was quoted and what comes after it. */
function isSecretValue(value: string, kind: NameClass, quoted: boolean, next: string): boolean {
  // A URL is judged by its credentials.
  if (isPlaceholder(value) || URL_VALUE.test(value)) return false;
  if (kind === 'password') return isPassword(value, quoted);
  if (!quoted && isCode(value, next)) return false;
  if (NUMBERED.test(value)) return false;
  if (isUuid(value)) return kind === 'secret';
  return looksRandom(value, kind === 'secret' ? 10 : 16) || (quoted && kind === 'secret' && isComplex(value));
}

function closing(text: string, start: number, quote: string, to: number): number {
  const limit = Math.min(to, start + LONGEST_VALUE);
  const value = text.slice(start, limit);
  const close = value.indexOf(quote);
  const line = quote.length < 3 ? value.indexOf('\n') : -1;
  if (close >= 0 && (line < 0 || close < line)) return start + close;
  return line >= 0 ? start + line : limit;
}

/** Whether one of the words or parameters of a header's value looks generated. */
function holdsGenerated(value: string): boolean {
  for (const [word] of value.matchAll(HEADER_WORD)) {
    const part = word.replace(/[.:]+$/, '');
    if (part.length < 6 || (part.length < 14 && PLAIN.test(part)) || isPlaceholder(part)) continue;
    if (looksRandom(part, 8) || (isMixed(part) && /\d/.test(part) && part.length >= 8 && !VERSIONED.test(part)) || isScattered(part))
      return true;
  }
  return false;
}
/** A word of prose. */
const PLAIN = /^[A-Za-z]?[a-z]+$/;
const HEADER_WORD = /[^\s=,;"'()]{6,1024}=*/g;
const VERSIONED = /^\W?\d|\/\d|^\w+:\/\//;
/** A call or a type of source code. */
const CODE = /^[A-Za-z_$][\w$.]*(?:\(|\[| [|?&:])/;
/** The rest of a line, up to a quote that is not the one of a parameter such as `response="..."`. */
const HEADER_VALUE = /(?:[^\r\n"'`\\<>=]|=(?:"[^"\r\n]{0,1024}")?)*/y;

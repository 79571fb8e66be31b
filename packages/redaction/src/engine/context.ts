import { ALNUM, isIn, NAME, oneOf, SPACE } from './chars.ts';
import { StretchMemo } from './memo.ts';
import type { NameClass, Names } from './names.ts';
import { type Opening, openingAt } from './openings.ts';
import type { Span } from './logins.ts';
import { endOf, type Place } from './places.ts';
import { mayHaveValue, placeOfValue } from './separators.ts';
import { isBlank, Surroundings } from './surroundings.ts';
import { columnBelow, LONGEST_LINE, mayBeColumn } from './tables.ts';
import { byHead } from './words.ts';
import { OUTSIDE, type Text } from './text.ts';
import { isCode, isComplex, isMixed, isPassword, isPlaceholder, isScattered, isStrong, isUuid, isWordSet, looksRandom } from './values.ts';

/** A value found by the name in front of it. */
export interface Found {
  start: number;
  end: number;
  /** True when the value runs to the end of the data and may go on. */
  open: boolean;
  rule: string;
  /** Further values of the same name, in the rows of a table. */
  more?: readonly Span[];
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
  'bindpw',
  'rootpw',
] as const;

const LONGEST_NAME = 64;
const LONGEST_VALUE = 4096;

/** Names of schemes of HTTP authentication. */
const SCHEMES = byHead(
  'bearer basic token apikey api-key digest negotiate ssws geniekey key oauth bot splunk pveapitoken aws4-hmac-sha256 googlelogin ' +
    'client-id sharedaccesssignature discogs mac hoba jwt',
);
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

function nameStart(text: Text, at: number, from: number): number {
  let start = at;
  while (start > from && at - start < LONGEST_NAME && (text.classAt(start - 1) & NAME) !== 0) start--;
  // An escape such as \n before a name is not its first letter.
  return start > from && start < at && text.at(start - 1) === 0x5c && isEscaped(text.at(start)) ? start + 1 : start;
}

/** Letters of the escapes `\\n`, `\\r`, `\\t`. */
const isEscaped = (unit: number): boolean => unit === 0x6e || unit === 0x72 || unit === 0x74;

function nameEnd(text: Text, at: number, length: number): number {
  let end = at + length;
  while (end - at < LONGEST_NAME && (text.classAt(end) & NAME) !== 0) end++;
  for (; end > at + length; end--) {
    const last = text.at(end - 1);
    if (last !== 0x2e && last !== 0x24 && last !== 0x2d) break;
  }
  return end;
}

/** Whether a name stands in a mask: `[redacted:password]`. */
const isOfMask = (text: Text, start: number): boolean =>
  text.at(start - 1) === 0x3a && (text.standsFolded('[redacted:', start - 10) || text.standsFolded('[redacted:known:', start - 16));

const QUALIFIERS = new Set(
  (
    'api access secret private auth master signing encryption license session account shared consumer app application deploy service ' +
    'subscription webhook admin client server storage ssh security'
  ).split(' '),
);
const LONGEST_QUALIFIER = 12;

/** Whether a word such as `API` and one or two blanks stand before a bare `key`. */
function isQualified(text: Text, start: number, from: number): boolean {
  if (text.at(start - 1) !== 32) return false;
  const before = text.at(start - 2);
  const end = start - (before === 32 || before === 9 ? 2 : 1);
  let at = end;
  while (at > from && end - at <= LONGEST_QUALIFIER && isWord(text, at - 1)) at--;
  const length = end - at;
  return length >= 3 && length <= LONGEST_QUALIFIER && QUALIFIERS.has(text.slice(at, end).toLowerCase());
}

const isWord = (text: Text, at: number): boolean => (text.classAt(at) & ALNUM) !== 0 || text.at(at) === 0x5f;

/** Where the credentials after the name of a scheme begin; the place itself when none stands there. */
function afterScheme(text: Text, at: number): number {
  const first = text.at(at);
  const words = first < 128 ? SCHEMES[first | 32] : undefined;
  if (words === undefined) return at;
  for (const word of words) {
    const end = at + word.length;
    const next = text.at(end);
    if (next !== 0x3d && !isBlank(next)) continue;
    if (!text.standsFolded(word, at)) continue;
    if (next === 0x3d) return mayBeginCredentials(text, end + 1) ? end + 1 : at;
    let start = end;
    while (isBlank(text.at(start))) start++;
    if ((text.at(start) | 32) === 0x74 && mayBeginCredentials(text, start + 6) && text.standsFolded('token=', start)) return start + 6;
    return mayBeginCredentials(text, start) ? start : at;
  }
  return at;
}

const ENDS_CREDENTIALS = oneOf(`${BLANKS},;|`);
function mayBeginCredentials(text: Text, at: number): boolean {
  const unit = text.at(at);
  return unit !== OUTSIDE && !endsAt(ENDS_CREDENTIALS, unit);
}

const CLASSES: readonly NameClass[] = ['none', 'password', 'secret', 'weak', 'header', 'whole'];
const TRUSTS: readonly Place['trust'][] = ['any', 'quoted', 'mixed', 'set', 'element', 'strong'];
/** How values stand: in quotes, before a bracket as calls do, or otherwise. */
const QUOTED = 0;
const CALLED = 1;
const PLAINLY = 2;

interface Stretch {
  start: number;
  end: number;
}

/** Finds the values that belong to the names around keywords of one text. Everything it does for one is bounded by constants. */
export class ContextFinder {
  readonly #names: Names;
  /** End of the name that was handled last, so that `api_key_token` is handled once. */
  nameEnd = -1;
  /** Where the name that was handled last begins, when it says nothing of a secret; else -1. */
  dull = -1;
  /** The unquoted value whose end was found last. */
  #bareKind: NameClass = 'none';
  #bareStart = -1;
  #bareTo = -1;
  readonly #around = new Surroundings();
  /** What names say, and values that were turned away: references and words come back often. */
  readonly #memo = new StretchMemo();
  #inside = 0;
  #headers = 0;
  /** End of the unquoted header value that was looked at last, and whether what begins inside it needs no look of its own. */
  #headerEnd = -1;
  #headerDone = false;
  #judged = 0;
  #judgedEnd = -1;
  /** Where the names and where the rows of the last table end, and how many of its columns were looked at. */
  #tableHead = -1;
  #tableEnd = -1;
  #columns = 0;

  constructor(names: Names) {
    this.#names = names;
  }

  find(text: Text, at: number, length: number, from: number, to: number): Found | undefined {
    this.dull = -1;
    text.near(at);
    if (at < this.nameEnd || this.#isCrowded(at)) return undefined;
    const end = nameEnd(text, at, length);
    this.nameEnd = end;
    const start = nameStart(text, at, from);
    if (isOfMask(text, start)) return undefined;
    let kind = this.#classify(text, start, end);
    if (kind === 'none') this.dull = start;
    if ((kind === 'password' || kind === 'secret') && mayBeColumn(text, start, end)) {
      const column = this.#column(text, { start, end }, kind, to);
      if (column !== undefined) return column;
    }
    if (kind === 'none' || !mayHaveValue(text, start, end, kind, this.#around)) return undefined;
    if (kind === 'weak' && end - start < 6) {
      if (text.standsFolded('public ', start - 7)) return undefined;
      if (isQualified(text, start, from)) kind = 'secret';
    }
    if (kind === 'whole') kind = 'password';
    const place = placeOfValue(text, start, end, kind, from, this.#around);
    if (place === undefined) return undefined;
    return this.#judge(text, place, place.kind ?? kind, { start, end }, to);
  }

  /** The values of the column of a table that a name heads. Rows are no headers, and few columns of one table are looked at, so that the work stays linear. */
  #column(text: Text, { start, end }: Stretch, kind: NameClass, to: number): Found | undefined {
    this.#columns = start < this.#tableHead ? this.#columns + 1 : 0;
    if (this.#columns >= MOST_COLUMNS || (start >= this.#tableHead && start < this.#tableEnd)) return undefined;
    if (!this.#around.lineEndsAhead(text, end, LONGEST_LINE)) return undefined;
    const table = columnBelow(text.string, start, end, kind);
    if (table === undefined) return undefined;
    this.#tableHead = table.header;
    this.#tableEnd = table.end;
    const [first, ...more] = table.values;
    if (first === undefined) return undefined;
    return { ...first, more, open: (more.at(-1) ?? first).end >= to, rule: kind === 'password' ? 'password' : 'secret' };
  }

  #classify(text: Text, start: number, end: number): NameClass {
    // Where names are far apart, the one before is no longer in the cache of the processor.
    if (!text.isDense) return this.#names.classify(text.slice(start, end));
    const known = this.#memo.get(text, start, end, 0);
    if (known >= 0) return CLASSES[known] as NameClass;
    const kind = this.#names.classify(text.slice(start, end));
    this.#memo.set(text, start, end, 0, CLASSES.indexOf(kind));
    return kind;
  }

  /** End of an unquoted value; the end found last is reused for a value that begins inside the former one. */
  #bareEnd(text: Text, start: number, kind: NameClass, to: number): number {
    if (this.#bareKind !== kind || start < this.#bareStart || start >= this.#bareTo) {
      const limit = Math.min(to, start + LONGEST_VALUE);
      const ends = kind === 'password' ? ENDS_PASSWORD : ENDS_BARE;
      let end = start;
      while (end < limit && !endsAt(ends, text.at(end))) end++;
      if (end !== this.#bareTo) this.#inside = 0;
      this.#bareKind = kind;
      this.#bareStart = start;
      this.#bareTo = end;
    }
    let end = this.#bareTo;
    while (end > start && isIn(CLOSES_SENTENCE, text.at(end - 1))) end--;
    return end;
  }

  /** Many names inside one long unquoted value: the first few and those near its end are looked at, so that the work stays linear. */
  #isCrowded(at: number): boolean {
    if (at < this.#bareStart || this.#bareTo - at <= 64) return false;
    return ++this.#inside > 4;
  }

  /** Keeps input like `token=token=token=` linear: of many values with one end, the first few and the shortest are judged. */
  #judgedOften(start: number, end: number): boolean {
    this.#judged = end === this.#judgedEnd ? this.#judged + 1 : 0;
    this.#judgedEnd = end;
    return this.#judged > 4 && end - start > 64;
  }

  #judge(text: Text, { at, trust }: Place, kind: NameClass, named: Stretch, to: number): Found | undefined {
    const open = openingAt(text, at);
    if (!open && (trust === 'quoted' || trust === 'mixed')) return undefined;
    let start = open?.end ?? at;
    if (kind === 'header') return this.#header(text, start, open, to);
    if (trust === 'element' && text.at(start) === 0x7b) return sealed(text, start, kind);
    start = afterScheme(text, start);
    let end = open ? closing(text, start, open.quote, to) : this.#bareEnd(text, start, kind, to);
    // A remark in parentheses: `(password ...)`.
    while (trust === 'strong' && !open && text.at(end - 1) === 0x29) end--;
    if (end - start < 4 || this.#judgedOften(start, end)) return undefined;
    const isSecret = this.#isSecret(text, start, end, kind, trust, open !== undefined);
    if (!isSecret && (trust !== 'set' || open || kind !== 'password')) return undefined;
    const value = text.slice(start, end);
    const name = text.slice(named.start, named.end);
    if (open === undefined ? isSameName(value, name) : isOwnName(value, name)) return undefined;
    if (trust === 'element' && !open && (text.at(start) === 0x40 || !/^[.:!?]*\s*(?:<|$)/.test(text.slice(end, end + 80))))
      return undefined;
    if (!isSecret && !isWordSet(value, name)) return undefined;
    return { start, end, open: end >= to, rule: kind === 'password' ? 'password' : 'secret' };
  }

  /** Whether a value is a secret, as far as its name does not matter. What was turned away once is turned away again. */
  #isSecret(text: Text, start: number, end: number, kind: NameClass, trust: Place['trust'], quoted: boolean): boolean {
    const next = text.at(end);
    const stands = quoted ? QUOTED : next === 0x28 || next === 0x5b ? CALLED : PLAINLY;
    const asked = 1 + stands + 3 * (TRUSTS.indexOf(trust) + TRUSTS.length * CLASSES.indexOf(kind));
    if (this.#memo.get(text, start, end, asked) === 0) return false;
    const value = text.slice(start, end);
    const isOne =
      trust === 'strong'
        ? isStrong(value)
        : (!quoted || trust !== 'mixed' || isMixedFor(kind, value)) && isSecretValue(value, kind, quoted, String.fromCharCode(next));
    if (isOne) return true;
    this.#memo.set(text, start, end, asked, 0);
    return false;
  }

  /** Credentials of an Authorization or Cookie header: all up to the closing quote or the end of the line. */
  #header(text: Text, at: number, open: Opening | undefined, to: number): Found | undefined {
    const inside = open === undefined && at < this.#headerEnd;
    this.#headers = inside ? this.#headers + 1 : 0;
    if (inside && (this.#headerDone || this.#headers > MOST_NESTED)) return undefined;
    let start = at;
    while ((text.classAt(start) & SPACE) !== 0 && text.at(start) !== 10) start++;
    start = afterScheme(text, start);
    const limit = Math.min(to, start + LONGEST_VALUE);
    const end = open ? closing(text, start, open.quote, to) : start + Math.max(0, endOf(HEADER_VALUE, text.slice(start, limit), 0));
    const value = text.slice(start, end).trim();
    const judged = value.length >= 4 && value.length <= 4096 && !isPlaceholder(value) && !CODE.test(value);
    if (open === undefined) {
      this.#headerEnd = end;
      this.#headerDone = judged;
    }
    if (!judged || !holdsGenerated(value)) return undefined;
    return { start, end: start + text.slice(start, end).trimEnd().length, open: end >= to, rule: 'header' };
  }
}

/** What Jenkins keeps encrypted, `<secret>{AQAAABAAAA...=}</secret>`: the words between the braces, when one of them looks generated. */
const SEALED = /\{([^{}<>\n]{16,4096})\}\s{0,8}</y;

function sealed(text: Text, at: number, kind: NameClass): Found | undefined {
  const end = endOf(SEALED, text.string, at);
  if (end < 0) return undefined;
  const inner = text.slice(at + 1, text.string.lastIndexOf('}', end));
  if (!inner.split(/\s+/).some((word) => word.length >= 16 && looksRandom(word, 16) && !isCode(word, ''))) return undefined;
  return { start: at + 1, end: at + 1 + inner.length, open: false, rule: kind === 'password' ? 'password' : 'secret' };
}

/** Most columns of one table that are looked at. */
const MOST_COLUMNS = 4;
/** Most headers inside the value of another one that are judged, so that the work stays linear. */
const MOST_NESTED = 16;

/** What an argument, a call or an array takes to be a secret: plain words stand there too often. */
const isMixedFor = (kind: NameClass, value: string): boolean =>
  kind === 'password'
    ? isMixed(value) || (value.length >= 10 && isScattered(value))
    : !isCode(value, '') && value.length >= 12 && (value.length >= 16 || /\d.*\d/.test(value));

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

/** A word with a number, as in tests. */
const NUMBERED = /^(?:secret|token|key|api[-_]?key|auth|access|refresh)[-_]?\d{1,6}$/i;
/** The key of a cache: words and a digest. */
const CACHE_KEY = /^(?:[\w.]+-)*[a-z]{3,}-[0-9a-f]{32,}$/i;
const URL_VALUE = /^[a-z][a-z0-9+.:-]{1,20}:\/\//i;

/** Whether a value is a secret, given what its name says, whether it was quoted and what comes after it. */
function isSecretValue(value: string, kind: NameClass, quoted: boolean, next: string): boolean {
  // A URL is judged by its credentials.
  if (isPlaceholder(value) || URL_VALUE.test(value)) return false;
  if (kind === 'password') return isPassword(value, quoted);
  if (!quoted && isCode(value, next)) return false;
  if (NUMBERED.test(value) || (kind === 'weak' && CACHE_KEY.test(value))) return false;
  if (isUuid(value)) return kind === 'secret';
  return looksRandom(value, kind === 'secret' ? 10 : 16) || (quoted && kind === 'secret' && isComplex(value));
}

/** So far a closing quote is looked for sign by sign: it is near as a rule. */
const NEAR = 48;

/** Where a quoted value ends: at its quote, or, but for a threefold one, at the end of the line. */
function closing(text: Text, start: number, quote: string, to: number): number {
  const limit = Math.min(to, start + LONGEST_VALUE);
  const first = quote.charCodeAt(0);
  const inLine = quote.length < 3;
  const near = Math.min(limit - quote.length, start + NEAR);
  let at = start;
  for (; at <= near; at++) {
    const unit = text.at(at);
    if (unit === first && (quote.length === 1 || text.string.startsWith(quote, at))) return at;
    if (inLine && unit === 10) return at;
  }
  const value = text.slice(at, limit);
  const close = value.indexOf(quote);
  const line = inLine ? (close < 0 ? value : value.slice(0, close)).indexOf('\n') : -1;
  if (line >= 0) return at + line;
  return close >= 0 ? at + close : limit;
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

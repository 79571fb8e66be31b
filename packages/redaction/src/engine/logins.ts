import { isIn, oneOf } from './chars.ts';
import { KEY_TYPE, literalOf, type Rule } from './login-rules.ts';
import { PhaseMemo, StretchMemo } from './memo.ts';
import type { Repeats } from './repeats.ts';
import { Next } from './surroundings.ts';
import { OUTSIDE, type Text } from './text.ts';
import { isPassword, isStrong, looksRandom } from './values.ts';

const REACH = 240;
/** `'...' | ConvertTo-SecureString`, `echo ... | docker login --password-stdin` */
const PIPED =
  /(?:\b(?:echo|printf)[ ]{1,3}(?:-\w+[ ]{1,3}|["']%s["'][ ]{1,3}){0,2}|(?=["']))(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|([^\s"'|]{3,200}))\s{0,8}\|[^|\n]{0,200}$/;

/** Characters that no password in a data source name has. */
const NO_DSN_PASSWORD = oneOf(' \t\r\n:@"\'`');
/** Whether the shortest password may end at a place. */
const endsPassword = (text: Text, at: number): boolean => {
  for (let i = at - 3; i < at; i++) if (text.at(i) === OUTSIDE || isIn(NO_DSN_PASSWORD, text.at(i))) return false;
  return true;
};
const DSN = /["'`=\s][\w.-]{1,64}:([^\s:@"'`]{3,120})$/;

export interface Span {
  start: number;
  end: number;
}

/** What was found of a literal, counted from where it stands: it holds one period later. */
interface Kept {
  literal: string;
  found: Span | undefined;
}

interface Match extends Span {
  value: string;
  quoted: boolean;
}

const FAR = 448;

/** Finds credentials by the literals beside them, in one text. */
export class LoginFinder {
  readonly #text: Text;
  /** Where the mark of a command stands next, in both cases, and where the command begins again. */
  readonly #ahead: ({ marks: readonly Next[]; again: Next } | undefined)[] = [];
  /** Where words of commands stand. */
  readonly #words: (LastWords | undefined)[] = [];
  readonly #pipes = new LastSign(0x7c);
  readonly #lines = new LastSign(10);
  /** What was found of values: they come back often. */
  readonly #judged = new StretchMemo();
  /** Several literals may begin at one place: the first that finds something, the longest, tells. */
  #last = -1;
  #found: Span | undefined;

  readonly #repeats: Repeats | undefined;
  #kept: PhaseMemo<Kept> | undefined;

  constructor(text: Text, repeats: Repeats | undefined) {
    this.#text = text;
    this.#repeats = repeats;
  }

  /** The credentials that stand beside a literal at `at`. */
  find(at: number, literal: string): Span | undefined {
    if (at === this.#last && this.#found !== undefined) return this.#found;
    this.#last = at;
    // Members of a key stand farther away than repetitions are looked at.
    const repeats = literal === KEY_TYPE ? undefined : this.#repeats;
    const phase = repeats === undefined ? -1 : repeats.phase(at);
    if (repeats === undefined || phase < 0) {
      this.#text.near(at);
      this.#found = this.#search(at, literal);
      return this.#found;
    }
    this.#kept ??= new PhaseMemo(repeats);
    const kept = this.#kept.at(phase);
    if (kept?.literal === literal) {
      this.#found = shifted(kept.found, at);
      return this.#found;
    }
    this.#text.near(at);
    this.#found = this.#search(at, literal);
    this.#kept.set(phase, { literal, found: shifted(this.#found, -at) });
    return this.#found;
  }

  #search(at: number, literal: string): Span | undefined {
    const text = this.#text;
    const { rules, beside } = literalOf(literal);
    for (const rule of rules) {
      if (!this.#mayBe(rule, literal, at)) continue;
      const found = rule.far !== undefined ? this.#far(rule, rule.far, at) : matchAt(rule, text.string, at, at);
      if (found === undefined || !this.#isWorth(rule, found)) continue;
      if (rule.before === undefined || rule.before.test(lineBefore(text, at))) return found;
    }
    if (beside === 'nothing') return undefined;
    if (beside === 'pipe') return this.#isPiped(at) ? piped(text, at) : undefined;
    if (beside === 'host') return endsPassword(text, at) ? valueBehind(DSN, lineBefore(text, at), at) : undefined;
    return privateMembers(text.string, at);
  }

  /** Whether a pipe stands before a place on its line. */
  #isPiped(at: number): boolean {
    const least = Math.max(0, at - REACH);
    const pipe = this.#pipes.before(this.#text, at, least);
    return pipe >= 0 && this.#lines.before(this.#text, at, least) < pipe;
  }

  /** What can be said of a command before its pattern is tried. */
  #mayBe({ number, ends, may, words }: Rule, literal: string, at: number): boolean {
    const text = this.#text;
    if (ends?.every((end) => !text.standsFolded(end, at - end.length)) === true) return false;
    if (may?.(text, at + literal.length) === false) return false;
    if (words === undefined) return true;
    const found = this.#words[number] ?? new LastWords(words);
    this.#words[number] = found;
    return found.before(text, at);
  }

  #isWorth(rule: Rule, { value, quoted, start, end }: Match): boolean {
    if (rule.cookies) return holdsCookie(value);
    if (rule.phrase) return true;
    const bare = rule.prose && !quoted;
    const kind = (bare ? 1 : 0) | (rule.strong ? 2 : 0) | (rule.pair ? 4 : 0);
    const known = this.#judged.get(this.#text, start, end, kind);
    if (known >= 0) return known === 1;
    const worth = rule.pair ? isPair(value) : isWorth(value, bare) && (!rule.strong || isStrong(withoutClose(value)));
    this.#judged.set(this.#text, start, end, kind, worth ? 1 : 0);
    return worth;
  }

  #far(rule: Rule, mark: string, at: number): Match | undefined {
    let ahead = this.#ahead[rule.number];
    if (ahead === undefined) {
      ahead = { marks: [...new Set([mark, mark.toUpperCase()])].map((one) => new Next(one)), again: new Next(rule.again) };
      this.#ahead[rule.number] = ahead;
    }
    let nearest = Infinity;
    for (const next of ahead.marks) nearest = Math.min(nearest, next.from(this.#text, at));
    if (nearest > at + FAR - mark.length) return undefined;
    const end = Math.min(at + FAR, ahead.again.from(this.#text, at + 3));
    return nearest + mark.length > end ? undefined : matchAt(rule, this.#text.slice(at, end), 0, at);
  }
}

/** Where a sign stood last, remembered so that each part of a text is searched once. */
class LastSign {
  readonly #unit: number;
  #seen = 0;
  #found = -1;

  constructor(unit: number) {
    this.#unit = unit;
  }

  /** The last place in [least, at), or -1. */
  before(text: Text, at: number, least: number): number {
    if (at < this.#seen) {
      this.#seen = 0;
      this.#found = -1;
    }
    const from = Math.max(least, this.#seen);
    for (let i = at - 1; i >= from; i--)
      if (text.at(i) === this.#unit) {
        this.#found = i;
        break;
      }
    this.#seen = at;
    return this.#found >= least ? this.#found : -1;
  }
}

/** Where words of a command stood last on the line, remembered so that each part of a text is searched once. */
class LastWords {
  readonly #pattern: RegExp;
  #seen = 0;
  #found = -1;
  /** Where the line begins. */
  #line = 0;

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  before(text: Text, at: number): boolean {
    const least = Math.max(0, at - REACH);
    let from = at < this.#seen ? least : Math.max(least, this.#seen);
    if (at < this.#seen) this.#found = this.#line = -1;
    // A word that is cut in two is searched from its begin.
    while (from > least && isOfWord(text.at(from - 1))) from--;
    // One that reaches farther back than is looked is none.
    if (from === least && least > 0 && isOfWord(text.at(least - 1))) while (from < at && isOfWord(text.at(from))) from++;
    if (at - from > SHORT || this.#mayHold(text, from, at)) {
      const piece = text.slice(from, at);
      const pattern = this.#pattern;
      pattern.lastIndex = 0;
      for (let match = pattern.exec(piece); match !== null; match = pattern.exec(piece)) this.#found = from + match.index;
      const line = piece.lastIndexOf('\n');
      if (line >= 0) this.#line = from + line + 1;
    }
    this.#seen = at;
    return this.#found >= Math.max(least, this.#line);
  }

  /** Whether a word of four letters or a line break stands in [from, to). */
  #mayHold(text: Text, from: number, to: number): boolean {
    let letters = 0;
    for (let i = from; i < to; i++) {
      const unit = text.at(i);
      if (unit === 10) return true;
      letters = isOfWord(unit) ? letters + 1 : 0;
      if (letters === SHORTEST) return true;
    }
    return false;
  }
}

/** A stretch is looked at before it is searched up to this length; the shortest word. */
const SHORT = 32;
const SHORTEST = 4;

const isOfWord = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a) || unit === 0x5f;

const shifted = (span: Span | undefined, by: number): Span | undefined => span && { start: span.start + by, end: span.end + by };

function matchAt({ pattern }: Rule, text: string, from: number, at: number): Match | undefined {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match === null ? undefined : spanOf(match, at);
}

/** The line up to a place, as far as it is looked at. */
function lineBefore(text: Text, at: number): string {
  const line = text.slice(Math.max(0, at - REACH), at);
  return line.slice(line.lastIndexOf('\n') + 1);
}

/** What is piped into the command at a place: `echo ... | docker login --password-stdin`. */
function piped(text: Text, at: number): Span | undefined {
  const before = lineBefore(text, at);
  const pipe = before.lastIndexOf('|');
  if (pipe < 0) return undefined;
  let end = pipe;
  while (end > 0 && pipe - end < 8 && before.charCodeAt(end - 1) <= 32) end--;
  // A bare value has three characters at least.
  if (end < 3 || (!isQuoteAt(before, end - 1) && !/[^\s"'|]{3}$/.test(before.slice(end - 3, end)) && before.charCodeAt(end - 1) < 128))
    return undefined;
  return valueBehind(PIPED, before, at);
}

const isQuoteAt = (text: string, at: number): boolean => text.charCodeAt(at) === 0x22 || text.charCodeAt(at) === 0x27;

/** The group that took part, which ends where the match ends or before its closing sign. */
function spanOf(match: RegExpExecArray, at: number): Match | undefined {
  let group = 1;
  while (group < match.length && match[group] === undefined) group++;
  const value = match[group];
  if (value === undefined) return undefined;
  let place = match[0].length - value.length;
  while (place > 0 && !match[0].startsWith(value, place)) place--;
  const start = at + place;
  const last = match[0].charCodeAt(match[0].length - 1);
  return { value, start, end: start + value.length, quoted: last === 0x22 || last === 0x27 || last === 0x5c };
}

const CLOSES = /[,;.)]+$/;
const CLOSING = oneOf(',;.)');
/** A value without what closes the sentence behind it. */
const withoutClose = (value: string): string => (isIn(CLOSING, value.charCodeAt(value.length - 1)) ? value.replace(CLOSES, '') : value);
const isWorth = (value: string, bare: boolean): boolean =>
  !value.startsWith('-') &&
  !(isIn(DIGITS, value.charCodeAt(0)) && NUMBER.test(value)) &&
  isPassword(bare ? withoutClose(value) : value, !bare);
const DIGITS = oneOf('0123456789');
const NUMBER = /^\d{1,5}(?::\d+)?$/;

/** Whether one of the cookies in a row of them looks generated. */
const holdsCookie = (value: string): boolean =>
  value.split(/;\s{0,4}/).some((cookie) => /^[\w.-]{1,64}=/.test(cookie) && looksRandom(cookie.slice(cookie.indexOf('=') + 1), 16));

function isPair(value: string): boolean {
  const colon = value.indexOf(':');
  const user = value.slice(0, colon);
  const password = value.slice(colon + 1).replace(/^["']|["']$/g, '');
  if (colon < 0 || /^[<[{$(]/.test(user) || user === password) return false;
  const secret = password === '' ? user : password;
  return isPassword(secret, true) && (password !== '' || /\d/.test(user));
}

/** A password that stands before a literal on the same line. */
function valueBehind(pattern: RegExp, before: string, at: number): Span | undefined {
  const match = pattern.exec(before);
  const value = match?.slice(1).find((group) => group !== undefined);
  if (match === null || value === undefined || !isPassword(value, true)) return undefined;
  const start = at - before.length + match.index + match[0].indexOf(value, 1);
  return { start, end: start + value.length };
}

const LONGEST_KEY = 4096;
/** Fewer characters hold no private member. */
const LEAST_KEY = 27;
const BEFORE_TYPE = 2048;
/** RFC 7518 sections 6.2.2, 6.3.2 and 6.4. */
const PRIVATE_MEMBER = /"(?:d|p|q|dp|dq|qi|k)"\s{0,4}:\s{0,4}"([\w-]{20,2048})"/g;

/** From the first to the last private member of the JSON Web Key around `at`. */
function privateMembers(text: string, at: number): Span | undefined {
  const least = at > BEFORE_TYPE ? at - BEFORE_TYPE : 0;
  const before = text.slice(least, at);
  // One key has one type, so the next type belongs to another key.
  const from = least + Math.max(0, before.lastIndexOf(KEY_TYPE));
  const open = text.slice(from, at).lastIndexOf('{');
  if (open < 0) return undefined;
  const after = text.slice(at + KEY_TYPE.length, from + open + LONGEST_KEY);
  const another = after.indexOf(KEY_TYPE);
  const key = text.slice(from + open, another < 0 ? from + open + LONGEST_KEY : at + KEY_TYPE.length + another);
  if (key.length < LEAST_KEY) return undefined;
  const close = key.indexOf('}');
  const members = [...(close < 0 ? key : key.slice(0, close)).matchAll(PRIVATE_MEMBER)];
  const [first, last] = [members[0], members.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const start = from + open + first.index + first[0].length - 1 - (first[1] as string).length;
  return { start, end: from + open + last.index + last[0].length - 1 };
}

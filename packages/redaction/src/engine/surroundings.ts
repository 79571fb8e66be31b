import { ALNUM, CLASS, isIn, NAME, oneOf, SPACE } from './chars.ts';
import type { Text } from './text.ts';
import { byHead, pairOf } from './words.ts';

/** How far before a name words are looked for. */
export const REACH_BEFORE = 80;
export const LONGEST_TYPE = 26;
const LONGEST_LIST = 240;
const LONGEST_SENTENCE = 84;

/** Words that let a value follow a name after a blank. */
const WORDS_BEFORE = byHead('login user with env arg set define account >');
/** The same as a pattern, which is quicker on a long stretch. */
const WORD_BEFORE = /login|user|with|env|arg|set|define|account|>/gi;
const LONG = 24;
const LONGEST_WORD = 7;

/** First characters of these words, in both cases. */
const HEADS = new Uint8Array(128);
/** First two letters of these words, five bits each. */
const PAIRS = new Uint8Array(1024);
WORDS_BEFORE.forEach((words, head) => {
  if (words === undefined) return;
  HEADS[head] = 1;
  if (head >= 97) HEADS[head & ~32] = 1;
  for (const word of words) if (word.length > 1) PAIRS[pairOf(head, word.charCodeAt(1))] = 1;
});

export const isBlank = (unit: number): boolean => unit === 32 || unit === 9;
/** Whether a letter, a digit or a low line stands at a place. */
export function isWord(text: Text, at: number): boolean {
  const unit = text.at(at);
  return unit === 0x5f || (unit < 256 && ((CLASS[unit] as number) & ALNUM) !== 0);
}

/** What types are made of, and the blanks after them. */
const OF_TYPE = oneOf(" \t<>[]|?'");
for (let unit = 0; unit < 128; unit++) if (((CLASS[unit] as number) & NAME) !== 0) OF_TYPE[unit] = 1;

/** What stands around names, remembered so that each part of a text is searched once. */
export class Surroundings {
  /** Where such a word was found last, and how far the text was searched. */
  #found = -1;
  #seen = 0;
  readonly #equals = new Near('=');
  readonly #default = new Near('default');
  readonly #colon = new Near(':\n');
  readonly #line = new Near('\n');
  /** The parenthesis before and the one after the stretch that was searched last. */
  #lastOpen = -1;
  #opensFrom = 0;
  #parenthesis = -1;
  /** Whether a word that lets a value follow after a blank stands before a place: `login ana password ...`, `ENV PASSWORD ...`. */
  wordsBefore(text: Text, start: number): boolean {
    const least = Math.max(0, start - REACH_BEFORE);
    if (start < this.#seen) return lastWord(text, least, start) >= 0;
    const found = lastWord(text, Math.max(least, this.#seen - LONGEST_WORD + 1), start);
    if (found >= 0) this.#found = found;
    this.#seen = start;
    return this.#found >= least;
  }

  /** Whether a type and an equals sign follow within so many characters, as in `token string = "..."`. */
  typeAhead(text: Text, at: number, reach: number): boolean {
    const end = this.#equals.before(text, at, at + reach);
    if (end < 0) return false;
    for (let i = at; i < end; i++) if (!isIn(OF_TYPE, text.at(i))) return false;
    return true;
  }

  /** Whether a name may be in a list of columns: behind a parenthesis that opens, and before one that closes. */
  mayBeListed(text: Text, start: number, end: number): boolean {
    if (start < this.#opensFrom) return true;
    const least = start - LONGEST_LIST;
    for (let i = start - 1; i >= this.#opensFrom && i >= least; i--)
      if (text.at(i) === 0x28) {
        this.#lastOpen = i;
        break;
      }
    this.#opensFrom = start;
    if (this.#lastOpen < least || this.#lastOpen < 0) return false;
    let next = Math.max(end, this.#parenthesis);
    const most = end + LONGEST_LIST + 16;
    while (next < most && text.at(next) !== 0x28 && text.at(next) !== 0x29) next++;
    this.#parenthesis = next;
    return text.at(this.#parenthesis) === 0x29;
  }

  /** Whether a line that ends with a colon may end not far behind a place. */
  colonAhead(text: Text, at: number): boolean {
    return this.#colon.before(text, at, at + LONGEST_SENTENCE) >= 0;
  }

  /** Whether the line of a place ends within so many characters. */
  lineEndsAhead(text: Text, at: number, reach: number): boolean {
    return this.#line.before(text, at, at + reach) >= 0;
  }

  /** Whether `default` stands not far behind a place. */
  defaultAhead(text: Text, at: number, most: number): boolean {
    return this.#default.before(text, at, most + 1) >= 0;
  }
}

/** So many characters at least are searched at a time. */
const STEP = 192;

/** Where a literal stands next, not far ahead. What was searched is remembered, so that each part of a text is searched once. */
class Near {
  readonly #mark: string;
  #from = 0;
  /** The place that was found last. */
  #found = -1;
  /** Behind that one, it begins nowhere before here. */
  #to = 0;

  constructor(mark: string) {
    this.#mark = mark;
  }

  /** The first place in [at, most), or -1. */
  before(text: Text, at: number, most: number): number {
    if (at < this.#from) {
      this.#found = -1;
      this.#to = at;
    }
    this.#from = at;
    const start = Math.max(at, this.#to);
    if (this.#found < at && start < most) {
      const end = Math.max(most, start + STEP);
      const place = text.slice(start, end + this.#mark.length - 1).indexOf(this.#mark);
      this.#found = place < 0 ? -1 : start + place;
      this.#to = place < 0 ? end : this.#found + 1;
    }
    return this.#found >= at && this.#found < most ? this.#found : -1;
  }
}

/** Where a literal, or what a global pattern matches, stands next. It is searched again only behind the place that was found, so that each part of a text is searched once. */
export class Next {
  readonly #mark: string | RegExp;
  #from = 0;
  #found = -1;

  constructor(mark: string | RegExp) {
    this.#mark = mark;
  }

  /** The first place at or after `at`; Infinity when there is none. */
  from(text: Text, at: number): number {
    if (at < this.#from || at > this.#found) {
      const found = search(this.#mark, text.string, at);
      this.#found = found < 0 ? Infinity : found;
    }
    this.#from = at;
    return this.#found;
  }
}

function search(mark: string | RegExp, text: string, at: number): number {
  if (typeof mark === 'string') return text.indexOf(mark, at);
  mark.lastIndex = at;
  return mark.exec(text)?.index ?? -1;
}

/** Where the last word that lets a value follow begins in [from, to), or -1. */
function lastWord(text: Text, from: number, to: number): number {
  if (to - from > LONG) return lastMatch(text.slice(from, to), from);
  for (let i = to - 1; i >= from; i--) {
    const unit = text.at(i);
    if (!isIn(HEADS, unit)) continue;
    if (unit === 0x3e) return i;
    if (PAIRS[pairOf(unit, text.at(i + 1))] === 0) continue;
    for (const word of WORDS_BEFORE[unit | 32] ?? []) if (i + word.length <= to && text.standsFolded(word, i)) return i;
  }
  return -1;
}

function lastMatch(piece: string, from: number): number {
  let found = -1;
  for (WORD_BEFORE.lastIndex = 0; WORD_BEFORE.test(piece);) found = WORD_BEFORE.lastIndex - 1;
  return found < 0 ? -1 : from + found;
}

const SETTERS = ['env', 'arg', 'setenv'];

/** Whether a command that sets a name stands right before it: `ENV NAME`, `#define NAME`, `set -x NAME`, a prompt. */
export function isSet(text: Text, start: number, least: number): boolean {
  const end = backOverBlanks(text, start, least);
  if (end === least) return false;
  if (text.at(end - 1) === 0x3e) return begins(text, end - 1, least);
  if (end === start) return false;
  let at = end;
  while (at > least && isWord(text, at - 1)) at--;
  const length = end - at;
  if ((length === 3 || length === 6) && SETTERS.some((word) => word.length === length && text.standsFolded(word, at)))
    return begins(text, at, least);
  if (end - at === 6 && text.standsFolded('define', at)) {
    const sign = backOverBlanks(text, at, least);
    return sign > least && text.at(sign - 1) === 0x23 && begins(text, sign - 1, least);
  }
  if (at === end || at === least || text.at(at - 1) !== 0x2d) return false;
  const set = backOverBlanks(text, at - 1, least);
  return set < at - 1 && set - 3 >= least && text.standsFolded('set', set - 3) && begins(text, set - 3, least);
}

/** Whether a line or a command begins at a place, or what is looked at does. */
function begins(text: Text, at: number, least: number): boolean {
  const end = backOverBlanks(text, at, least);
  if (end === least) return true;
  const unit = text.at(end - 1);
  return unit === 10 || unit === 0x3b || (unit === 0x26 && end - 2 >= least && text.at(end - 2) === 0x26);
}

function backOverBlanks(text: Text, at: number, least: number): number {
  let end = at;
  while (end > least && isBlank(text.at(end - 1))) end--;
  return end;
}

const isSpace = (text: Text, at: number): boolean => {
  const unit = text.at(at);
  return unit < 128 ? (text.classAt(at) & SPACE) !== 0 : /\s/.test(String.fromCharCode(unit));
};

const JOINING = ['and', 'with', 'the', '/'];
/** Last characters of these, in both cases. */
const ENDS_JOINING = oneOf('dheDHE/');
const LOGINS = ['login', 'user', 'username', 'account', 'with'];
/** Last letters of these, in both cases. */
const ENDS_LOGIN = oneOf('nrethNRETH');
const LONGEST_USER = 65;

/** Whether a word and the name of a user stand before a password, perhaps with `and the` between: `login ana password ...`. */
export function isOfUser(text: Text, start: number, least: number): boolean {
  for (let next = start; ;) {
    let end = next;
    while (end > least && isSpace(text, end - 1)) end--;
    if (end === next || end === least) return false;
    if (isUser(text, end, least)) return true;
    if (backOverBlanks(text, next, least) !== end) return false;
    if (!isIn(ENDS_JOINING, text.at(end - 1))) return false;
    const joining = JOINING.find((word) => end - word.length >= least && text.standsFolded(word, end - word.length));
    if (joining === undefined) return false;
    next = end - joining.length;
  }
}

/** Whether what ends at a place is the name of a user: behind `login`, `user:` and the like. */
function isUser(text: Text, end: number, least: number): boolean {
  const most = Math.max(least + 1, end - LONGEST_USER);
  for (let at = end - 1; at >= most && !isSpace(text, at); at--) {
    if (!isGap(text.at(at - 1))) continue;
    // A comma or a semicolon may end the name, and be the longest of it.
    const last = text.at(end - 1);
    if (end - at === LONGEST_USER && last !== 0x2c && last !== 0x3b) continue;
    let word = at - 1;
    while (word > least && isGap(text.at(word - 1))) word--;
    if (isIn(ENDS_LOGIN, text.at(word - 1)) && LOGINS.some((login) => isWhole(text, login, word, least))) return true;
  }
  return false;
}

const isGap = (unit: number): boolean => isBlank(unit) || unit === 0x3a || unit === 0x3d;

/** Whether a word ends at a place and begins there too, as `\b` has it. */
function isWhole(text: Text, word: string, end: number, least: number): boolean {
  const start = end - word.length;
  return start >= least && text.standsFolded(word, start) && (start === least || !isWord(text, start - 1));
}

import { ALNUM, CLASS, classAt, NAME, SPACE } from './chars.ts';
import { columnValue } from './columns.ts';
import type { NameClass } from './names.ts';

/** Where the value of a name begins, and how much it takes to believe that it is one. */
export interface Place {
  at: number;
  /** `quoted`: only a quoted value counts. `mixed`: only a quoted value that is no plain word. `set`: a variable is set to it, words count too. `element`: a tag must follow it. */
  trust: 'any' | 'quoted' | 'mixed' | 'set' | 'element';
  /** What the surroundings say of the value, where they say more than the name. */
  kind?: NameClass;
}

const CLOSE = '(?:\\\\*["\'`]|\\]|\\)|\\*\\*|:\\*\\*)';
const SIGN = `[:?.|!+]{0,3}={1,3}>?|:\\*\\*|[-=]>|:(?!:)|<-|\\|\\||\\?\\?|\\bis\\b:?|\\bwas\\b:?|\\bof\\b`;
const TYPE = `(?::[ \\t]*)?[A-Za-z&*][\\w<>\\[\\]|?. ]{0,24}(?<=[\\w>\\]?])(?:[ \\t]+=(?![=>])|=(?=["'\`@]))`;
const ASSIGN = new RegExp(`${CLOSE}{0,3}[ \\t]{0,40}(?:${TYPE}|(?:${SIGN}))[ \\t]{0,40}`, 'y');
const HEADER_ASSIGN = new RegExp(`${CLOSE}{0,3}[ \\t]{0,40}(?:${SIGN})[ \\t]{0,40}`, 'y');
const ARGUMENT = /\\*["'`][ \t]*,\s{0,40}(?=\\*["'`])/y;
const ARGUMENT_BESIDE = /\\*["'`][ \t]*,[ \t]{0,40}(?=\\*["'`])/y;
const CALL = /\(\s{0,8}(?=\\*["'`])/y;
/** `['[name=password]').type('...')` and the like. */
const TYPED_IN = /\]?\\*["'`]\)\s{0,20}\.(?:type|fill|val|sendKeys|send_keys|setValue|set_value)\((?=\\*["'`])/y;
const PAIRED = new RegExp(`${CLOSE}{0,2}[ \\t]*,?\\s{0,40}\\\\*["']?[vV]alue\\\\*["']?\\s{0,8}[:=]\\s{0,8}`, 'y');
const BLOCK_DEFAULT = /"[ \t]{0,8}\{[^{}]{0,200}?\bdefault[ \t]{0,8}=[ \t]{0,8}(?=")/y;
const ELEMENT = /[^<>\n]{0,80}>\s{0,80}/y;
const FLAG = /["']?[ \t]{1,8}(?=[^\s-])/y;
/** Network devices put the number of an encoding in front. */
const AFTER_BLANK = /[ \t]{1,8}(?:[0-9] (?=\S{4}))?(?=\S)/y;
const QUOTED_AFTER_BLANK = /[ \t]{1,4}(?=["'])/y;
/** A cell of a table of text, after the cell that names it. */
const CELL = /[ \t]{1,40}\|[ \t]{1,40}(?=[^\s|"'`]{6,80}[ \t]{0,40}\|)/y;
/** `password for the reports page is ...` */
const PROSE = /[ \t](?:for|to|on|at)[ \t](?:[\w.@'"-]{1,48}[ \t]){1,5}is(?::|[ \t])[ \t:]{0,4}/y;
/** `credentials for staging: user / password` */
const SLASHED = /[^\n:]{0,40}:[ \t]*[\w.@-]{1,64}[ \t]*\/[ \t]*(?=\S)/y;
const BLOCK = /[|>][-+]?\r?\n[ \t]+/y;
const NEXT_LINE = /\\?\r?\n[ \t]*/y;
const LOGIN_BEFORE = /\b(?:login|user(?:name)?|account|with)[ \t:=]+\S{1,64}[,;]?\s+(?:(?:and|with|the|\/)[ \t]+)*$/i;
/** Signs that compare or offer a default more often than they give a value. */
const UNSURE_SIGN = /(?:\|\||\?\?|of|was|[!=]==?)[ \t]*$/;
/** Words after which a name and a blank introduce a value. */
const SETTING_BEFORE = /(?:^|\n|&&|;)[ \t]*(?:(?:ENV|ARG|setenv|set[ \t]+-\w+)[ \t]+|#[ \t]*define[ \t]+|>[ \t]*)$/i;
const PROMPT_BEFORE = /(?:^|\n|>)[ \t]*(?:config set[ \t]+)?$/i;
/** Directives whose value follows after a blank. */
const DIRECTIVE = /^(?:requirepass|masterauth|AUTH)$/;
/** `name=value`, which is no token. */
const PARAMETER = /[A-Za-z_]{2,24}=[^=]/y;
const SCHEME_NAME = /^b(?:earer|asic)$/i;
const ENVIRONMENT_NAME = /^[A-Z][A-Z0-9_]+$/;
const SET_BEFORE = /(?:^|[\n;"'])[ \t]*(?:-[ \t]+)?(?:(?:export|set|setx|ENV|ARG|env)[ \t]+)?$/;

const LINE_STARTS = new Set(Array.from('|>\\\r\n', (sign) => sign.charCodeAt(0)));
/** Characters that may come between a name and its value. */
const BETWEEN = new Uint8Array(128);
for (const sign of '=:"\'`])>,?|.!+<-*\\') BETWEEN[sign.charCodeAt(0)] = 1;

/** Where the match of a sticky pattern at a place ends, or -1. */
export function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

function placeAfter(pattern: RegExp, text: string, end: number, trust: Place['trust']): Place | undefined {
  const at = endOf(pattern, text, end);
  return at < 0 ? undefined : { at, trust };
}

const isBlank = (unit: number): boolean => unit === 32 || unit === 9;
const isQuote = (unit: number): boolean => unit === 0x22 || unit === 0x27 || unit === 0x60 || unit === 0x5c;

/** A quick look at what follows a name: most names in a text have no value. */
export function mayHaveValue(text: string, start: number, end: number, kind: NameClass, around: Surroundings): boolean {
  let i = end;
  while (isBlank(text.charCodeAt(i))) if (++i - end > 40) return false;
  const unit = text.charCodeAt(i);
  if (unit < 128 && BETWEEN[unit] === 1) return true;
  if (unit === 0x28) return isQuote(text.charCodeAt(i + 1)) || isBlank(text.charCodeAt(i + 1));
  if (unit === 10 || unit === 13) return isPairedBelow(text, i);
  if (i === end) return text.charCodeAt(start - 1) === 0x3c;
  const first = text.charCodeAt(start);
  if (first === 0x2d || first === 0x42 || first === 0x62) return true;
  if (/(?:is|was|of|for|to|on|at)\b/y.test(text.slice(i, i + 4))) return true;
  const before = text.charCodeAt(start - 1);
  if (before !== before || before === 10 || before === 0x3e || around.typeAhead(text, i)) return true;
  return isBlank(before) && (kind === 'password' || first === 0x41 ? around.wordsBefore(text, start) : maySet(text, start, around));
}

/** Whether `value` stands at the beginning of the next line. */
function isPairedBelow(text: string, at: number): boolean {
  let i = at;
  while ((classAt(text, i) & SPACE) !== 0 && i - at < 48) i++;
  return /["']?value/iy.test(text.slice(i, i + 6));
}

/** Whether the word before may be one that sets a name: `ENV TOKEN ...`, `#define API_KEY ...`, `set -x TOKEN ...`. */
function maySet(text: string, start: number, around: Surroundings): boolean {
  let end = start;
  while (isBlank(text.charCodeAt(end - 1))) end--;
  const last = text.charCodeAt(end - 1) | 32;
  if (last === 0x76 || last === 0x67 || last === 0x65 || last === 0x3e) return around.wordsBefore(text, start);
  let at = end;
  while (end - at < 24 && (classAt(text, at - 1) & NAME) !== 0) at--;
  return text.charCodeAt(at) === 0x2d && around.wordsBefore(text, start);
}

const WORDS_BEFORE = /login|user|with|env|arg|set|define|account|>/i;
const REACH_BEFORE = 80;
const LONGEST_WORD_BEFORE = 7;

const LONGEST_TYPE = 26;

/** What stands around names, remembered so that each part of a text is searched once. */
export class Surroundings {
  /** Where such a word was found last; between its end and `#seen` there is none. */
  #found = -1;
  #foundEnd = -1;
  #seen = 0;
  /** A stretch that a type may be made of, as far as it was looked at. */
  #typeFrom = 0;
  #typeEnd = -1;

  /** Whether a word that lets a value follow after a blank stands before a place: `login ana password ...`, `ENV PASSWORD ...`. */
  wordsBefore(text: string, start: number): boolean {
    const least = Math.max(0, start - REACH_BEFORE);
    if (start < this.#seen) return WORDS_BEFORE.test(text.slice(least, start));
    let from = Math.max(least, this.#seen - LONGEST_WORD_BEFORE + 1, this.#foundEnd);
    for (let match = WORDS_BEFORE.exec(text.slice(from, start)); match; match = WORDS_BEFORE.exec(text.slice(from, start))) {
      this.#found = from + match.index;
      this.#foundEnd = this.#found + match[0].length;
      from = this.#foundEnd;
    }
    this.#seen = start;
    return this.#found >= least;
  }

  /** Whether a type and an equals sign follow, as in `token string = "..."`. */
  typeAhead(text: string, at: number): boolean {
    if (at < this.#typeFrom || at > this.#typeEnd) {
      this.#typeFrom = at;
      this.#typeEnd = at;
    }
    const most = at + LONGEST_TYPE;
    while (this.#typeEnd < most && isOfType(text.charCodeAt(this.#typeEnd))) this.#typeEnd++;
    return this.#typeEnd < most && text.charCodeAt(this.#typeEnd) === 0x3d;
  }
}

const isOfType = (unit: number): boolean =>
  unit === 32 || unit === 0x3c || unit === 0x3e || unit === 0x5b || unit === 0x5d || (unit < 256 && ((CLASS[unit] as number) & NAME) !== 0);

/** Finds where the value of the name at [start, end) begins. Everything it does is bounded by constants. */
export function placeOfValue(
  text: string,
  start: number,
  end: number,
  kind: NameClass,
  from: number,
  around: Surroundings,
): Place | undefined {
  const unit = text.charCodeAt(end);
  const near = isBlank(unit) ? undefined : beside(text, start, end, unit);
  if (near !== undefined) return near;
  // The branches of `x ? "pass" : "fail"` are no name and value.
  if (unit === 0x22 && text.charCodeAt(start - 2) === 0x20 && text.charCodeAt(start - 3) === 0x3f) return undefined;
  if (kind === 'password' && isListed(unit, text.charCodeAt(end + 1))) {
    const column = columnValue(text, start, end);
    if (column !== undefined) return { at: column, trust: 'quoted' };
  }
  const assign = mayAssign(text, end, around) ? endOf(kind === 'header' ? HEADER_ASSIGN : ASSIGN, text, end) : -1;
  if (assign >= 0) return assigned(text, start, end, assign, from);
  if (isQuote(unit)) {
    const opened = text.charCodeAt(start - (text.charCodeAt(start - 1) === 0x23 ? 2 : 1));
    return isQuote(opened) ? placeAfter(kind === 'password' ? ARGUMENT_BESIDE : ARGUMENT, text, end, 'mixed') : undefined;
  }
  return afterBlank(text, start, end, kind, text.slice(Math.max(from, start - REACH_BEFORE), start), around);
}

/** Whether what follows a name may be a sign or a word that gives it a value. */
function mayAssign(text: string, end: number, around: Surroundings): boolean {
  let i = end;
  while (isBlank(text.charCodeAt(i))) if (++i - end > 40) return false;
  if ((classAt(text, i) & ALNUM) === 0) return true;
  if (i === end) return false;
  const first = text.charCodeAt(i) | 32;
  return first === 0x69 || first === 0x77 || first === 0x6f || around.typeAhead(text, i);
}

/** Whether a name is followed as in a list of columns: by a comma or a bracket, perhaps after a quote. */
const isListed = (unit: number, next: number): boolean => {
  const sign = unit === 0x22 || unit === 0x60 ? next : unit;
  return sign === 0x2c || sign === 0x29;
};

/** Values that belong to a name by the form of what is around both: elements, pairs, calls, blocks. */
function beside(text: string, start: number, end: number, unit: number): Place | undefined {
  const before = text.charCodeAt(start - 1);
  if (before === 0x3c || (before === 0x3a && text.charCodeAt(start - 2) !== 0x3a)) {
    const element = placeAfter(ELEMENT, text, end, before === 0x3c ? 'element' : 'any');
    if (element && (before === 0x3c || text.lastIndexOf('<', start) > start - 40)) return element;
  }
  if (unit === 0x3d || unit === 0x3a) return undefined;
  const near =
    (mayBePaired(text, end) ? placeAfter(PAIRED, text, end, 'any') : undefined) ??
    (unit === 0x28 ? placeAfter(CALL, text, end, 'mixed') : undefined);
  if (near) return near;
  const next = text.charCodeAt(end + 1);
  if (unit === 0x5d || next === 0x29) {
    const typedIn = placeAfter(TYPED_IN, text, end, 'mixed');
    if (typedIn) return typedIn;
  }
  return unit === 0x22 && (next === 0x20 || next === 0x7b) ? placeAfter(BLOCK_DEFAULT, text, end, 'mixed') : undefined;
}

/** Whether `value` may stand next, past closing signs and blanks. */
function mayBePaired(text: string, end: number): boolean {
  let i = end;
  while (i - end < 80 && ((classAt(text, i) & SPACE) !== 0 || PAIR_SIGNS.has(text.charCodeAt(i)))) i++;
  return (text.charCodeAt(i) | 32) === 0x76;
}
const PAIR_SIGNS = new Set(Array.from('\\"\'`])*:,', (sign) => sign.charCodeAt(0)));

function assigned(text: string, start: number, end: number, at: number, from: number): Place {
  const sign = text.slice(end, at);
  const value = LINE_STARTS.has(text.charCodeAt(at)) ? Math.max(at, endOf(BLOCK, text, at), endOf(NEXT_LINE, text, at)) : at;
  if ((value > at && text.charCodeAt(at) === 10) || UNSURE_SIGN.test(sign)) return { at: value, trust: 'quoted' };
  const isSet =
    sign === '=' && ENVIRONMENT_NAME.test(text.slice(start, end)) && SET_BEFORE.test(text.slice(Math.max(from, start - 24), start));
  return { at: value, trust: isSet ? 'set' : 'any' };
}

/** Values that follow a name after a blank. */
function afterBlank(text: string, start: number, end: number, kind: NameClass, before: string, around: Surroundings): Place | undefined {
  const name = text.slice(start, end);
  if (SCHEME_NAME.test(name)) return endOf(PARAMETER, text, end + 1) < 0 ? { at: end + 1, trust: 'any' } : undefined;
  if (name.startsWith('-')) return placeAfter(FLAG, text, end, 'any');
  const spaced = around.wordsBefore(text, start) && (SETTING_BEFORE.test(before) || (kind === 'password' && LOGIN_BEFORE.test(before)));
  if (spaced || (DIRECTIVE.test(name) && PROMPT_BEFORE.test(before))) {
    const place = placeAfter(AFTER_BLANK, text, end, 'any');
    return place && DIRECTIVE.test(name) ? { ...place, kind: 'password' } : place;
  }
  const slashed = /^cred/i.test(name) ? placeAfter(SLASHED, text, end, 'any') : undefined;
  if (slashed) return { ...slashed, kind: 'password' };
  let next = end;
  while (isBlank(text.charCodeAt(next)) && next - end < 40) next++;
  const unit = text.charCodeAt(next);
  if ((classAt(text, next) & ALNUM) !== 0) return placeAfter(PROSE, text, end, 'any');
  if (kind !== 'password') return undefined;
  if (unit === 0x7c) return placeAfter(CELL, text, end, 'any');
  return isQuote(unit) && name !== 'pass' ? placeAfter(QUOTED_AFTER_BLANK, text, end, 'mixed') : undefined;
}

import { classAt, NAME, SPACE } from './chars.ts';
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
/** Words after which a name and a blank introduce a value. */
const SETTING_BEFORE = /(?:^|\n|&&|;)[ \t]*(?:(?:ENV|ARG|setenv|set[ \t]+-\w+)[ \t]+|#[ \t]*define[ \t]+|>[ \t]*)$/i;
const PROMPT_BEFORE = /(?:^|\n|>)[ \t]*(?:config set[ \t]+)?$/i;
/** Directives whose value follows after a blank. */
const DIRECTIVE = /^(?:requirepass|masterauth|AUTH)$/;
/** `name=value`, which is no token. */
const PARAMETER = /^[A-Za-z_]{2,24}=[^=]/;
const ENVIRONMENT_NAME = /^[A-Z][A-Z0-9_]+$/;
const SET_BEFORE = /(?:^|[\n;"'])[ \t]*(?:-[ \t]+)?(?:(?:export|set|setx|ENV|ARG|env)[ \t]+)?$/;

const LINE_STARTS = new Set(Array.from('|>\\\r\n', (sign) => sign.charCodeAt(0)));
/** Characters that may come between a name and its value. */
const BETWEEN = new Uint8Array(128);
for (const sign of '=:"\'`])>,?|.!+<-*\\') BETWEEN[sign.charCodeAt(0)] = 1;

/** Matches a sticky pattern at a place. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const isBlank = (unit: number): boolean => unit === 32 || unit === 9;
const isQuote = (unit: number): boolean => unit === 0x22 || unit === 0x27 || unit === 0x60 || unit === 0x5c;

/** A quick look at what follows a name: most names in a text have no value. */
export function mayHaveValue(text: string, start: number, end: number): boolean {
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
  return typed(text, i) || before !== before || (isBlank(before) && isSpaced(text, start)) || before === 10 || before === 0x3e;
}

/** Whether `value` stands at the beginning of the next line. */
function isPairedBelow(text: string, at: number): boolean {
  let i = at;
  while ((classAt(text, i) & SPACE) !== 0 && i - at < 48) i++;
  return /["']?value/iy.test(text.slice(i, i + 6));
}

/** Whether the line so far lets a value follow after a blank: `login ana password ...`, `ENV PASSWORD ...`. */
function isSpaced(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 80), start);
  return /login|user|with|env|arg|set|define|account|>/i.test(before);
}

/** Whether a type and an equals sign follow, as in `token string = "..."`. */
function typed(text: string, at: number): boolean {
  for (let i = at; i < at + 26; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x3d) return true;
    if (unit !== 32 && (classAt(text, i) & NAME) === 0 && unit !== 0x3c && unit !== 0x3e && unit !== 0x5b && unit !== 0x5d) return false;
  }
  return false;
}

/** Finds where the value of the name at [start, end) begins. Everything it does is bounded by constants. */
export function placeOfValue(text: string, start: number, end: number, kind: NameClass, from: number): Place | undefined {
  const unit = text.charCodeAt(end);
  const near = isBlank(unit) ? undefined : beside(text, start, end, unit);
  if (near !== undefined) return near;
  // The branches of `x ? "pass" : "fail"` are no name and value.
  if (unit === 0x22 && text.charCodeAt(start - 2) === 0x20 && text.charCodeAt(start - 3) === 0x3f) return undefined;
  if (kind === 'password' && isListed(unit, text.charCodeAt(end + 1))) {
    const column = columnValue(text, start, end);
    if (column !== undefined) return { at: column, trust: 'quoted' };
  }
  const assign = matchAt(kind === 'header' ? HEADER_ASSIGN : ASSIGN, text, end);
  if (assign) return assigned(text, start, end, end + assign[0].length, assign[0], from);
  if (isQuote(unit)) {
    const opened = text.charCodeAt(start - (text.charCodeAt(start - 1) === 0x23 ? 2 : 1));
    const argument = isQuote(opened) ? matchAt(kind === 'password' ? ARGUMENT_BESIDE : ARGUMENT, text, end) : null;
    return argument ? { at: end + argument[0].length, trust: 'mixed' } : undefined;
  }
  return afterBlank(text, start, end, kind, from);
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
    const element = matchAt(ELEMENT, text, end);
    if (element && (before === 0x3c || text.lastIndexOf('<', start) > start - 40))
      return { at: end + element[0].length, trust: before === 0x3c ? 'element' : 'any' };
  }
  if (unit === 0x3d || unit === 0x3a) return undefined;
  const paired = mayBePaired(text, end) ? matchAt(PAIRED, text, end) : null;
  if (paired) return { at: end + paired[0].length, trust: 'any' };
  const call = unit === 0x28 ? matchAt(CALL, text, end) : null;
  if (call) return { at: end + call[0].length, trust: 'mixed' };
  const next = text.charCodeAt(end + 1);
  if (unit === 0x5d || next === 0x29) {
    const typedIn = matchAt(TYPED_IN, text, end);
    if (typedIn) return { at: end + typedIn[0].length, trust: 'mixed' };
  }
  const block = unit === 0x22 && (next === 0x20 || next === 0x7b) ? matchAt(BLOCK_DEFAULT, text, end) : null;
  return block ? { at: end + block[0].length, trust: 'mixed' } : undefined;
}

/** Whether `value` may stand next, past closing signs and blanks. */
function mayBePaired(text: string, end: number): boolean {
  let i = end;
  while (i - end < 80 && ((classAt(text, i) & SPACE) !== 0 || PAIR_SIGNS.has(text.charCodeAt(i)))) i++;
  return (text.charCodeAt(i) | 32) === 0x76;
}
const PAIR_SIGNS = new Set(Array.from('\\"\'`])*:,', (sign) => sign.charCodeAt(0)));

function assigned(text: string, start: number, end: number, at: number, sign: string, from: number): Place {
  const line = LINE_STARTS.has(text.charCodeAt(at)) ? (matchAt(BLOCK, text, at) ?? matchAt(NEXT_LINE, text, at)) : null;
  const value = at + (line?.[0].length ?? 0);
  if (line?.[0].startsWith('\n') === true || /(?:\|\||\?\?|of|was|[!=]==?)[ \t]*$/.test(sign)) return { at: value, trust: 'quoted' };
  const isSet =
    sign === '=' && ENVIRONMENT_NAME.test(text.slice(start, end)) && SET_BEFORE.test(text.slice(Math.max(from, start - 24), start));
  return { at: value, trust: isSet ? 'set' : 'any' };
}

/** Values that follow a name after a blank. */
function afterBlank(text: string, start: number, end: number, kind: NameClass, from: number): Place | undefined {
  const name = text.slice(start, end);
  if (/^(?:bearer|basic)$/i.test(name)) return PARAMETER.test(text.slice(end + 1, end + 32)) ? undefined : { at: end + 1, trust: 'any' };
  if (name.startsWith('-')) {
    const flag = matchAt(FLAG, text, end);
    return flag ? { at: end + flag[0].length, trust: 'any' } : undefined;
  }
  const before = text.slice(Math.max(from, start - 80), start);
  if (
    (DIRECTIVE.test(name) && PROMPT_BEFORE.test(before)) ||
    SETTING_BEFORE.test(before) ||
    (kind === 'password' && LOGIN_BEFORE.test(before))
  ) {
    const blank = matchAt(AFTER_BLANK, text, end);
    return blank ? { at: end + blank[0].length, trust: 'any', ...(DIRECTIVE.test(name) && { kind: 'password' }) } : undefined;
  }
  const slashed = /^cred/i.test(name) ? matchAt(SLASHED, text, end) : null;
  if (slashed) return { at: end + slashed[0].length, trust: 'any', kind: 'password' };
  const prose = matchAt(PROSE, text, end) ?? (kind === 'password' ? (matchAt(CELL, text, end) ?? null) : null);
  if (prose) return { at: end + prose[0].length, trust: 'any' };
  const quoted = kind === 'password' && name !== 'pass' ? matchAt(QUOTED_AFTER_BLANK, text, end) : null;
  return quoted ? { at: end + quoted[0].length, trust: 'mixed' } : undefined;
}

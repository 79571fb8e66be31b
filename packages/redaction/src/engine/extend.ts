import { ALNUM, CLASS, SPACE } from './chars.ts';
import type { Form } from './forms.ts';

/** A form of a value and the label it is masked under. */
export interface Needle extends Form {
  label: string;
  /** Matched characters from which on a piece of the form is masked. */
  enough: number;
}

/** Bytes of a word of a needle, and how far apart the words of a text are that are looked at. */
export const WORD = 4;

/** A piece of text; `open` when it reached the end of the data and may go on. */
export interface Span {
  start: number;
  end: number;
  open: boolean;
}

const ESC = String.fromCharCode(27);
const ansi = `(?:${ESC}|\\\\+u001[bB]|\\\\+x1[bB]|\\\\+033|\\\\+e)\\[[0-9;?]{0,16}[A-Za-z]`;
const zeroWidth =
  '[\\u00ad\\u200b-\\u200f\\u2060\\ufeff]|\\\\+u(?:200[b-fB-F]|2060|[fF][eE][fF][fF]|00[aA][dD])|\\xe2\\x80[\\x8b-\\x8f]|\\xef\\xbb\\xbf|\\xe2\\x81\\xa0|\\xc2\\xad';
const wrap = '\\\\?\\r?\\n[ \\t]{0,16}|(?:\\\\+r)?\\\\+n[ \\t]{0,16}|(?:%0[dD])?%0[aA]';
const ignored = `(?:${ansi}|${zeroWidth}|${wrap})`;
const IGNORED = new RegExp(`${ignored}+`, 'y');
const IGNORED_BEFORE = new RegExp(`${ignored}+$`);
const BLANK = /(?:\s|\\+[nrt]|%0[aAdD]|%20)+/y;
const BLANK_BEFORE = /(?:\s|\\+[nrt]|%0[aAdD]|%20)+$/;
const coded =
  '%(?:25)*([0-9a-fA-F]{2})|\\\\+u([0-9a-fA-F]{4})|\\\\+x([0-9a-fA-F]{2})|&#x([0-9a-fA-F]{2,4});|\\\\+(["\'/\\\\])|&#(\\d{2,4});';
const CODED = new RegExp(`(?:${coded})`, 'y');
const CODED_BEFORE = new RegExp(`(?:${coded})$`);
/** What every interruption and every other spelling holds. */
// oxlint-disable-next-line no-control-regex -- the escape character is meant
const UNUSUAL = /[\x1b\\%&\n\r\u0080-\uffff]/;
const isUnusual = (unit: number): boolean =>
  unit >= 0x80 || unit === 0x1b || unit === 0x5c || unit === 0x25 || unit === 0x26 || unit === 10 || unit === 13;
/** Fewer neighbouring characters of a form than this are an ordinary coincidence. */
const LEAST_BARE = 6;
/** How far back an interruption may reach. */
const REACH = 64;

/** Grows a match of one word of a needle to both sides, over interruptions and other spellings of single characters. */
export function extend(needle: Needle, text: string, at: number, offset: number, from: number, to: number): Span | undefined {
  const form = needle.text;
  for (let i = 0; i < WORD; i++) if (text.charCodeAt(at + i) !== form.charCodeAt(offset + i)) return undefined;
  let before = 0;
  while (before < offset && before < at && text.charCodeAt(at - before - 1) === form.charCodeAt(offset - before - 1)) before++;
  const most = Math.min(form.length - offset, text.length - at);
  let after = WORD;
  while (after < most && text.charCodeAt(at + after) === form.charCodeAt(offset + after)) after++;
  if (before + after < LEAST_BARE) return undefined;
  // An ordinary character on both sides ends it: most pieces of values are too short, and no more is looked at.
  if (
    before + after < needle.enough &&
    endsBefore(form, text, at - before, offset - before, from) &&
    endsAfter(form, text, at + after, offset + after, to)
  )
    return undefined;
  before = Math.min(before, Math.max(0, at - from));
  after = Math.min(after, Math.max(WORD, to - at));
  const back = backward(form, text, at - before, offset - before, from);
  const ahead = forward(form, text, at + after, offset + after, to);
  const matched = ahead.reached - back.reached;
  const open = ahead.at >= to && ahead.reached < form.length;
  if (matched < needle.enough || (matched < form.length && !worthMasking(form.slice(back.reached, ahead.reached)))) {
    return open && offset === 0 ? { start: back.at, end: back.at, open } : undefined;
  }
  const start = back.reached === 0 ? widen(text, back.at, -1, needle.lead, from) : back.at;
  const end = ahead.reached === form.length ? widen(text, ahead.at, 1, needle.trail, to) : ahead.at;
  return { start, end, open };
}

/** Whether nothing of a form can stand before a place where its own characters end. */
const endsBefore = (form: string, text: string, at: number, offset: number, from: number): boolean =>
  offset === 0 || at <= from || (!mayEndInterruption(text.charCodeAt(at - 1)) && !isBlank(form, offset - 1));

/** The same after a place, where the data goes on. */
const endsAfter = (form: string, text: string, at: number, offset: number, to: number): boolean =>
  at < to && (offset === form.length || (!isUnusual(text.charCodeAt(at)) && !isBlank(form, offset)));

/** A piece of a value is masked when it is long and mixed enough not to be an ordinary word. */
function worthMasking(piece: string): boolean {
  return piece.length >= 10 && /\d/.test(piece) && /[A-Za-z]/.test(piece);
}

interface Reach {
  at: number;
  reached: number;
}

function backward(form: string, text: string, at: number, offset: number, from: number): Reach {
  let i = at;
  let j = offset;
  while (j > 0 && i > from) {
    if (text.charCodeAt(i - 1) === form.charCodeAt(j - 1)) {
      i--;
      j--;
      continue;
    }
    if (!mayEndInterruption(text.charCodeAt(i - 1)) && !isBlank(form, j - 1)) break;
    const before = text.slice(Math.max(from, i - REACH), i);
    if (!UNUSUAL.test(before) && !isBlank(form, j - 1)) break;
    const blank = isBlank(form, j - 1) ? BLANK_BEFORE.exec(before) : null;
    if (blank) {
      i -= blank[0].length;
      while (j > 0 && isBlank(form, j - 1)) j--;
      continue;
    }
    const code = CODED_BEFORE.exec(before);
    if (code && unitOf(code) === form.charCodeAt(j - 1)) {
      i -= code[0].length;
      j--;
      continue;
    }
    const skip = IGNORED_BEFORE.exec(before);
    if (!skip || !continuesBefore(form, text, i - skip[0].length, j)) break;
    i -= skip[0].length;
  }
  return { at: i, reached: j };
}

function forward(form: string, text: string, at: number, offset: number, to: number): Reach {
  let i = at;
  let j = offset;
  while (j < form.length && i < to) {
    if (text.charCodeAt(i) === form.charCodeAt(j)) {
      i++;
      j++;
      continue;
    }
    if (!isUnusual(text.charCodeAt(i)) && !isBlank(form, j)) break;
    const blank = isBlank(form, j) ? sticky(BLANK, text, i) : null;
    if (blank) {
      i += blank[0].length;
      while (j < form.length && isBlank(form, j)) j++;
      continue;
    }
    const code = sticky(CODED, text, i);
    if (code && unitOf(code) === form.charCodeAt(j)) {
      i += code[0].length;
      j++;
      continue;
    }
    const skip = sticky(IGNORED, text, i);
    if (!skip || (i + skip[0].length < to && !continues(form, text, i + skip[0].length, j))) break;
    i += skip[0].length;
  }
  return { at: Math.min(i, to), reached: j };
}

/** Interruptions and codes end in a letter, a digit, a quote, a slash, a semicolon, a blank or an invisible character. */
const mayEndInterruption = (unit: number): boolean =>
  unit >= 0x80 ||
  (classAtUnit(unit) & (ALNUM | SPACE)) !== 0 ||
  unit === 0x22 ||
  unit === 0x27 ||
  unit === 0x2f ||
  unit === 0x5c ||
  unit === 0x3b;

const classAtUnit = (unit: number): number => CLASS[unit] ?? 0;

const isBlank = (form: string, index: number): boolean => form.charCodeAt(index) === 10 || form.charCodeAt(index) === 13;

function sticky(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const continues = (form: string, text: string, i: number, j: number): boolean => {
  if (text.charCodeAt(i) === form.charCodeAt(j)) return true;
  const code = sticky(CODED, text, i);
  return code !== null && unitOf(code) === form.charCodeAt(j);
};

const continuesBefore = (form: string, text: string, i: number, j: number): boolean =>
  i > 0 && text.charCodeAt(i - 1) === form.charCodeAt(j - 1);

function unitOf(match: RegExpExecArray): number {
  const hex = match[1] ?? match[2] ?? match[3] ?? match[4];
  if (hex !== undefined) return parseInt(hex, 16);
  return match[5] === undefined ? Number(match[6]) : match[5].charCodeAt(0);
}

function widen(text: string, at: number, step: 1 | -1, most: number, bound: number): number {
  let i = at;
  for (let n = 0; n < most; n++) {
    if (i === bound || !/[A-Za-z0-9+/_-]/.test(text.charAt(step > 0 ? i : i - 1))) break;
    i += step;
  }
  return i;
}

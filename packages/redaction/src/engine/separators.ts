import { ALNUM, DIGIT, isIn, NAME, oneOf, SPACE } from './chars.ts';
import { columnValue } from './columns.ts';
import type { NameClass } from './names.ts';
import { endOf, isLinkingWord, type Place, placeAfter } from './places.ts';
import {
  ASSIGN,
  HEADER_ASSIGN,
  ARGUMENT,
  ARGUMENT_BESIDE,
  STEP,
  CALL,
  TYPED_IN,
  EXPECTED,
  COMPARED,
  COMPARISON_BEFORE,
  PAIRED,
  BLOCK_DEFAULT,
  LONGEST_BLOCK,
  ELEMENT,
  ELEMENT_BESIDE,
  CONTENT,
  PAIRED_FAR,
  ATTRIBUTE_BEFORE,
  ATTRIBUTED,
  TAGS,
  TUPLE,
  FILTERED,
  FLAG,
  AFTER_BLANK,
  QUOTED_AFTER_BLANK,
  CELL,
  PROSE,
  SLASHED,
  JOINED,
  BLOCK,
  ITEM,
  SCALAR,
  WRAPPED,
  NEXT_LINE,
  PROMPT_BEFORE,
  SERIALIZED,
} from './separator-patterns.ts';
import { isSetTo } from './settings.ts';
import { isBlank, isOfUser, isSet, isWord, LONGEST_TYPE, REACH_BEFORE, type Surroundings } from './surroundings.ts';
import { OUTSIDE, type Text } from './text.ts';
import { mayBeStrong, mayBeTold, saysPassword, strongAfter, toldAfter } from './told.ts';

const LINE_STARTS = oneOf('|>\\\r\n');
/** Characters that may come between a name and its value. */
const BETWEEN = oneOf('=:"\'`[])>,?|.!+<-*\\');

const isQuote = (unit: number): boolean => unit === 0x22 || unit === 0x27 || unit === 0x60 || unit === 0x5c;

/** A quick look at what follows a name: most names in a text have no value. */
export function mayHaveValue(text: Text, start: number, end: number, kind: NameClass, around: Surroundings): boolean {
  let i = end;
  while (isBlank(text.at(i))) if (++i - end > 40) return false;
  const unit = text.at(i);
  if (isIn(BETWEEN, unit)) return true;
  if (unit === 0x28 || unit === 0x7b) return isQuote(text.at(i + 1)) || (text.classAt(i + 1) & SPACE) !== 0;
  if (unit === 10 || unit === 13) return isPairedBelow(text, i);
  const ahead = text.at(start - 1);
  if (i === end) return ahead === 0x3c;
  if (ahead === 0x3c || (ahead === 0x3a && opensBefore(text, start))) return true;
  const first = text.at(start);
  if (first === 0x2d || first === 0x42 || first === 0x62) return true;
  if ((kind === 'password' || text.standsFolded('cred', start)) && mayBeStrong(text, i)) return true;
  if (mayBeTold(text, i, kind, around)) return true;
  if (isLinkingWord(text, i)) return true;
  if (ahead === OUTSIDE || ahead === 10 || ahead === 0x3e || around.typeAhead(text, i, LONGEST_TYPE)) return true;
  return isBlank(ahead) && (kind === 'password' || first === 0x41 ? around.wordsBefore(text, start) : maySet(text, start, around));
}

/** Whether `value` or an equals sign stands at the beginning of the next line. */
function isPairedBelow(text: Text, at: number): boolean {
  let i = at;
  while ((text.classAt(i) & SPACE) !== 0 && i - at < 48) i++;
  const sign = text.at(i);
  return sign === 0x3d || text.standsFolded('value', sign === 0x22 || sign === 0x27 ? i + 1 : i);
}

/** Whether the word before may be one that sets a name: `ENV TOKEN ...`, `#define API_KEY ...`, `set -x TOKEN ...`. */
function maySet(text: Text, start: number, around: Surroundings): boolean {
  let end = start;
  while (isBlank(text.at(end - 1))) end--;
  const last = text.at(end - 1) | 32;
  if (last === 0x76 || last === 0x67 || last === 0x65 || last === 0x3e) return around.wordsBefore(text, start);
  let at = end;
  while (end - at < 24 && (text.classAt(at - 1) & NAME) !== 0) at--;
  return text.at(at) === 0x2d && around.wordsBefore(text, start);
}

/** Finds where the value of the name at [start, end) begins. Everything it does is bounded by constants. */
export function placeOfValue(
  text: Text,
  start: number,
  end: number,
  kind: NameClass,
  from: number,
  around: Surroundings,
): Place | undefined {
  const unit = text.at(end);
  const near = isBlank(unit) ? attributed(text, start, end) : beside(text, start, end, unit, kind, around);
  if (near !== undefined) return near;
  if (text.standsFolded('cred', start)) {
    const joined = placeAfter(JOINED, text, end, 'strong');
    if (joined !== undefined) return { ...joined, kind: 'password' };
  }
  // The branches of `x ? "pass" : "fail"` are no name and value.
  if (unit === 0x22 && text.at(start - 2) === 0x20 && text.at(start - 3) === 0x3f) return undefined;
  if (kind === 'password' && isListed(unit, text.at(end + 1)) && around.mayBeListed(text, start, end)) {
    const column = columnValue(text.string, start, end);
    if (column !== undefined) return { at: column, trust: 'quoted' };
  }
  const assign = assignEnd(text, end, kind, around);
  if (assign >= 0) return assigned(text, start, end, assign, from);
  if (isQuote(unit)) {
    const opened = text.at(start - (text.at(start - 1) === 0x23 ? 2 : 1));
    if (!isQuote(opened)) return undefined;
    return placeAfter(kind === 'password' ? ARGUMENT_BESIDE : ARGUMENT, text, end, 'mixed') ?? placeAfter(STEP, text, end, 'mixed');
  }
  return afterBlank(text, start, end, kind, Math.max(from, start - REACH_BEFORE), around);
}

/** Where the sign that gives a name its value ends, with the blanks after it, or -1. */
function assignEnd(text: Text, named: number, kind: NameClass, around: Surroundings): number {
  const end = afterSize(text, named);
  let closed = end;
  while (isIn(CLOSES, text.at(closed))) closed++;
  let at = closed;
  while (isBlank(text.at(at))) if (++at - closed > 40) return -1;
  const unit = text.at(at);
  const last = text.at(closed - 1);
  const starred = last === 0x2a || (unit === 0x3a && text.at(at + 1) === 0x2a);
  const typed =
    kind !== 'header' &&
    (starred || mayBeTyped(text, unit === 0x3a ? at + 1 : at, unit === 0x3a || closed > end ? LONGEST_ALIGNED : LONGEST_TYPE, around));
  if (typed) return endOf(ASSIGN, text.string, end);
  if (!isIn(SIGNS, unit)) return -1;
  // The commonest: one colon or one equals sign, and at most one sign that closes the name.
  if ((closed === end || (closed === end + 1 && last !== 0x2a && last !== 0x5c)) && isSingle(unit, text.at(at + 1)))
    return overBlanks(text, at + 1);
  if ((text.classAt(at) & ALNUM) !== 0 && (at === end || !isLinkingWord(text, at))) return -1;
  // Arrows: the dash of an option and the bracket of a tag are none.
  if ((unit === 0x2d && text.at(at + 1) !== 0x3e) || (unit === 0x3c && text.at(at + 1) !== 0x2d)) return -1;
  return endOf(HEADER_ASSIGN, text.string, end);
}

/** Where the size of an array behind a name ends: `password[32]`. */
function afterSize(text: Text, at: number): number {
  if (text.at(at) !== 0x5b) return at;
  let end = at + 1;
  while (end - at < 6 && (text.classAt(end) & DIGIT) !== 0) end++;
  return text.at(end) === 0x5d ? end + 1 : at;
}

/** What closes a name: quotes and the backslashes before them, brackets, stars. */
const CLOSES = oneOf('\\"\'`])*');
/** First characters of what gives a name its value. */
const SIGNS = oneOf(':?.|!+=-<iwo');
/** What makes another sign of a colon before it. */
const LENGTHENS = oneOf(':?.|!+=*');

/** A type, and the blanks that put equals signs below each other. */
const LONGEST_ALIGNED = 126;

/** Whether a type and an equals sign may begin at a place, after blanks. */
function mayBeTyped(text: Text, at: number, reach: number, around: Surroundings): boolean {
  let i = at;
  while (isBlank(text.at(i))) i++;
  const unit = text.at(i);
  if (unit === 0x26 || unit === 0x2a) return around.typeAhead(text, i + 1, reach);
  return (text.classAt(i) & ALNUM) !== 0 && around.typeAhead(text, i, reach);
}

/** Whether a colon or an equals sign belongs to no longer sign, given the character after it. */
const isSingle = (unit: number, next: number): boolean =>
  unit === 0x3d ? next !== 0x3d && next !== 0x3e : unit === 0x3a && !isIn(LENGTHENS, next);

function overBlanks(text: Text, at: number): number {
  let i = at;
  while (i - at < 40 && isBlank(text.at(i))) i++;
  return i;
}

/** Whether a name is followed as in a list of columns: by a comma or a bracket, perhaps after a quote. */
const isListed = (unit: number, next: number): boolean => {
  const sign = unit === 0x22 || unit === 0x60 ? next : unit;
  return sign === 0x2c || sign === 0x29;
};

/** Values that belong to a name by the form of what is around both: elements, pairs, calls, blocks. */
function beside(text: Text, start: number, end: number, unit: number, kind: NameClass, around: Surroundings): Place | undefined {
  const before = text.at(start - 1);
  if (before === 0x3c || (before === 0x3a && text.at(start - 2) !== 0x3a)) {
    const element = placeAfter(ELEMENT, text, end, before === 0x3c ? 'element' : 'any');
    if (element && (before === 0x3c || opensBefore(text, start))) return element;
  }
  if (unit === 0x3d || unit === 0x3a) return undefined;
  const near =
    (mayBePaired(text, end) ? placeAfter(PAIRED, text, end, 'any') : undefined) ??
    (unit === 0x28 || unit === 0x7b ? placeAfter(CALL, text, end, 'mixed') : undefined);
  if (near) return near;
  const next = text.at(end + 1);
  if (unit === 0x3c) return (before === 0x3e ? placeAfter(ELEMENT_BESIDE, text, end, 'element') : undefined) ?? tagged(text, end);
  if (unit === 0x2c) {
    if (before === 0x7b) return placeAfter(TUPLE, text, end, 'mixed');
    const compares =
      isQuotedNext(text, end + 1) && (kind === 'secret' || COMPARISON_BEFORE.test(text.slice(Math.max(0, start - 32), start)));
    return compares ? placeAfter(COMPARED, text, end, 'mixed') : undefined;
  }
  if (unit === 0x22 && next === 0x2c && mayBeMember(text, end + 2)) {
    const far = placeAfter(PAIRED_FAR, text, end, 'any');
    if (far) return far;
  }
  if ((unit === 0x22 || unit === 0x27) && (next === 0x3e || (next === 0x20 && isIn(ATTRIBUTE_NEXT, text.at(end + 2)))))
    if (ATTRIBUTE_BEFORE.test(text.slice(Math.max(0, start - 96), start))) return placeAfter(CONTENT, text, end, 'element');
  if (unit === 0x22 ? next === 0x3b : unit === 0x5c && text.at(end + 2) === 0x3b) return placeAfter(SERIALIZED, text, end, 'quoted');
  if (unit === 0x29) return placeAfter(EXPECTED, text, end, 'mixed');
  if (unit === 0x5d || next === 0x29) {
    const typedIn = placeAfter(TYPED_IN, text, end, 'mixed');
    if (typedIn) return typedIn;
  }
  return unit === 0x22 && (next === 0x20 || next === 0x7b) && around.defaultAhead(text, end, end + LONGEST_BLOCK)
    ? placeAfter(BLOCK_DEFAULT, text, end, 'mixed')
    : undefined;
}

/** The value of an element with attributes, whose name ends at a place. */
function attributed(text: Text, start: number, end: number): Place | undefined {
  const before = text.at(start - 1);
  if (before !== 0x3c && (before !== 0x3a || !opensBefore(text, start))) return undefined;
  return placeAfter(ATTRIBUTED, text, end, 'element');
}

/** What stands behind the tags that end a label. */
const tagged = (text: Text, at: number): Place | undefined => placeAfter(TAGS, text, at, 'strong');

/** Whether a quote comes next, after blanks. */
function isQuotedNext(text: Text, at: number): boolean {
  let i = at;
  while (isBlank(text.at(i)) && i - at < 8) i++;
  return isQuote(text.at(i));
}

/** What may follow the blank after the name of an element: the end of the tag, or `serializeAs=`, `type=`. */
const ATTRIBUTE_NEXT = oneOf('>st');

/** Whether a tag is opened not far before a place. */
function opensBefore(text: Text, at: number): boolean {
  let i = at - 2;
  while (at - i < 40 && (text.classAt(i) & NAME) !== 0) i--;
  return text.at(i) === 0x3c || (text.at(i) === 0x2f && text.at(i - 1) === 0x3c);
}

/** Whether `value` may stand next, past closing signs and blanks. */
function mayBePaired(text: Text, end: number): boolean {
  let i = end;
  while (i - end < 80 && ((text.classAt(i) & SPACE) !== 0 || isIn(PAIR_SIGNS, text.at(i)))) i++;
  const unit = text.at(i);
  if (unit === 0x50) return text.string.startsWith('ParameterValue', i);
  if (unit === 0x61) return text.string.startsWith('android:value', i);
  return (unit | 32) === 0x76;
}
const PAIR_SIGNS = oneOf('\\"\'`])*:,{');

/** Whether a quoted word and a colon stand next, past blanks: another member. A sign beyond ASCII may be a blank. */
function mayBeMember(text: Text, at: number): boolean {
  let i = at;
  while (i - at < 40 && (text.classAt(i) & SPACE) !== 0) i++;
  if (text.at(i) !== 0x22) return text.at(i) >= 128;
  const word = ++i;
  while (i - word < 24 && isWord(text, i)) i++;
  if (text.at(i) !== 0x22) return false;
  const quote = i++;
  while (i - quote < 5 && (text.classAt(i) & SPACE) !== 0) i++;
  return text.at(i) === 0x3a || text.at(i) >= 128;
}

function assigned(text: Text, start: number, end: number, at: number, from: number): Place {
  const unit = text.at(at);
  if (unit === 0x3c) {
    const behind = tagged(text, at);
    if (behind !== undefined) return behind;
  }
  if (unit === 0x21 && text.at(at + 1) === 0x21) return placeAfter(SCALAR, text, at, 'any') ?? { at, trust: 'any' };
  if (unit === 10 || unit === 13) {
    const item = placeAfter(ITEM, text, at, 'any');
    if (item !== undefined) return item;
  }
  const value = isIn(LINE_STARTS, unit) ? Math.max(at, endOf(BLOCK, text.string, at), endOf(NEXT_LINE, text.string, at)) : at;
  if ((value > at && unit === 10) || isUnsure(text, end, at)) return { at: value, trust: 'quoted' };
  return { at: value, trust: isSetTo(text, start, end, at, from) ? 'set' : 'any' };
}

/** Whether the sign at [start, end) compares or offers a default more often than it gives a value: `||`, `??`, `of`, `was`, `==`, `!=`. */
function isUnsure(text: Text, start: number, end: number): boolean {
  let at = end;
  while (at > start && isBlank(text.at(at - 1))) at--;
  if (at - start < 2) return false;
  const last = text.at(at - 1);
  const before = text.at(at - 2);
  if (last === 0x3d) return before === 0x3d || before === 0x21;
  if (last === 0x7c || last === 0x3f) return before === last;
  if (last === 0x66) return before === 0x6f;
  return last === 0x73 && before === 0x61;
}

/** Values that follow a name after a blank. */
function afterBlank(text: Text, start: number, end: number, kind: NameClass, least: number, around: Surroundings): Place | undefined {
  const first = text.at(start);
  if (first === 0x2d) return placeAfter(FLAG, text, end, 'any');
  if (isScheme(text, start, end)) return isParameter(text, end + 1) ? undefined : { at: end + 1, trust: 'any' };
  const directive = isDirective(text, start, end);
  const spaced = around.wordsBefore(text, start) && (isSet(text, start, least) || (kind === 'password' && isOfUser(text, start, least)));
  if (spaced || (directive && PROMPT_BEFORE.test(text.slice(least, start)))) {
    const place = placeAfter(AFTER_BLANK, text, end, 'any');
    return place && directive ? { ...place, kind: 'password' } : place;
  }
  const slashed = text.standsFolded('cred', start) ? placeAfter(SLASHED, text, end, 'any') : undefined;
  if (slashed) return { ...slashed, kind: 'password' };
  let next = end;
  while (isBlank(text.at(next)) && next - end < 40) next++;
  const unit = text.at(next);
  if (unit === 10 || unit === 13) return placeAfter(WRAPPED, text, end, 'quoted');
  const told = (text.classAt(next) & ALNUM) === 0 ? undefined : toldAfter(text, end, next, kind, around);
  if (told !== undefined) return told;
  const prose = (text.classAt(next) & ALNUM) !== 0 && isLinkingWord(text, next) ? placeAfter(PROSE, text, end, 'any') : undefined;
  if (prose !== undefined) return prose;
  if (kind !== 'password' && kind !== 'secret') return undefined;
  if (next > end && kind === 'password' && !isQuote(unit) && unit !== 0x7c && saysPassword(text, start, end))
    return strongAfter(text, end, next);
  if (unit === 0x7c)
    return placeAfter(FILTERED, text, end, 'mixed') ?? (kind === 'password' ? placeAfter(CELL, text, end, 'any') : undefined);
  const bare = end - start === 4 && text.string.startsWith('pass', start);
  return isQuote(unit) && !bare ? placeAfter(QUOTED_AFTER_BLANK, text, end, 'mixed') : undefined;
}

/** Whether a name is a scheme of HTTP authentication that stands before what it is: `Bearer ...`, `basic ...`. */
const isScheme = (text: Text, start: number, end: number): boolean =>
  (text.at(start) | 32) === 0x62 &&
  ((end - start === 6 && text.standsFolded('bearer', start)) || (end - start === 5 && text.standsFolded('basic', start)));

/** Whether `name=value` stands at a place, which is no token. */
function isParameter(text: Text, at: number): boolean {
  let end = at;
  while (end - at < 24 && isLetterOrLine(text, end)) end++;
  return end - at >= 2 && text.at(end) === 0x3d && text.at(end + 1) !== 0x3d && text.at(end + 1) !== OUTSIDE;
}

function isLetterOrLine(text: Text, at: number): boolean {
  const unit = text.at(at);
  const small = unit | 32;
  return (small >= 0x61 && small <= 0x7a) || unit === 0x5f;
}

/** Directives whose value follows after a blank. */
const DIRECTIVES = ['requirepass', 'masterauth', 'AUTH'];
const isDirective = (text: Text, start: number, end: number): boolean =>
  DIRECTIVES.some((word) => word.length === end - start && text.string.startsWith(word, start));

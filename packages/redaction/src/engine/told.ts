import { ALNUM, DIGIT, SPACE } from './chars.ts';
import type { NameClass } from './names.ts';
import { isLinkingWord, type Place, placeAfter } from './places.ts';
import { CHANGED, DASHED, NEXT_LINE_ALONE, TOLD } from './separator-patterns.ts';
import type { Surroundings } from './surroundings.ts';
import { OUTSIDE, type Text } from './text.ts';
import { byHead } from './words.ts';

/* Values that stand beside their names without a sign, or in a sentence that tells them. */

/** Whether a value that stands beside the name of a password may begin at a place. */
export const mayBeStrong = (text: Text, at: number): boolean => isMixedAt(text, at) || tellsChange(text, at);

/** Whether words stand at a place that tell that a password was given a value. */
const tellsChange = (text: Text, at: number): boolean => stands(CHANGES_BY_HEAD, text, at);

/** Whether a word that holds a digit and a letter stands at a place. */
function isMixedAt(text: Text, at: number): boolean {
  let kinds = 0;
  for (let i = at; i - at < LONGEST_STRONG; i++) {
    const bits = text.classAt(i);
    if ((bits & DIGIT) !== 0) kinds |= 1;
    else if ((bits & ALNUM) !== 0) kinds |= 2;
    else if ((bits & SPACE) !== 0 || text.at(i) === OUTSIDE) break;
    if (kinds === 3) return true;
  }
  return false;
}
const LONGEST_STRONG = 40;
const CHANGES = ['changed to', 'set to', 'reset to', 'updated to', 'was ', 'is ', 'has been ', 'lautet ', 'ist ', 'es ', 'est '];
const CHANGES_BY_HEAD = byHead(CHANGES);

/** A value that a sentence tells: `token received: ...`, or that stands alone on the next line. */
export function toldAfter(text: Text, end: number, next: number, kind: NameClass, around: Surroundings): Place | undefined {
  if (tells(text, next)) return placeAfter(TOLD, text, end, 'any');
  return kind !== 'weak' && around.colonAhead(text, next) ? placeAfter(NEXT_LINE_ALONE, text, end, 'strong') : undefined;
}
const TOLD_BY = 'received provided supplied given issued created generated returned used'.split(' ');
const TOLD_BY_HEAD = byHead(TOLD_BY);

/** Words and phrases that may tell of a value when they stand behind its name. */
export const TELLING: readonly string[] = [...CHANGES, ...TOLD_BY];

/** Whether a word stands at a place that tells that there is a value. */
const tells = (text: Text, at: number): boolean => stands(TOLD_BY_HEAD, text, at);

/** Whether one of the words or phrases of a list stands at a place. */
function stands(list: ReturnType<typeof byHead>, text: Text, at: number): boolean {
  const unit = text.at(at);
  const words = unit < 128 ? list[unit | 32] : undefined;
  if (words !== undefined) for (const word of words) if (text.standsFolded(word, at)) return true;
  return false;
}

/** A value that stands beside its name without a sign, or behind a dash, a parenthesis or `changed to`. */
export function strongAfter(text: Text, end: number, next: number): Place | undefined {
  if (isMixedAt(text, next)) return { at: next, trust: 'strong' };
  if ((text.classAt(next) & ALNUM) === 0) return placeAfter(DASHED, text, end, 'strong');
  return isLinkingWord(text, next) || tellsChange(text, next) ? placeAfter(CHANGED, text, end, 'strong') : undefined;
}

/** Whether a name means nothing but a password: `pass` and `pin` are words too. */
export function saysPassword(text: Text, start: number, end: number): boolean {
  if (end - start > 4) return !text.standsFolded('-pass', end - 5) && !text.standsFolded('_pin', end - 4);
  return text.standsFolded('pass', start) && text.at(start) === 0x50 && (start === 0 || text.at(start - 1) === 10);
}

/** Whether a sentence that tells a value may go on at a place. */
export const mayBeTold = (text: Text, at: number, kind: NameClass, around: Surroundings): boolean =>
  tells(text, at) || (kind !== 'weak' && around.colonAhead(text, at));

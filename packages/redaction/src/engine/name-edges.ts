import { NAME } from './chars.ts';
import { isWord } from './surroundings.ts';
import type { Text } from './text.ts';

/* Where the names around keywords begin and end, and what stands right before them. */

const LONGEST_NAME = 64;

/** Where the name around a keyword begins. */
export function nameStart(text: Text, at: number, from: number): number {
  let start = at;
  while (start > from && at - start < LONGEST_NAME && (text.classAt(start - 1) & NAME) !== 0) start--;
  // An escape such as \n before a name is not its first letter.
  return start > from && start < at && text.at(start - 1) === 0x5c && isEscaped(text.at(start)) ? start + 1 : start;
}

/** Letters of the escapes `\\n`, `\\r`, `\\t`. */
const isEscaped = (unit: number): boolean => unit === 0x6e || unit === 0x72 || unit === 0x74;

/** Where it ends. */
export function nameEnd(text: Text, at: number, length: number): number {
  let end = at + length;
  while (end - at < LONGEST_NAME && (text.classAt(end) & NAME) !== 0) end++;
  for (; end > at + length; end--) {
    const last = text.at(end - 1);
    if (last !== 0x2e && last !== 0x24 && last !== 0x2d) break;
  }
  return end;
}

/** Whether a name stands in a mask: `[redacted:password]`. */
export const isOfMask = (text: Text, start: number): boolean =>
  text.at(start - 1) === 0x3a && (text.standsFolded('[redacted:', start - 10) || text.standsFolded('[redacted:known:', start - 16));

const QUALIFIERS = new Set(
  (
    'api access secret private auth master signing encryption license session account shared consumer app application deploy service ' +
    'subscription webhook admin client server storage ssh security'
  ).split(' '),
);
const LONGEST_QUALIFIER = 12;

/** Whether a word such as `API` and one or two blanks stand before a bare `key`. */
export function isQualified(text: Text, start: number, from: number): boolean {
  if (text.at(start - 1) !== 32) return false;
  const before = text.at(start - 2);
  const end = start - (before === 32 || before === 9 ? 2 : 1);
  let at = end;
  while (at > from && end - at <= LONGEST_QUALIFIER && isWord(text, at - 1)) at--;
  const length = end - at;
  return length >= 3 && length <= LONGEST_QUALIFIER && QUALIFIERS.has(text.slice(at, end).toLowerCase());
}

import { ALNUM } from './chars.ts';
import type { NameClass } from './names.ts';
import type { Text } from './text.ts';

/** Where the value of a name begins, and how much it takes to believe that it is one. */
export interface Place {
  at: number;
  /** `quoted`: only a quoted value counts. `mixed`: only a quoted value that is no plain word. `set`: a variable is set to it, words count too. `element`: a tag must follow it. `strong`: only what looks like nothing but a password. */
  trust: 'any' | 'quoted' | 'mixed' | 'set' | 'element' | 'strong';
  /** What the surroundings say of the value, where they say more than the name. */
  kind?: NameClass;
}

/** Where the match of a sticky pattern at a place ends, or -1. */
export function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** The place where the match of a sticky pattern ends, if it matches at `end`. */
export function placeAfter(pattern: RegExp, text: Text, end: number, trust: Place['trust']): Place | undefined {
  const at = endOf(pattern, text.string, end);
  return at < 0 ? undefined : { at, trust };
}

/** Words that link a name and its value. */
export const LINKING: readonly string[] = ['is', 'was', 'of', 'for', 'to', 'on', 'at'];

/** Whether `is`, `was`, `of`, `for`, `to`, `on` or `at` stands at a place. */
export function isLinkingWord(text: Text, at: number): boolean {
  const first = text.at(at);
  const next = text.at(at + 1);
  let length = 0;
  if (first === 0x69) length = next === 0x73 ? 2 : 0;
  else if (first === 0x6f) length = next === 0x66 || next === 0x6e ? 2 : 0;
  else if (first === 0x74) length = next === 0x6f ? 2 : 0;
  else if (first === 0x61) length = next === 0x74 ? 2 : 0;
  else if (first === 0x77) length = next === 0x61 && text.at(at + 2) === 0x73 ? 3 : 0;
  else if (first === 0x66) length = next === 0x6f && text.at(at + 2) === 0x72 ? 3 : 0;
  return length > 0 && !isWordAt(text, at + length);
}

const isWordAt = (text: Text, at: number): boolean => (text.classAt(at) & ALNUM) !== 0 || text.at(at) === 0x5f;

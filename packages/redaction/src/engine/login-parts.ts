import { isIn, NAME, oneOf } from './chars.ts';
import { OUTSIDE, type Text } from './text.ts';

/** A command, a call or a line of a file in which a password has its place. */
export interface Login {
  /** Literals that it is found by; lower case. */
  literals: readonly string[];
  /** From the literal on; the first group that took part is the password, or `user:password`. */
  pattern: RegExp;
  /** What must stand before the literal on the same line: right before it, or, where `words` tells, anywhere. */
  before?: RegExp;
  /** What must stand somewhere before the literal on the same line. */
  words?: RegExp;
  /** With what the text before the literal ends: asked before any pattern is tried. */
  ends?: readonly string[];
  /** Whether what follows the literal may be what the pattern wants: asked before it is tried. */
  may?: (text: Text, end: number) => boolean;
  /** Whether it stands among words, so that a bare value must not be one. */
  prose?: boolean;
  /** Whether the value is a row of words, as long as its standard wants it. */
  phrase?: boolean;
  /** Where the password may stand far behind the literal: what must stand before it, in lower case. */
  far?: string;
  /** Whether the value is `user:password`; a generated user without a password is a key. */
  pair?: boolean;
  /** Whether something else stands there so often that the value must not look like a word. */
  strong?: boolean;
  /** Whether the value is a row of cookies. */
  cookies?: boolean;
}

const BARE = '([^\\s"\'`|;&<>]{3,200})';
/** `user:'pass word'`, quoted in part. */
export const HALF_QUOTED = `([^\\s"':]{1,80}:(?:"[^"\\n]{1,200}"|'[^'\\n]{1,200}'))`;
export const VALUE = `(?:"([^"\\n]{3,200})"|'([^'\\n]{3,200})'|${BARE})`;
export const QUOTED = `\\\\*(?:"([^"\\\\\\n]{3,200})\\\\*"|'([^'\\\\\\n]{3,200})\\\\*')`;
/** Twelve words of three to eight letters, or three, six, nine, twelve more: BIP 39. */
export const PHRASE = '[a-z]{3,8}(?: [a-z]{3,8}){11}(?:(?: [a-z]{3,8}){3}){0,4}';
export const sticky = (source: string): RegExp => new RegExp(source, 'iy');

/** Whether an argument and a comma follow the parenthesis of a call. */
export function hasArguments(text: Text, end: number): boolean {
  for (let i = end; i < end + 161; i++) {
    const unit = text.at(i);
    if (unit === 0x2c) return i > end;
    if (unit === 0x28 || unit === 0x29 || unit === 10 || unit === OUTSIDE) return false;
  }
  return false;
}

const OPENS_QUOTE = oneOf('"\'\\ \t\n\v\f\r');
/** Whether a quote, blanks or an escape follow the parenthesis of a call. */
export const opensQuote = (text: Text, end: number): boolean => text.at(end) >= 128 || isIn(OPENS_QUOTE, text.at(end));

/** The stretch that was searched last, in which no comma and no end of a line stands: the next call may begin in it. */
const searched = { text: 0, from: 0, to: 0 };

/** Whether a comma follows not far behind the parenthesis of a call, on its line. */
export function hasComma(text: Text, end: number): boolean {
  let i = searched.text === text.number && end >= searched.from && end < searched.to ? searched.to : end;
  while (i < end + 200 && !isIn(ENDS_ARGUMENT, text.at(i)) && text.at(i) !== OUTSIDE) i++;
  searched.text = text.number;
  searched.from = end;
  searched.to = i;
  return i < end + 200 && text.at(i) === 0x2c;
}
const ENDS_ARGUMENT = oneOf(',\n');

/** Whether the name of a user and a slash follow: `scott/...`. */
export function isLogon(text: Text, end: number): boolean {
  let i = end;
  while (i - end < 33 && (text.classAt(i) & NAME) !== 0) i++;
  return i > end && text.at(i) === 0x2f;
}

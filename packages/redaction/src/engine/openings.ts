import { ALNUM, isIn, oneOf } from './chars.ts';
import type { Text } from './text.ts';

const OPEN =
  /(?:[[({]\s{0,4}|(?:Optional|String|Secret|SecretStr|Some|Just|Buffer\.from|String::from|Secret::new|SecretString::from|SecretString::new|new Secret|MD5|md5|SHA[12]|sha[12]|PASSWORD|crypt|secret)\(|string\(\d{1,4}\)[ ]|[bruf@NL]{1,2}(?=["'])|\$(?="))?(\\*)(["'`]{3}|["'`])/y;
/** First characters of what `OPEN` matches other than a quote: asked before the pattern is tried. */
const OPEN_STARTS = oneOf('[({OSJBnbruf@NL$MmsPc');

/** Letters that open a value only right before a quote, and brackets that do so before a quote or a blank. */
const PREFIXES = oneOf('bruf@NL');
const BRACKETS = oneOf('[({');
const isQuote = (unit: number): boolean => unit === 0x22 || unit === 0x27;
const isAnyQuote = (unit: number): boolean => unit === 0x22 || unit === 0x27 || unit === 0x60;

/** Whether a bracket, a call or a prefixed quote may stand at a place. */
function mayOpen(text: Text, at: number): boolean {
  const first = text.at(at);
  if (!isIn(OPEN_STARTS, first)) return false;
  const next = text.at(at + 1);
  if (isIn(BRACKETS, first)) return isAnyQuote(next) || next === 0x5c || next <= 0x20 || next >= 0x80;
  if (isIn(PREFIXES, first)) return isQuote(next) || isQuote(text.at(at + 2));
  return first === 0x24 ? next === 0x22 : isCall(text, at);
}

/** Whether a name and a parenthesis stand at a place. */
function isCall(text: Text, at: number): boolean {
  let end = at;
  while (end - at < LONGEST_CALL && ((text.classAt(end) & ALNUM) !== 0 || text.at(end) === 0x3a || text.at(end) === 0x2e)) end++;
  if (end - at === 3 && text.at(end) === 0x20) return true;
  return text.at(end) === 0x28;
}
const LONGEST_CALL = 24;

/** What opens a quoted value: where it ends, and the signs that close the value. */
export interface Opening {
  end: number;
  quote: string;
}

/** The quote at a place, with the bracket, the call or the letters before it and the backslashes that escape it. */
export function openingAt(text: Text, at: number): Opening | undefined {
  let sign = at;
  while (text.at(sign) === 0x5c) sign++;
  if (isAnyQuote(text.at(sign))) {
    const end = sign + (isAnyQuote(text.at(sign + 1)) && isAnyQuote(text.at(sign + 2)) ? 3 : 1);
    // A literal inside a literal: `"\"...\""`.
    if (end === at + 1 && text.at(end) === 0x5c && isAnyQuote(text.at(end + 1))) return { end: end + 2, quote: text.slice(end, end + 2) };
    return { end, quote: text.slice(at, end) };
  }
  const literal = literalAt(text, at);
  if (literal !== undefined || !mayOpen(text, at)) return literal;
  OPEN.lastIndex = at;
  const open = OPEN.exec(text.string);
  return open === null ? undefined : { end: OPEN.lastIndex, quote: `${open[1]}${open[2]}` };
}

/** Brackets that close a literal of Ruby or Perl, by those that open it. */
const CLOSING: Readonly<Record<number, string>> = { 0x28: ')', 0x5b: ']', 0x7b: '}', 0x7c: '|', 0x21: '!' };

/** A literal of Ruby or Perl: `%q(...)`, `q{...}`, `qq(...)`. */
function literalAt(text: Text, at: number): Opening | undefined {
  const first = text.at(at);
  if (first !== 0x25 && (first | 32) !== 0x71) return undefined;
  let sign = first === 0x25 ? at + 1 : at;
  const letters = sign;
  while (sign - letters < 2 && (text.at(sign) | 32) === 0x71) sign++;
  const quote = sign > letters ? CLOSING[text.at(sign)] : undefined;
  return quote === undefined ? undefined : { end: sign + 1, quote };
}

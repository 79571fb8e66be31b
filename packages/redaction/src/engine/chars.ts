/** Classes of a UTF-16 unit below 256, as bits of `CLASS[unit]`; other units have none. */
export const ALNUM = 1;
export const DIGIT = 2;
export const UPPER = 4;
export const LOWER = 8;
export const HEX = 16;
export const SPACE = 32;
/** Letters, digits and the signs that stand inside tokens: `_ - . ~ + / = % @ :` are not all of them; see `RUN`. */
export const NAME = 64;
/** What a base64, hex, URL-safe or dotted token is made of. */
export const RUN = 128;

export const CLASS = new Uint8Array(256);

function mark(characters: string, bits: number): void {
  for (let i = 0; i < characters.length; i++) {
    const unit = characters.charCodeAt(i);
    CLASS[unit] = (CLASS[unit] ?? 0) | bits;
  }
}

const UPPERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
mark('0123456789', ALNUM | DIGIT | HEX | NAME | RUN);
mark(UPPERS, ALNUM | UPPER | NAME | RUN);
mark(UPPERS.toLowerCase(), ALNUM | LOWER | NAME | RUN);
mark('ABCDEFabcdef', HEX);
mark(' \t\n\r\f\v', SPACE);
mark('_-.$', NAME);
mark('_-.~+/=', RUN);

/** Class bits of the unit at an index; 0 outside of the text and for units above 255. */
export function classAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit < 256 ? (CLASS[unit] ?? 0) : 0;
}

/**
 * The same in a name or a value, at an index inside it. Not the same function: the compiler makes `classAt` quick for the one long
 * text that it is asked of, and would no longer if it were asked of many kinds of strings.
 */
export function classIn(word: string, index: number): number {
  const unit = word.charCodeAt(index);
  return unit < 256 ? (CLASS[unit] as number) : 0;
}

/** A table that holds 1 at the characters of a list, which must be ASCII. */
export function oneOf(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let i = 0; i < characters.length; i++) table[characters.charCodeAt(i)] = 1;
  return table;
}

/** Whether a unit is in such a table. */
export const isIn = (table: Uint8Array, unit: number): boolean => unit < 128 && table[unit] === 1;

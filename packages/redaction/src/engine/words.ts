import { ALNUM, classIn, DIGIT, LOWER, UPPER } from './chars.ts';

/** Words or phrases of a list, in lower case, by the code of their first character. */
export function byHead(list: string | readonly string[]): readonly (readonly string[] | undefined)[] {
  const heads: (string[] | undefined)[] = Array.from({ length: 128 }, () => undefined);
  for (const word of typeof list === 'string' ? list.split(' ') : list) {
    const head = word.charCodeAt(0);
    heads[head] = [...(heads[head] ?? []), word];
  }
  return heads;
}

/** Words of a name in lower case: `X-Api-Key`, `apiKey`, `API_KEY` and `api.key` are all [api, key]. Numbers are none, and none ends one. */
export function wordsOf(name: string): string[] {
  const words: string[] = [];
  const lower = name.toLowerCase();
  // The one letter that becomes two.
  const text = lower.length === name.length ? name : name.replaceAll('\u0130', 'i\u0307');
  let start = 0;
  for (let at = 0; at < lower.length; at++) {
    if ((classIn(lower, at) & ALNUM) === 0) {
      addWord(words, lower, start, at);
      start = at + 1;
    } else if (at > start && (classIn(text, at) & UPPER) !== 0 && beginsWord(text, at)) {
      addWord(words, lower, start, at);
      start = at;
    }
  }
  addWord(words, lower, start, lower.length);
  return words;
}

/** Whether a capital begins a word inside a name: behind a small letter or a digit, or before a small letter. */
function beginsWord(name: string, at: number): boolean {
  const before = classIn(name, at - 1);
  if ((before & (LOWER | DIGIT)) !== 0) return true;
  return (before & UPPER) !== 0 && at + 1 < name.length && (classIn(name, at + 1) & LOWER) !== 0;
}

function addWord(words: string[], lower: string, start: number, end: number): void {
  let last = end;
  while (last > start && (classIn(lower, last - 1) & DIGIT) !== 0) last--;
  if (last > start) words.push(lower.slice(start, last));
}

/** Whether a name holds more than two digits. */
export function isCounted(name: string): boolean {
  let digits = 0;
  for (let i = 0; i < name.length; i++) if ((classIn(name, i) & DIGIT) !== 0 && ++digits > 2) return true;
  return false;
}

/** A place in a table of pairs of letters, whatever their case: five bits each. */
export const pairOf = (first: number, second: number): number => ((first & 31) << 5) | (second & 31);

/** A table that holds 1 at the first two letters of each word of a list. */
export function pairsOf(list: string): Uint8Array {
  const table = new Uint8Array(1024);
  for (const word of list.split(' ')) table[pairOf(word.charCodeAt(0), word.charCodeAt(1))] = 1;
  return table;
}

/** The letters of a text, whatever their case, as bits, and five bits for its digits: what holds another text has all of its bits. */
export function lettersIn(text: string): number {
  let seen = 0;
  counted = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const letter = unit | 0x20;
    if (letter >= 0x61 && letter <= 0x7a) seen |= 1 << (letter - 0x61);
    else if (unit >= 0x30 && unit <= 0x39) seen |= 1 << (26 + ((unit - 0x30) >> 1));
    else continue;
    counted++;
  }
  return seen;
}
let counted = 0;

/** How many letters and digits the text has whose letters were asked for last. */
export const lettersCounted = (): number => counted;

/** The commonest pairs of letters in words and identifiers. */
const COMMON = new Uint8Array(26 * 26);
const placeOf = (pair: string, at: number): number => (pair.charCodeAt(at) - 97) * 26 + pair.charCodeAt(at + 1) - 97;
for (const pair of (
  'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ' +
  'ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie ' +
  'wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab ' +
  'gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du'
).split(' '))
  COMMON[placeOf(pair, 0)] = 1;

/** The part of neighbouring letters that are usual in words and identifiers: about a quarter in random text, three quarters in words. */
export function wordiness(value: string): number {
  const length = Math.min(256, value.length);
  let pairs = 0;
  let common = 0;
  let before = 0;
  let beforeBits = 0;
  for (let i = 0; i < length; i++) {
    const bits = classIn(value, i) & (UPPER | LOWER);
    const letter = bits === 0 ? 0 : value.charCodeAt(i) | 0x20;
    if (bits !== 0 && beforeBits !== 0 && (bits !== UPPER || beforeBits !== LOWER)) {
      pairs++;
      common += COMMON[(before - 97) * 26 + letter - 97] as number;
    }
    before = letter;
    beforeBits = bits;
  }
  return pairs === 0 ? 0 : common / pairs;
}

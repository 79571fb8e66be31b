import { LINKING } from './places.ts';
import { TELLING } from './told.ts';

/* Tables that the collector reads, as bytes. */

/** First bytes of what may be a code, a URL with credentials or an invisible character; more is asked in the collector. */
export const CODE_STARTS = new Set([0x1b, 0x25, 0x26, 0x40, 0x5c, 0xad, 0xc2, 0xe2, 0xef]);

/**
 * Writes a set of bytes as two tables of sixteen, by the lower and the upper half of a byte: a byte is in the set where both
 * have a bit in common. At most eight upper halves may be in use.
 */
export function writeNibbles(bytes: Uint8Array, at: number, has: (byte: number) => boolean): void {
  let rows = 0;
  for (let upper = 0; upper < 16; upper++) {
    const lowers = Array.from({ length: 16 }, (_, lower) => lower).filter((lower) => has((upper << 4) | lower));
    if (lowers.length === 0) continue;
    const row = 1 << rows++;
    bytes[at + 16 + upper] = row;
    for (const lower of lowers) bytes[at + lower] = (bytes[at + lower] as number) | row;
  }
}

/** Vectors of the collector that hold one number over and over. */
export function writeVectors(vectors: DataView): void {
  [0x0f0f0f0f, 0x1f1f1f1f, 0x20012001, 0x7fff7fff, 0x85ebca6b, 0x00ff00ff].forEach((number, vector) => {
    for (let lane = 0; lane < 4; lane++) vectors.setUint32(16 * vector + 4 * lane, number, true);
  });
}

/** Writes the words that may tell of a value behind a name: which pairs of letters they begin with, their number, and their letters. */
export function writeTelling(bytes: Uint8Array, at: number): void {
  const words = [...TELLING.map((text) => ({ text, isWhole: 0 })), ...LINKING.map((text) => ({ text, isWhole: 1 }))];
  bytes[at + 128] = words.length;
  words.forEach(({ text, isWhole }, i) => {
    const pair = ((text.charCodeAt(0) & 31) << 5) | (text.charCodeAt(1) & 31);
    bytes[at + (pair >> 3)] = (bytes[at + (pair >> 3)] as number) | (1 << (pair & 7));
    const word = at + 144 + 16 * i;
    for (let letter = 0; letter < Math.min(8, text.length); letter++) bytes[word + letter] = text.charCodeAt(letter) | 0x20;
    bytes[word + 8] = Math.min(8, text.length);
    bytes[word + 9] = isWhole;
  });
}

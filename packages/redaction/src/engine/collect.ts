import { CLASS, DIGIT, RUN } from './chars.ts';
import { GRAM_MULTIPLIER, GRAM_SHIFT } from './grams.ts';

/** Bytes looked at in one go: small enough to stay in the cache. */
export const BLOCK = 32_768;
/** Readable bytes that must follow a block. */
export const BLOCK_TAIL = 32;

/** Bit tables that say which words of four and eight bytes may belong to a known value. */
export interface WordFilter {
  readonly eight: Int32Array;
  readonly eightShift: number;
  readonly four: Int32Array;
  readonly fourShift: number;
}

export const MIX_A = 0x85ebca6b | 0;
export const MIX_B = 0xc2b2ae35 | 0;
export const MIX_C = 0x27d4eb2f;

/** Places worth a closer look, in rising order, and how many of each. */
export class Candidates {
  readonly bytes = Buffer.alloc(BLOCK + BLOCK_TAIL);
  readonly words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, (BLOCK + BLOCK_TAIL) >> 2);
  readonly grams = new Int32Array(BLOCK / 2 + 8);
  readonly eights = new Int32Array(BLOCK / 8 + 8);
  readonly fours = new Int32Array(BLOCK / 4 + 8);
  readonly dense = new Int32Array(BLOCK / 8 + 8);
  /** Where runs of token characters begin and end; in the block, except that the last may go on after it. */
  readonly runStarts = new Int32Array(BLOCK / 16 + 8);
  readonly runEnds = new Int32Array(BLOCK / 16 + 8);
  gramCount = 0;
  eightCount = 0;
  fourCount = 0;
  runCount = 0;
}

/**
 * One pass over a block of bytes. Notes every second byte where a gram of the table begins, every fourth and eighth byte
 * where a word of a known value may begin, and every eighth byte that follows and begins eight bytes without a blank or quote.
 *
 * @param length bytes to look at, at most BLOCK
 */
export function collect(found: Candidates, length: number, bits: Int32Array, filter: WordFilter | undefined): void {
  collectGrams(found, length, bits);
  if (filter === undefined) found.eightCount = found.fourCount = 0;
  else collectWords(found, length, filter);
}

function collectGrams(found: Candidates, length: number, bits: Int32Array): void {
  const { words, grams, dense } = found;
  const multiplier = GRAM_MULTIPLIER;
  const shift = GRAM_SHIFT;
  const steps = (length + 7) >> 3;
  let gramCount = 0;
  let denseCount = 0;
  let wasFull = 0;
  let w0 = words[0] ?? 0;
  for (let step = 0, at = 0; step < steps; step++, at += 8) {
    const w1 = words[2 * step + 1] as number;
    const w2 = words[2 * step + 2] as number;
    const f0 = w0 | 0x20202020;
    const f1 = w1 | 0x20202020;
    const f2 = w2 | 0x20202020;
    grams[gramCount] = at;
    const h0 = Math.imul(f0 << 8, multiplier) >>> shift;
    gramCount += ((bits[h0 >>> 5] as number) >>> (h0 & 31)) & 1;
    grams[gramCount] = at + 2;
    const h1 = Math.imul(((f0 >>> 8) & 0xffff00) | (f1 << 24), multiplier) >>> shift;
    gramCount += ((bits[h1 >>> 5] as number) >>> (h1 & 31)) & 1;
    grams[gramCount] = at + 4;
    const h2 = Math.imul(f1 << 8, multiplier) >>> shift;
    gramCount += ((bits[h2 >>> 5] as number) >>> (h2 & 31)) & 1;
    grams[gramCount] = at + 6;
    const h3 = Math.imul(((f1 >>> 8) & 0xffff00) | (f2 << 24), multiplier) >>> shift;
    gramCount += ((bits[h3 >>> 5] as number) >>> (h3 & 31)) & 1;
    dense[denseCount] = at;
    const full = ((w0 | 0x80808080) - 0x2b2b2b2b) & ((w1 | 0x80808080) - 0x2b2b2b2b) & 0x80808080;
    const isFull = full === (0x80808080 | 0) ? 1 : 0;
    denseCount += isFull & wasFull;
    wasFull = isFull;
    w0 = w2;
  }
  found.gramCount = gramCount;
  collectRuns(found, length, denseCount);
}

function collectWords(found: Candidates, length: number, filter: WordFilter): void {
  const { words, eights, fours } = found;
  const { eight, eightShift, four, fourShift } = filter;
  const mixA = MIX_A;
  const mixB = MIX_B;
  const mixC = MIX_C;
  const steps = (length + 7) >> 3;
  let eightCount = 0;
  let fourCount = 0;
  for (let step = 0, at = 0; step < steps; step++, at += 8) {
    const p0 = Math.imul(words[2 * step] as number, mixA);
    const w1 = words[2 * step + 1] as number;
    const p1 = Math.imul(w1, mixB);
    const h = Math.imul(p0 ^ (p1 >>> 15) ^ p1, mixC) >>> eightShift;
    eights[eightCount] = at;
    eightCount += ((eight[h >>> 5] as number) >>> (h & 31)) & 1;
    const q0 = p0 >>> fourShift;
    const q1 = Math.imul(w1, mixA) >>> fourShift;
    fours[fourCount] = at;
    fourCount += ((four[q0 >>> 5] as number) >>> (q0 & 31)) & 1;
    fours[fourCount] = at + 4;
    fourCount += ((four[q1 >>> 5] as number) >>> (q1 & 31)) & 1;
  }
  found.eightCount = eightCount;
  found.fourCount = fourCount;
}

/** Shortest run of token characters that is looked at without a literal in it. */
const SHORTEST_RUN = 16;

/** Grows each stretch of eight bytes without a blank into the run of token characters around it; keeps the long ones that hold a digit. */
function collectRuns(found: Candidates, length: number, denseCount: number): void {
  const { bytes, words, dense, runStarts, runEnds } = found;
  const classes = CLASS;
  const limit = length + BLOCK_TAIL;
  let runCount = 0;
  let covered = 0;
  for (let i = 0; i < denseCount; i++) {
    const at = dense[i] as number;
    if (at < covered || !holdsDigit(words, at >> 2)) continue;
    let start = at;
    if (((classes[bytes[at] as number] as number) & RUN) === 0)
      do start++;
      while (((classes[bytes[start] as number] as number) & RUN) === 0 && start < at + 8);
    else while (start > covered && ((classes[bytes[start - 1] as number] as number) & RUN) !== 0) start--;
    let end = start;
    let digits = 0;
    let bits = classes[bytes[end] as number] as number;
    while ((bits & RUN) !== 0 && end < limit) {
      digits += (bits & DIGIT) >> 1;
      end++;
      bits = classes[bytes[end] as number] as number;
    }
    covered = end > at ? end : at + 1;
    if (end - start < SHORTEST_RUN || digits === 0 || start >= length) continue;
    runStarts[runCount] = start;
    runEnds[runCount++] = end;
  }
  found.runCount = runCount;
}

/** Whether a digit (or one of `:;<=>?`) stands in the sixteen bytes around the middle of a dense stretch. */
function holdsDigit(words: Int32Array, at: number): boolean {
  for (let i = at - 2; i < at + 2; i++) {
    const high = ((words[i] as number) & 0xf0f0f0f0) ^ 0x30303030;
    if (((high - 0x01010101) & ~high & 0x80808080) !== 0) return true;
  }
  return false;
}

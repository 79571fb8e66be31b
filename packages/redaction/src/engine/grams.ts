import { COMMON_TRIGRAMS } from './trigrams.ts';

/**
 * Literals are found by three-byte grams at every second byte: of a literal of four or more bytes, two neighbouring grams
 * are in the table, so one of them stands at an even place wherever the literal begins. Grams are folded to lower case.
 */

/** Size of the gram table, in bits, as a power of two: 32 KiB, so that it stays in the first cache. */
const GRAM_BITS = 18;
export const GRAM_SHIFT = 32 - GRAM_BITS;
export const GRAM_MULTIPLIER = 0x9e3779b1 | 0;

/** Something to be tried where a literal was seen. */
export interface Probe<Action> {
  /** The literal; lower case when `fold`. */
  literal: string;
  fold: boolean;
  action: Action;
}

interface Slot<Action> {
  probe: Probe<Action>;
  /** Place of the gram inside the literal. */
  offset: number;
}

/** Three bytes, folded, in one number. */
const gramOf = (a: number, b: number, c: number): number => a | 0x20 | ((b | 0x20) << 8) | ((c | 0x20) << 16);

/** Hash of a gram: the collector computes the same from the words that it reads. */
const gramHash = (a: number, b: number, c: number): number => Math.imul(gramOf(a, b, c) << 8, GRAM_MULTIPLIER) >>> GRAM_SHIFT;

/** Size of the tables of neighbours, in bits, as a power of two. */
const PAIR_BITS = 16;
const PAIR_SHIFT = 32 - PAIR_BITS;
/** Hash of a gram and the byte on one side of it, folded. */
const pairHash = (gram: number, neighbour: number): number => Math.imul(gram ^ ((neighbour | 0x20) << 24), GRAM_MULTIPLIER) >>> PAIR_SHIFT;

function mark(bits: Int32Array, hash: number): void {
  bits[hash >>> 5] = (bits[hash >>> 5] as number) | (1 << (hash & 31));
}

const isMarked = (bits: Int32Array, hash: number): boolean => ((bits[hash >>> 5] as number) & (1 << (hash & 31))) !== 0;

/** Places of the exact table. */
const TABLE = 16_384;
const placeOf = (gram: number): number => Math.imul(gram, GRAM_MULTIPLIER) >>> 18;

const RANKS = new Map(COMMON_TRIGRAMS.map((trigram, rank) => [trigram, rank]));

/** About how often a gram stands in a thousand characters. */
function frequency(gram: string): number {
  const rank = RANKS.get(gram.toLowerCase());
  return rank === undefined ? 0.008 : 20 / (rank + 12);
}

/** Characters that follow a literal, where a gram reaches over its end. */
const FOLLOWERS = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');
const WORD = [...FOLLOWERS, '_', '-'];
const ANY = [...FOLLOWERS, ...Array.from('_-. =:"\'\\/$+\t)>&]%,;`|([{<*~@!?#\n\r')];

const FOLLOWING = { alnum: FOLLOWERS, word: WORD, any: ANY };
/** What may come right after a literal: letters and digits, these and `_-`, or anything. */
export type Followers = keyof typeof FOLLOWING;

/** The place in a literal from which two neighbouring grams are rarest together. */
function bestOffset(literal: string, followers: readonly string[]): number {
  let best = 0;
  let least = Infinity;
  for (let offset = 0; offset + 3 <= literal.length; offset++) {
    const first = frequency(literal.slice(offset, offset + 3));
    const last = offset + 4 > literal.length;
    const second = last
      ? followers.reduce((sum, next) => sum + frequency(literal.slice(offset + 1) + next), 0.1)
      : frequency(literal.slice(offset + 1, offset + 4));
    if (first + second < least) {
      least = first + second;
      best = offset;
    }
  }
  return best;
}

/** A table of literals. Literals must be ASCII and at least three characters long. */
export class GramTable<Action> {
  /** One bit for each hash of a gram. */
  readonly bits = new Int32Array(1 << (GRAM_BITS - 5));
  /** Which byte may come after a gram, or before one at the end of a literal. */
  readonly #after = new Int32Array(1 << (PAIR_BITS - 5));
  readonly #before = new Int32Array(1 << (PAIR_BITS - 5));
  /** Open addressing: a gram and the slots that it leads to. */
  readonly #grams = new Int32Array(TABLE);
  readonly #slots: Slot<Action>[][] = [];
  #used = 0;

  /** @param followers which characters may come after the literal: letters and digits, or any */
  add(probe: Probe<Action>, followers: Followers = 'any'): void {
    const { literal } = probe;
    if (literal.length < 3) throw new RangeError(`literal of fewer than three characters: ${literal}`);
    const next = FOLLOWING[followers];
    const offset = bestOffset(literal, next);
    this.#put(probe, offset, literal.charCodeAt(offset), literal.charCodeAt(offset + 1), literal.charCodeAt(offset + 2));
    const [b, c] = [literal.charCodeAt(offset + 1), literal.charCodeAt(offset + 2)];
    const thirds = offset + 4 > literal.length ? next : [literal.charAt(offset + 3)];
    for (const third of thirds) this.#put(probe, offset + 1, b, c, third.charCodeAt(0));
  }

  #put(probe: Probe<Action>, offset: number, a: number, b: number, c: number): void {
    const hash = gramHash(a, b, c);
    this.bits[hash >>> 5] = (this.bits[hash >>> 5] ?? 0) | (1 << (hash & 31));
    const gram = gramOf(a, b, c);
    const { literal } = probe;
    if (offset + 3 < literal.length) mark(this.#after, pairHash(gram, literal.charCodeAt(offset + 3)));
    else if (offset > 0) mark(this.#before, pairHash(gram, literal.charCodeAt(offset - 1)));
    else for (let next = 0; next < 256; next++) mark(this.#after, pairHash(gram, next));
    let place = placeOf(gram);
    while (this.#grams[place] !== 0 && this.#grams[place] !== gram) place = (place + 1) & (TABLE - 1);
    if (this.#grams[place] === 0 && ++this.#used > TABLE / 2) throw new RangeError('too many formats');
    this.#grams[place] = gram;
    const slots = (this.#slots[place] ??= []);
    if (!slots.some((slot) => slot.probe === probe && slot.offset === offset)) slots.push({ probe, offset });
  }

  /** Whether a byte beside the gram at `at` is one that a literal has there; most chance grams end here. */
  mayStand(bytes: Uint8Array, at: number): boolean {
    if (at === 0) return true;
    const gram = gramOf(bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number);
    return (
      isMarked(this.#after, pairHash(gram, bytes[at + 3] as number)) || isMarked(this.#before, pairHash(gram, bytes[at - 1] as number))
    );
  }

  /** What stands under the gram of three bytes, as the collector saw them. */
  find(a: number, b: number, c: number): readonly Slot<Action>[] | undefined {
    const gram = gramOf(a, b, c);
    const grams = this.#grams;
    let place = placeOf(gram);
    for (; grams[place] !== gram; place = (place + 1) & (TABLE - 1)) if (grams[place] === 0) return undefined;
    return this.#slots[place];
  }

  /** Calls `visit` with each probe whose literal stands around the gram at `index`, and where the literal begins. */
  visit(slots: readonly Slot<Action>[], text: string, index: number, visit: (action: Action, start: number) => void): void {
    for (let i = 0; i < slots.length; i++) {
      const { probe, offset } = slots[i] as Slot<Action>;
      const start = index - offset;
      if (start >= 0 && startsWith(text, probe.literal, start, probe.fold)) visit(probe.action, start);
    }
  }
}

function startsWith(text: string, literal: string, start: number, fold: boolean): boolean {
  // Backwards: literals under one gram often begin alike.
  for (let i = literal.length - 1; i >= 0; i--) {
    let unit = text.charCodeAt(start + i);
    if (fold && unit >= 65 && unit <= 90) unit |= 0x20;
    if (unit !== literal.charCodeAt(i)) return false;
  }
  return true;
}

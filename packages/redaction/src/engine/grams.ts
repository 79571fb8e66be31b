import { COMMON_TRIGRAMS } from './trigrams.ts';

/**
 * Literals are found by three-byte grams at every second byte: of a literal of four or more bytes, two neighbouring grams
 * are in the table, so one of them stands at an even place wherever the literal begins. Grams are folded to lower case.
 *
 * The table is built as one image of bytes that the collector reads (see `wasm/collect.as`, which names the same sizes).
 */

/** Size of the gram table, in bits, as a power of two: 32 KiB, so that it stays in the first cache. */
const GRAM_BITS = 18;
const GRAM_SHIFT = 32 - GRAM_BITS;
const GRAM_MULTIPLIER = 0x9e3779b1 | 0;

/** Places of the exact table. */
const TABLE = 16_384;
const TABLE_SHIFT = 18;

/** Something to be tried where a literal was seen. */
export interface Probe<Action> {
  /** The literal; lower case when `fold`. */
  literal: string;
  fold: boolean;
  action: Action;
  /** The literal is a word of a name: names that say nothing are learnt and passed over. */
  named?: boolean;
  /** What must follow the literal: at least so many characters of a set. */
  next?: { of: ReadonlySet<number>; least: number };
}

interface Slot {
  /** Number of the probe. */
  probe: number;
  /** Place of the gram inside the literal. */
  offset: number;
}

/** Three bytes, folded, in one number. */
const gramOf = (a: number, b: number, c: number): number => a | 0x20 | ((b | 0x20) << 8) | ((c | 0x20) << 16);

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

/** How often two characters stand before one of some followers; remembered, since many literals end alike. */
const endings = new Map<string, number>();

function endingFrequency(pair: string, followers: Followers): number {
  const key = followers + pair;
  let sum = endings.get(key);
  if (sum === undefined) {
    sum = FOLLOWING[followers].reduce((total, next) => total + frequency(pair + next), 0.1);
    endings.set(key, sum);
  }
  return sum;
}

/** The place in a literal from which two neighbouring grams are rarest together. */
function bestOffset(literal: string, followers: Followers): number {
  let best = 0;
  let least = Infinity;
  for (let offset = 0; offset + 3 <= literal.length; offset++) {
    const first = frequency(literal.slice(offset, offset + 3));
    const last = offset + 4 > literal.length;
    const second = last ? endingFrequency(literal.slice(offset + 1), followers) : frequency(literal.slice(offset + 1, offset + 4));
    if (first + second < least) {
      least = first + second;
      best = offset;
    }
  }
  return best;
}

/** Where the parts of an image begin, in bytes from its start. */
export interface GramImage {
  bytes: Uint8Array;
  bits: number;
  keys: number;
  places: number;
  slots: number;
  probes: number;
  after: number;
  before: number;
}

/** Size of the tables of neighbours, in bits, as a power of two. */
const PAIR_BITS = 16;

function mark(bytes: Uint8Array, at: number, hash: number): void {
  bytes[at + (hash >>> 3)] = (bytes[at + (hash >>> 3)] as number) | (1 << (hash & 7));
}

/** Hash of a gram and the byte on one side of it, folded. */
const pairHash = (gram: number, neighbour: number): number =>
  Math.imul(gram | ((neighbour | 0x20) << 24), GRAM_MULTIPLIER) >>> (32 - PAIR_BITS);

/** Bytes of one probe in an image: literal u32, length u8, fold u8, least u8, named u8, set u32, unused u32. */
const PROBE_SIZE = 16;
const SET_SIZE = 32;

/** So much of a literal is in the image; the rest is compared in the text. */
const LONGEST = 240;

/** A table of literals. Literals must be ASCII and at least three characters long. */
export class GramTable<Action> {
  readonly #probes: Probe<Action>[] = [];
  readonly #slots = new Map<number, Slot[]>();
  #image: GramImage | undefined;

  /** @param followers which characters may come after the literal: letters and digits, or any */
  add(probe: Probe<Action>, followers: Followers = 'any'): void {
    const { literal } = probe;
    if (literal.length < 3) throw new RangeError(`literal of fewer than three characters: ${literal}`);
    const number = this.#probes.push(probe) - 1;
    const next = FOLLOWING[followers];
    const offset = bestOffset(literal.slice(0, LONGEST), followers);
    this.#put(number, offset, literal.charCodeAt(offset), literal.charCodeAt(offset + 1), literal.charCodeAt(offset + 2));
    const [b, c] = [literal.charCodeAt(offset + 1), literal.charCodeAt(offset + 2)];
    const thirds = offset + 4 > literal.length ? next : [literal.charAt(offset + 3)];
    for (const third of thirds) this.#put(number, offset + 1, b, c, third.charCodeAt(0));
  }

  #put(probe: number, offset: number, a: number, b: number, c: number): void {
    const gram = gramOf(a, b, c);
    const slots = this.#slots.get(gram) ?? [];
    if (!slots.some((slot) => slot.probe === probe && slot.offset === offset)) slots.push({ probe, offset });
    this.#slots.set(gram, slots);
  }

  /** How many probes there are. */
  get size(): number {
    return this.#probes.length;
  }

  /** The probe of a number that the collector gave. */
  probe(number: number): Probe<Action> {
    return this.#probes[number] as Probe<Action>;
  }

  /** The table as bytes; made once. */
  get image(): GramImage {
    this.#image ??= this.#draw();
    return this.#image;
  }

  #draw(): GramImage {
    if (this.#slots.size > TABLE / 2 || this.#probes.length > 65_535) throw new RangeError('too many formats');
    const slotCount = [...this.#slots.values()].reduce((sum, list) => sum + list.length + 1, 1);
    const keys = 1 << (GRAM_BITS - 3);
    const places = keys + 4 * TABLE;
    const slots = places + 2 * TABLE;
    const after = (slots + 4 * slotCount + 15) & ~15;
    const before = after + (1 << (PAIR_BITS - 3));
    const probes = before + (1 << (PAIR_BITS - 3));
    const literals = probes + PROBE_SIZE * this.#probes.length;
    const sets = literals + this.#probes.reduce((sum, { literal }) => sum + Math.min(LONGEST, literal.length), 0);
    const size = (sets + SET_SIZE * this.#probes.length + 15) & ~15;
    const bytes = new Uint8Array(size);
    this.#drawSlots(bytes, keys, places, slots);
    this.#drawPairs(bytes, after, before);
    this.#drawProbes(bytes, probes, literals, sets);
    return { bytes, bits: 0, keys, places, slots, probes, after, before };
  }

  #drawSlots(bytes: Uint8Array, keysAt: number, placesAt: number, slotsAt: number): void {
    const keys = new Int32Array(bytes.buffer, keysAt, TABLE);
    const places = new Uint16Array(bytes.buffer, placesAt, TABLE);
    const slots = new Int32Array(bytes.buffer, slotsAt);
    const bits = new Int32Array(bytes.buffer, 0, 1 << (GRAM_BITS - 5));
    let next = 1;
    for (const [gram, list] of this.#slots) {
      const word = Math.imul(gram << 8, GRAM_MULTIPLIER) >>> (GRAM_SHIFT + 5);
      bits[word] = (bits[word] as number) | (1 << ((gram + 2) & 31));
      let place = Math.imul(gram, GRAM_MULTIPLIER) >>> TABLE_SHIFT;
      while (keys[place] !== 0) place = (place + 1) & (TABLE - 1);
      keys[place] = gram;
      places[place] = next;
      // No slot is zero, which ends a list: offsets are counted from one.
      for (const { probe, offset } of list) slots[next++] = probe | ((offset + 1) << 16);
      next++;
    }
  }

  /** Which byte may come after a gram, or before one at the end of a literal: most chance grams end here. */
  #drawPairs(bytes: Uint8Array, after: number, before: number): void {
    for (const [gram, list] of this.#slots)
      for (const { probe, offset } of list) {
        const { literal } = this.probe(probe);
        if (offset + 3 < literal.length) mark(bytes, after, pairHash(gram, literal.charCodeAt(offset + 3)));
        else if (offset > 0) mark(bytes, before, pairHash(gram, literal.charCodeAt(offset - 1)));
        else for (let next = 0; next < 256; next++) mark(bytes, after, pairHash(gram, next));
      }
  }

  #drawProbes(bytes: Uint8Array, probesAt: number, literalsAt: number, setsAt: number): void {
    const view = new DataView(bytes.buffer);
    let literalAt = literalsAt;
    this.#probes.forEach(({ literal, fold, named, next }, number) => {
      const at = probesAt + PROBE_SIZE * number;
      const setAt = setsAt + SET_SIZE * number;
      view.setUint32(at, literalAt, true);
      const length = Math.min(LONGEST, literal.length);
      bytes[at + 4] = length;
      bytes[at + 5] = fold ? 0x20 : 0;
      bytes[at + 6] = length < literal.length ? 0 : Math.min(255, next?.least ?? 0);
      bytes[at + 7] = named === true ? 1 : 0;
      view.setUint32(at + 8, setAt, true);
      for (const unit of next?.of ?? []) bytes[setAt + (unit >> 3)] = (bytes[setAt + (unit >> 3)] as number) | (1 << (unit & 7));
      for (let i = 0; i < length; i++) bytes[literalAt++] = literal.charCodeAt(i);
    });
  }
}

/** Whether a literal stands in a text; folded literals are in lower case. */
export function stands(text: string, literal: string, start: number, fold: boolean): boolean {
  for (let i = literal.length - 1; i >= 0; i--) {
    let unit = text.charCodeAt(start + i);
    if (fold && unit >= 65 && unit <= 90) unit |= 0x20;
    if (unit !== literal.charCodeAt(i)) return false;
  }
  return true;
}

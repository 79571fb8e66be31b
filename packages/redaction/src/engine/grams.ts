import { PAIRS } from './pairs.ts';
import { COMMON_TRIGRAMS } from './trigrams.ts';

/**
 * Literals are found by windows of four characters at every second byte. Of each literal two neighbouring windows are in the
 * table, so that one of them stands at an even place wherever the literal begins. A window may reach over an end of the literal by
 * one character: that one may be any.
 *
 * The table is built as one image of bytes that the collector reads (see `wasm/collect.as`, which names the same sizes).
 */

/** Bytes of the table of windows: one for each three characters, by their lower five bits. The fourth chooses two bits of it. */
const WINDOWS = 32_768;
const MULTIPLIER = 0x9e3779b1 | 0;

/** Places of the exact table. */
const TABLE = 8_192;
const TABLE_SHIFT = 19;

/** Something to be tried where a literal was seen. */
export interface Probe<Action> {
  /** The literal; lower case when `fold`. */
  literal: string;
  fold: boolean;
  action: Action;
  /** The literal is a word of a name: names that say nothing are learnt and passed over. */
  named?: boolean;
  /** Directly behind a letter or a digit the literal is not taken, unless that is the end of an escape. */
  free?: boolean;
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

/** The place of three characters of a text in the table of windows. */
const placeOf = (text: string, at: number): number =>
  (text.charCodeAt(at) & 31) | ((text.charCodeAt(at + 1) & 31) << 5) | ((text.charCodeAt(at + 2) & 31) << 10);

/** About how often what has a place in the table of windows stands in a thousand characters. */
const FREQUENCIES = new Float32Array(WINDOWS).fill(0.008);
COMMON_TRIGRAMS.forEach((trigram, rank) => {
  FREQUENCIES[placeOf(trigram, 0)] = (FREQUENCIES[placeOf(trigram, 0)] as number) + 20 / (rank + 12);
});

/** What is left of that where a fourth character is known. */
const FOURTH = 0.4;

/** About how often four characters of a literal stand in a text; the first or the last may lie beyond its ends, and be any. */
function windowFrequency(literal: string, at: number): number {
  const first = at < 0 ? Infinity : (FREQUENCIES[placeOf(literal, at)] as number);
  const last = at + 4 > literal.length ? Infinity : (FREQUENCIES[placeOf(literal, at + 1)] as number);
  return Math.min(first, last) * (first < Infinity && last < Infinity ? FOURTH : 1);
}

/** The place in a literal from which two neighbouring windows are rarest together; -1 is the character before it. */
function bestOffset(literal: string): number {
  let best = 0;
  let least = Infinity;
  for (let offset = -1; offset + 4 <= literal.length; offset++) {
    const both = windowFrequency(literal, offset) + windowFrequency(literal, offset + 1);
    if (both < least) {
      least = both;
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
const pairHash = (gram: number, neighbour: number): number => Math.imul(gram | ((neighbour | 0x20) << 24), MULTIPLIER) >>> (32 - PAIR_BITS);

/** Bytes of one probe in an image: literal u32, length u8, fold u8, least u8, rule u8 (1 named, 2 free), set u32, unused u32. */
const PROBE_SIZE = 16;
const SET_SIZE = 32;

/** So much of a literal is in the image; a longer one is compared in the text. */
export const LONGEST = 240;

/** A table of literals. Literals must be ASCII and at least three characters long. */
export class GramTable<Action> {
  readonly #probes: Probe<Action>[] = [];
  /** By the gram of each literal that is rarest with what stands beside it. */
  readonly #slots = new Map<number, Slot[]>();
  readonly #windows = new Uint8Array(WINDOWS);
  #image: GramImage | undefined;

  add(probe: Probe<Action>): void {
    const { literal } = probe;
    if (literal.length < 3) throw new RangeError(`literal of fewer than three characters: ${literal}`);
    const number = this.#probes.push(probe) - 1;
    const piece = literal.slice(0, LONGEST);
    const first = bestOffset(piece);
    this.#mark(piece, first);
    this.#mark(piece, first + 1);
    const offset = first + 1;
    const gram = gramOf(literal.charCodeAt(offset), literal.charCodeAt(offset + 1), literal.charCodeAt(offset + 2));
    this.#slots.set(gram, [...(this.#slots.get(gram) ?? []), { probe: number, offset }]);
  }

  /** Marks the window of four characters at a place of a literal. */
  #mark(literal: string, at: number): void {
    const bits = at + 4 > literal.length ? 255 : (PAIRS[literal.charCodeAt(at + 3) & 15] as number);
    const place = at < 0 ? (placeOf(literal, 0) << 5) & (WINDOWS - 1) : placeOf(literal, at);
    // A character before the literal may be any.
    const most = at < 0 ? place + 31 : place;
    for (let i = place; i <= most; i++) this.#windows[i] = (this.#windows[i] as number) | bits;
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
    const keys = WINDOWS;
    const slots = keys + 8 * TABLE;
    const after = (slots + 4 * slotCount + 15) & ~15;
    const before = after + (1 << (PAIR_BITS - 3));
    const probes = before + (1 << (PAIR_BITS - 3));
    const literals = probes + PROBE_SIZE * this.#probes.length;
    const sets = literals + this.#probes.reduce((sum, { literal }) => sum + Math.min(LONGEST, literal.length), 0);
    const size = (sets + SET_SIZE * this.#probes.length + 15) & ~15;
    const bytes = new Uint8Array(size);
    bytes.set(this.#windows);
    this.#drawSlots(bytes, keys, slots);
    this.#drawPairs(bytes, after, before);
    this.#drawProbes(bytes, probes, literals, sets);
    return { bytes, bits: 0, keys, slots, probes, after, before };
  }

  /** The exact table: grams, and behind each where the list of its slots begins. */
  #drawSlots(bytes: Uint8Array, keysAt: number, slotsAt: number): void {
    const keys = new Int32Array(bytes.buffer, keysAt, 2 * TABLE);
    const slots = new Int32Array(bytes.buffer, slotsAt);
    let next = 1;
    for (const [gram, list] of this.#slots) {
      let place = Math.imul(gram, MULTIPLIER) >>> TABLE_SHIFT;
      while (keys[2 * place] !== 0) place = (place + 1) & (TABLE - 1);
      keys[2 * place] = gram;
      keys[2 * place + 1] = next;
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
    this.#probes.forEach(({ literal, fold, named, free, next }, number) => {
      const at = probesAt + PROBE_SIZE * number;
      const setAt = setsAt + SET_SIZE * number;
      view.setUint32(at, literalAt, true);
      const length = Math.min(LONGEST, literal.length);
      bytes[at + 4] = length;
      bytes[at + 5] = fold ? 0x20 : 0;
      bytes[at + 6] = length < literal.length ? 0 : Math.min(255, next?.least ?? 0);
      bytes[at + 7] = named === true ? 1 : free === true ? 2 : 0;
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

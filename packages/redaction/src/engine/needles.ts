import type { KnownEntry } from '../types.ts';
import { formsOf, type Form } from './forms.ts';
import { MIX_A, MIX_B, MIX_C, type WordFilter } from './collect.ts';
import { extend, type Span } from './extend.ts';

/** A form of a value and the label it is masked under. */
export interface Needle extends Form {
  label: string;
  /** Matched characters from which on a piece of the form is masked. */
  enough: number;
}

/** Needles of no more values than this are listed under one word, so that a prefix shared by all of them costs nothing. */
const LONGEST_CHAIN = 2;

/** Hash table from a word of four or eight bytes to the needles that hold it and where. */
class WordTable {
  /** The number of the value that each needle is a form of. */
  readonly #owners: readonly number[];
  #log = 10;
  #capacity = 1024;
  #keys = new Int32Array(this.#capacity);
  #needles = new Int32Array(this.#capacity).fill(-1);
  #offsets = new Int32Array(this.#capacity);
  #bits = new Int32Array(1024);
  #checks = new Int32Array(1024);
  #shift = 17;
  #size = 0;

  constructor(owners: readonly number[]) {
    this.#owners = owners;
  }

  get bits(): Int32Array {
    return this.#bits;
  }
  /** A second table of bits, by another hash of the key. */
  get checks(): Int32Array {
    return this.#checks;
  }
  get shift(): number {
    return this.#shift;
  }

  add(key: number, needle: number, offset: number): void {
    if (this.#size * 2 >= this.#capacity) this.#grow();
    let slot = this.#home(key);
    let others = 0;
    let owner = this.#owners[needle];
    while ((this.#needles[slot] as number) >= 0) {
      if (this.#keys[slot] === key) {
        const other = this.#owners[this.#needles[slot] as number];
        if (other !== owner && other !== this.#owners[needle] && ++others === LONGEST_CHAIN) return;
        owner = other;
      }
      slot = (slot + 1) & (this.#capacity - 1);
    }
    this.#keys[slot] = key;
    this.#needles[slot] = needle;
    this.#offsets[slot] = offset;
    this.#size++;
    this.#setBit(key);
  }

  /** First slot at or after `from` that holds the key, or -1. */
  slotOf(key: number, from = this.#home(key)): number {
    const needles = this.#needles;
    const keys = this.#keys;
    const mask = this.#capacity - 1;
    for (let slot = from; (needles[slot] as number) >= 0; slot = (slot + 1) & mask) if (keys[slot] === key) return slot;
    return -1;
  }

  /** The next slot with the same key, or -1. */
  nextSlot(key: number, slot: number): number {
    return this.slotOf(key, (slot + 1) & (this.#capacity - 1));
  }

  needleAt(slot: number): number {
    return this.#needles[slot] as number;
  }

  offsetAt(slot: number): number {
    return this.#offsets[slot] as number;
  }

  /** Where a key is looked for first. The upper bits of a product are the well mixed ones. */
  #home(key: number): number {
    return Math.imul(key ^ (key >>> 15), MIX_C) >>> (32 - this.#log);
  }

  #setBit(key: number): void {
    const bit = key >>> this.#shift;
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
    const check = Math.imul(key, MIX_B) >>> this.#shift;
    this.#checks[check >>> 5] = (this.#checks[check >>> 5] as number) | (1 << (check & 31));
  }

  #grow(): void {
    const [keys, needles, offsets] = [this.#keys, this.#needles, this.#offsets];
    this.#log++;
    this.#capacity *= 2;
    this.#keys = new Int32Array(this.#capacity);
    this.#needles = new Int32Array(this.#capacity).fill(-1);
    this.#offsets = new Int32Array(this.#capacity);
    this.#shift = Math.max(11, this.#shift - 1);
    this.#bits = new Int32Array(2 ** (27 - this.#shift));
    this.#checks = new Int32Array(this.#bits.length);
    for (let i = 0; i < keys.length; i++) {
      if ((needles[i] as number) < 0) continue;
      let slot = this.#home(keys[i] as number);
      while ((this.#needles[slot] as number) >= 0) slot = (slot + 1) & (this.#capacity - 1);
      this.#keys[slot] = keys[i] as number;
      this.#needles[slot] = needles[i] as number;
      this.#offsets[slot] = offsets[i] as number;
      this.#setBit(keys[i] as number);
    }
  }
}

const wordAt = (text: string, at: number): number =>
  (text.charCodeAt(at) & 255) |
  ((text.charCodeAt(at + 1) & 255) << 8) |
  ((text.charCodeAt(at + 2) & 255) << 16) |
  ((text.charCodeAt(at + 3) & 255) << 24);

const fourKey = (text: string, at: number): number => Math.imul(wordAt(text, at), MIX_A);

function eightKey(text: string, at: number): number {
  const b = Math.imul(wordAt(text, at + 4), MIX_B);
  return Math.imul(fourKey(text, at) ^ (b >>> 15) ^ b, MIX_C);
}

/** Finds known values, in any of their forms, from words of four or eight bytes seen at every fourth or eighth byte. */
export class NeedleIndex {
  readonly #needles: Needle[] = [];
  readonly #owners: number[] = [];
  readonly #fours = new WordTable(this.#owners);
  readonly #eights = new WordTable(this.#owners);
  #values = 0;
  #longest = 0;
  #filter: WordFilter | undefined;

  /** Length of the longest form, in characters. */
  get longest(): number {
    return this.#longest;
  }

  /** How many forms are looked for; grows with each value. */
  get size(): number {
    return this.#needles.length;
  }

  get filter(): WordFilter | undefined {
    if (this.#needles.length === 0) return undefined;
    this.#filter ??= {
      eight: this.#eights.bits,
      eightChecks: this.#eights.checks,
      eightShift: this.#eights.shift,
      four: this.#fours.bits,
      fourChecks: this.#fours.checks,
      fourShift: this.#fours.shift,
    };
    return this.#filter;
  }

  add(entry: KnownEntry): void {
    this.#values++;
    for (const form of formsOf(entry.value)) {
      const enough = Math.min(form.text.length, Math.max(7, Math.ceil(form.text.length / 2)));
      this.#index({ ...form, label: entry.label, enough });
    }
    this.#filter = undefined;
  }

  /**
   * Words of a form go into the tables in groups, one for each place that a word may have relative to the sampling,
   * and so that every piece of `enough` characters holds a whole group.
   */
  #index(needle: Needle): void {
    const id = this.#needles.push(needle) - 1;
    this.#owners.push(this.#values);
    const { text, enough } = needle;
    this.#longest = Math.max(this.#longest, text.length);
    const size = enough >= 15 ? 8 : 4;
    const period = Math.max(1, enough - 2 * size + 2);
    for (let offset = 0; offset + size <= text.length; offset++) {
      if (offset % period >= size) continue;
      if (size === 8) this.#eights.add(eightKey(text, offset), id, offset);
      else this.#fours.add(fourKey(text, offset), id, offset);
    }
  }

  /** Slot of the first needle that holds these eight bytes, or -1. */
  slotOfEight(w0: number, w1: number): number {
    const b = Math.imul(w1, MIX_B);
    return this.#eights.slotOf(Math.imul(Math.imul(w0, MIX_A) ^ (b >>> 15) ^ b, MIX_C));
  }

  /** Slot of the first needle that holds these four bytes, or -1. */
  slotOfFour(w0: number): number {
    return this.#fours.slotOf(Math.imul(w0, MIX_A));
  }

  /** The longest piece of any needle around the word at `at`, with what belongs to it on both sides. */
  match(text: string, at: number, size: 4 | 8, first: number, from: number, to: number): (Span & { label: string }) | undefined {
    const table = size === 8 ? this.#eights : this.#fours;
    const key = size === 8 ? eightKey(text, at) : fourKey(text, at);
    let best: (Span & { label: string }) | undefined;
    for (let slot = first; slot >= 0; slot = table.nextSlot(key, slot)) {
      const needle = this.#needles[table.needleAt(slot)] as Needle;
      const span = extend(needle, text, at, table.offsetAt(slot), from, to);
      if (span !== undefined && (best === undefined || span.end - span.start > best.end - best.start))
        best = { ...span, label: needle.label };
    }
    return best;
  }
}

import type { KnownEntry } from '../types.ts';
import type { WordFilter } from './collector.ts';
import { extend, type Needle, type Span, WORD } from './extend.ts';
import { formsOf } from './forms.ts';
import { PAIRS } from './pairs.ts';

/** Multipliers of the hashes of words; `wasm/collect.as` computes the same. */
const MIX_A = 0x85ebca6b | 0;
const MIX_B = 0xc2b2ae35 | 0;
const MIX_C = 0x27d4eb2f;
const MIX_D = 0x9e3779b1 | 0;

/** Needles of no more values than this are listed under one word, so that a prefix shared by all of them costs little. */
const LONGEST_CHAIN = 3;
/** About how many words a value has in all its forms. */
const WORDS_OF_VALUE = 88;
/** A word of a form shorter than this is looked at whatever stands beside it. */
const SHORT_FORM = 16;
/** Size of the tables of bits for a capacity of the table of words, as powers of two. */
const BYTES_LOG = 0;
const CHECKS_LOG = 5;

/** Numbers of one entry: the key of the word, the needle counted from one, the place in it, and what stands beside the word. */
const ENTRY = 4;
const KEY = 0;
const NEEDLE = 1;
const OFFSET = 2;
const BESIDE = 3;

/** Hash table from a word of four bytes to the needles that hold it and where. */
class WordTable {
  /** The number of the value that each needle is a form of. */
  readonly #owners: readonly number[];
  readonly #texts: (needle: number) => string;
  #log = 10;
  #capacity = 1024;
  #entries = new Int32Array(ENTRY * this.#capacity);
  #bits!: Uint8Array;
  #checks!: Int32Array;
  readonly #shorts = new Int32Array(1024);
  #size = 0;
  /** Whether all words are marked in the tables of bits, which are made anew for a larger table only when they are asked for. */
  #complete = true;

  constructor(owners: readonly number[], texts: (needle: number) => string) {
    this.#owners = owners;
    this.#texts = texts;
    this.#makeBits();
  }

  get filter(): WordFilter {
    if (!this.#complete) this.#markAll();
    return { bits: this.#bits, shift: this.#shift, checks: this.#checks, checkShift: this.#checkShift, shorts: this.#shorts };
  }

  /** Adds the word at an offset of a form, whose bytes are given. */
  add(needle: number, form: Bytes, offset: number): void {
    const key = keyIn(form, offset);
    if (this.#size * 2 >= this.#capacity) this.#grow(this.#log + 1);
    const entries = this.#entries;
    let slot = this.#home(key);
    let others = 0;
    let owner = this.#owners[needle];
    for (let other; (other = entries[slot + NEEDLE] as number) > 0; slot = this.#after(slot)) {
      if (entries[slot + KEY] !== key) continue;
      const another = this.#owners[other - 1];
      if (another !== owner && another !== this.#owners[needle] && ++others === LONGEST_CHAIN) return;
      owner = another;
    }
    entries[slot + KEY] = key;
    entries[slot + NEEDLE] = needle + 1;
    entries[slot + OFFSET] = offset;
    entries[slot + BESIDE] = besideIn(form, offset);
    this.#size++;
    if (this.#complete) this.#mark(key, form, offset);
  }

  /** The first entry of a key, or the next one after another; -1 when there is none. */
  find(key: number, after = -1): number {
    const entries = this.#entries;
    for (let slot = after < 0 ? this.#home(key) : this.#after(after); (entries[slot + NEEDLE] as number) > 0; slot = this.#after(slot))
      if (entries[slot + KEY] === key) return slot;
    return -1;
  }

  /** Whether so much stands beside the word in the text as well that it may be more than a coincidence. */
  goesOn(slot: number, beside: number): boolean {
    const other = (this.#entries[slot + BESIDE] as number) ^ beside;
    return (other & 0xffff) === 0 || (other & 0xffff00) === 0 || other >>> 16 === 0;
  }

  needleAt(slot: number): number {
    return (this.#entries[slot + NEEDLE] as number) - 1;
  }

  offsetAt(slot: number): number {
    return this.#entries[slot + OFFSET] as number;
  }

  /** Where a key is looked for first. The upper bits of a product are the well mixed ones. */
  #home(key: number): number {
    return (Math.imul(key ^ (key >>> 15), MIX_C) >>> (32 - this.#log)) * ENTRY;
  }

  #after(slot: number): number {
    return (slot + ENTRY) & (ENTRY * this.#capacity - 1);
  }

  /** Shifts that leave of a key the place of a byte in a table of bits. */
  get #shift(): number {
    return 32 - (this.#log + BYTES_LOG + 4);
  }
  get #checkShift(): number {
    return 32 - (this.#log + CHECKS_LOG - 3);
  }

  #markAll(): void {
    this.#makeBits();
    const entries = this.#entries;
    for (let slot = 0; slot < entries.length; slot += ENTRY) {
      const needle = this.needleAt(slot);
      if (needle >= 0) this.#mark(entries[slot + KEY] as number, bytesOf(this.#texts(needle)), this.offsetAt(slot));
    }
    this.#complete = true;
  }

  #makeBits(): void {
    this.#bits = new Uint8Array(2 ** (this.#log + BYTES_LOG));
    this.#checks = new Int32Array(2 ** (this.#log + CHECKS_LOG - 5));
  }

  #mark(key: number, { bytes, length }: Bytes, offset: number): void {
    const place = key >>> this.#shift;
    this.#bits[place >>> 4] = (this.#bits[place >>> 4] as number) | (PAIRS[place & 15] as number);
    if (length < SHORT_FORM) {
      const place = Math.imul(key, MIX_B) >>> 17;
      this.#shorts[place >>> 5] = (this.#shorts[place >>> 5] as number) | (1 << (place & 31));
    }
    const end = offset + WORD;
    const after = bytes[end] as number;
    const before = offset > 0 ? (bytes[offset - 1] as number) : 0;
    if (end + 2 <= length) this.#check(key ^ (after | ((bytes[end + 1] as number) << 8)));
    if (offset >= 1 && end < length) this.#check(key ^ (before << 16) ^ (after << 24));
    if (offset >= 2) this.#check(key ^ (((bytes[offset - 2] as number) << 8) | (before << 16)));
  }

  #check(beside: number): void {
    const key = Math.imul(beside, MIX_B);
    const word = (key >>> this.#checkShift) >> 2;
    this.#checks[word] =
      (this.#checks[word] as number) | (1 << ((key >>> 6) & 31)) | (1 << ((key >>> 11) & 31)) | (1 << (Math.imul(key, MIX_D) >>> 27));
  }

  /** Makes room for more words at once, so that the table is not moved many times. */
  reserve(more: number): void {
    const log = Math.ceil(Math.log2((this.#size + more) * 2));
    if (log <= this.#log) return;
    this.#grow(log);
    if (this.#size === 0) this.#markAll();
  }

  #grow(log: number): void {
    const old = this.#entries;
    this.#log = log;
    this.#capacity = 2 ** log;
    const entries = new Int32Array(ENTRY * this.#capacity);
    this.#entries = entries;
    this.#complete = false;
    for (let from = 0; from < old.length; from += ENTRY) {
      if (old[from + NEEDLE] === 0) continue;
      let slot = this.#home(old[from + KEY] as number);
      while ((entries[slot + NEEDLE] as number) > 0) slot = this.#after(slot);
      for (let i = 0; i < ENTRY; i++) entries[slot + i] = old[from + i] as number;
    }
  }
}

/** Text that may be a part of a number as it is written. */
export const IN_NUMBER = /^[\d.e+-]+$/;

/** A text as bytes, 255 for what is no byte, in memory that the next text overwrites. */
interface Bytes {
  bytes: Uint8Array;
  length: number;
}

const WIDE = /[^\0-\xff]/;
let scratch = Buffer.alloc(1024);

function bytesOf(text: string): Bytes {
  // A word is read up to two bytes past its end.
  if (text.length + 2 > scratch.length) scratch = Buffer.alloc(2 * text.length + 2);
  const length = scratch.write(text, 'latin1');
  if (WIDE.test(text)) for (let i = 0; i < length; i++) scratch[i] = byteAt(text, i);
  return { bytes: scratch, length };
}

const keyIn = ({ bytes }: Bytes, at: number): number =>
  Math.imul(
    (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24),
    MIX_A,
  );

/** The two bytes before a word and the two after it; 0 where there is none. */
function besideIn({ bytes, length }: Bytes, offset: number): number {
  const end = offset + WORD;
  return (
    (offset > 1 ? (bytes[offset - 2] as number) : 0) |
    (offset > 0 ? (bytes[offset - 1] as number) << 8 : 0) |
    (end < length ? (bytes[end] as number) << 16 : 0) |
    (end + 1 < length ? (bytes[end + 1] as number) << 24 : 0)
  );
}

const byteAt = (text: string, at: number): number => Math.min(255, text.charCodeAt(at));

const keyAt = (text: string, at: number): number =>
  Math.imul(byteAt(text, at) | (byteAt(text, at + 1) << 8) | (byteAt(text, at + 2) << 16) | (byteAt(text, at + 3) << 24), MIX_A);

/** The same of a word in a text. */
const besideAt = (text: string, at: number): number =>
  (at > 1 ? byteAt(text, at - 2) : 0) |
  (at > 0 ? byteAt(text, at - 1) << 8 : 0) |
  (at + WORD < text.length ? byteAt(text, at + WORD) << 16 : 0) |
  (at + WORD + 1 < text.length ? byteAt(text, at + WORD + 1) << 24 : 0);

/** Finds known values, in any of their forms, from words of four bytes seen at every fourth byte. */
export class NeedleIndex {
  readonly #needles: Needle[] = [];
  readonly #owners: number[] = [];
  readonly #words = new WordTable(this.#owners, (needle) => (this.#needles[needle] as Needle).text);
  #values = 0;
  #longest = 0;
  #numeric = false;
  #filter: WordFilter | undefined;

  /** Length of the longest form, in characters. */
  get longest(): number {
    return this.#longest;
  }

  /** Whether a value may stand in a number. */
  get numeric(): boolean {
    return this.#numeric;
  }

  /** How many forms are looked for; grows with each value. */
  get size(): number {
    return this.#needles.length;
  }

  /** The tables of bits of all needles; another object after a value was added. */
  get filter(): WordFilter {
    this.#filter ??= this.#words.filter;
    return this.#filter;
  }

  /** Makes room for so many more values. */
  reserve(values: number): void {
    if (values > 16) this.#words.reserve(values * WORDS_OF_VALUE);
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
   * Words of a form go into the table in groups, one word for each place that it may have relative to the sampling,
   * and so that every piece of `enough` characters holds a whole group (two where that is cheap: a word that very many
   * values share is left out).
   */
  #index(needle: Needle): void {
    const id = this.#needles.push(needle) - 1;
    this.#owners.push(this.#values);
    const { text, enough } = needle;
    this.#longest = Math.max(this.#longest, text.length);
    this.#numeric ||= IN_NUMBER.test(text);
    const period = Math.max(WORD, (enough - 2 * WORD + 2) >> 1);
    const form = bytesOf(text);
    for (let group = 0; group + WORD <= text.length; group += period)
      for (let offset = group; offset < group + WORD && offset + WORD <= text.length; offset++) this.#words.add(id, form, offset);
  }

  /** The longest piece of any needle around the word at `at`, with what belongs to it on both sides. */
  match(text: string, at: number, from: number, to: number): (Span & { label: string }) | undefined {
    // The collector reads zeros behind the end.
    if (at + WORD > text.length) return undefined;
    const words = this.#words;
    const key = keyAt(text, at);
    let slot = words.find(key);
    if (slot < 0) return undefined;
    const beside = besideAt(text, at);
    let best: (Span & { label: string }) | undefined;
    for (; slot >= 0; slot = words.find(key, slot)) {
      if (!words.goesOn(slot, beside)) continue;
      const needle = this.#needles[words.needleAt(slot)] as Needle;
      const span = extend(needle, text, at, words.offsetAt(slot), from, to);
      if (span !== undefined && (best === undefined || span.end - span.start > best.end - best.start))
        best = { ...span, label: needle.label };
    }
    return best;
  }
}

import { CLASS, RUN } from './chars.ts';
import { SIXES } from './views.ts';
import { SEPARATORS, SHAPE_HEADS } from './runs.ts';
import { COLLECT_WASM } from './collect-wasm.ts';
import { CODE_STARTS, writeNibbles, writeTelling, writeVectors } from './collect-tables.ts';
import type { GramImage } from './grams.ts';
import { PAIRS } from './pairs.ts';

/** Bytes looked at in one go: small enough to stay in the cache. */
export const BLOCK = 16_384;
/** Text before a block that the collector may read: as much as the longest literal. */
const BEFORE = 256;
/** Text after a block that the collector may read: as much as the longest literal. */
const AFTER = 256;
/** Zeros that the collector writes after the text. */
const PADDING = 192;

/** Bit tables that say which words of four bytes may belong to a known value, and which with two bytes beside them. */
export interface WordFilter {
  readonly bits: Uint8Array;
  readonly shift: number;
  readonly checks: Int32Array;
  readonly checkShift: number;
  /** Words of forms that are too short for the check. */
  readonly shorts: Int32Array;
}

/** Places of the numbers of a request, as `wasm/collect.as` reads them. */
const FIELD = {
  base: 0,
  length: 1,
  low: 2,
  high: 3,
  gramBits: 4,
  slots: 7,
  wordBits: 9,
  wordShift: 10,
  wordChecks: 11,
  checkShift: 12,
  words: 13,
  wordCount: 14,
  classes: 15,
  scratch: 16,
  literals: 17,
  runs: 20,
  codes: 21,
  literalCount: 22,
  runCount: 25,
  codeCount: 26,
  invisible: 27,
  literalRoom: 28,
  gramFrom: 29,
  after: 30,
  before: 31,
  dullNames: 33,
  dullWords: 34,
  shortBits: 35,
  units: 36,
} as const;

const REQUEST = 256;
const CLASSES = 1024;
const FIRST_AREA = 3072;
const LITERAL_ROOM = 8192;
/** Bytes for the masks of a block, eight for each 64 bytes of text. */
const MASK_ROOM = 8 * (BLOCK / 64 + 8);
/** Parts of an area in bytes: the request, then the text, then the lists. */
const SIZES = {
  text: BEFORE + BLOCK + AFTER + PADDING,
  units: 2 * (BEFORE + BLOCK + AFTER) + 32,
  scratch: 2 * MASK_ROOM + 4 * (BLOCK + 8),
  literals: 4 * (LITERAL_ROOM + 4096),
  words: 4 * (BLOCK / 4 + 8),
  runs: 12 * (BLOCK / 16 + 8),
  codes: 4 * (BLOCK + 8),
} as const;
const AREA = REQUEST + Object.values(SIZES).reduce((sum, size) => sum + size, 0);
const DEPTHS = 4;
const FIRST_REGION = (FIRST_AREA + DEPTHS * AREA + 4095) & ~4095;
const PAGE = 65_536;
/** Bytes of one table of what was learnt: 1,024 places of 32 bytes. */
const DULL = 32_768;
/** The longest name or word that is learnt. */
const LONGEST_DULL = 32;
/** What is learnt, as `wasm/dull.as` numbers it. */
const LEARNT = { name: 0, word: 1, nameInProse: 2, nameAsWord: 3 } as const;
/** Tables of literals that are kept in the memory at the same time. */
const MOST_IMAGES = 8;

/** What is used of the WebAssembly JavaScript Interface, which the types of Node leave to those of browsers. */
declare const WebAssembly: {
  Module: new (program: Uint8Array) => object;
  Instance: new (program: object) => { exports: unknown };
};

/** The program of `wasm/collect.as`. */
interface Exports {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  collect(request: number): void;
  more(request: number): void;
  learn(request: number, words: number, at: number, length: number): void;
  unfold(area: number, request: number): number;
  remember(area: number, request: number, at: number, length: number, kind: number): number;
}

interface Region {
  owner: object | undefined;
  at: number;
  size: number;
}

/** Places worth a closer look in one block of text, in rising order. */
export class Area {
  /** Where its request is. */
  readonly request: number;
  /** Where a text is put. */
  readonly place: number;
  readonly #exports: Exports;
  /** Whether a text is kept as one byte a character. */
  readonly #isNarrow: (text: string) => boolean;
  #ints: Int32Array;
  #bytes: Buffer;
  /** What was learnt last: what it is, its length, its first and its last byte. */
  #learnt = -1;
  #image: GramImage | undefined;
  #filter: WordFilter | undefined;
  readonly #at: Record<keyof typeof SIZES, number>;
  /** Literals: the number of the probe in the upper half, in the lower half its place, counted from `first`. */
  literals!: Uint32Array;
  /** Places of words of known values, of runs (start, end, head by threes), of codes; counted from the begin of the block. */
  words!: Int32Array;
  runs!: Int32Array;
  codes!: Int32Array;
  literalCount = 0;
  wordCount = 0;
  runCount = 0;
  codeCount = 0;
  /** Index in the text of the first byte that the collector was given. */
  first = 0;
  /** Whether an invisible character above U+00FF may be in the text that the collector was given. */
  invisible = false;

  constructor(exports: Exports, depth: number, isNarrow: (text: string) => boolean) {
    this.#exports = exports;
    this.#isNarrow = isNarrow;
    this.request = FIRST_AREA + depth * AREA;
    let at = this.request + REQUEST;
    const places: Partial<Record<keyof typeof SIZES, number>> = {};
    for (const [name, size] of Object.entries(SIZES)) {
      places[name as keyof typeof SIZES] = at;
      at += size;
    }
    this.#at = places as Record<keyof typeof SIZES, number>;
    this.place = this.#at.text + BEFORE;
    this.#ints = new Int32Array(0);
    this.#bytes = Buffer.alloc(0);
  }

  /** Takes up the memory again after it has grown. */
  attach(bytes: Buffer): void {
    const { buffer } = bytes;
    const at = this.#at;
    this.#bytes = bytes;
    this.#ints = new Int32Array(buffer, this.request, REQUEST / 4);
    this.literals = new Uint32Array(buffer, at.literals, SIZES.literals / 4);
    this.words = new Int32Array(buffer, at.words, SIZES.words / 4);
    this.runs = new Int32Array(buffer, at.runs, SIZES.runs / 4);
    this.codes = new Int32Array(buffer, at.codes, SIZES.codes / 4);
    for (const name of ['scratch', 'literals', 'words', 'runs', 'codes'] as const) this.#ints[FIELD[name]] = at[name];
    this.#ints[FIELD.classes] = CLASSES;
    this.#ints[FIELD.literalRoom] = LITERAL_ROOM;
  }

  /** Says where the tables are. */
  use(image: GramImage, imageAt: number, filter: WordFilter, filterAt: number): void {
    if (this.#image !== image) {
      this.#image = image;
      this.#learnt = -1;
      this.#ints.set(
        [image.bits, image.keys].map((part) => imageAt + part),
        FIELD.gramBits,
      );
      this.#ints.set(
        [image.slots, image.probes].map((part) => imageAt + part),
        FIELD.slots,
      );
      this.#ints[FIELD.after] = imageAt + image.after;
      this.#ints[FIELD.before] = imageAt + image.before;
      this.#ints[FIELD.dullNames] = imageAt + image.bytes.length;
      this.#ints[FIELD.dullWords] = imageAt + image.bytes.length + DULL;
    }
    if (this.#filter === filter) return;
    this.#filter = filter;
    this.#ints.set([filterAt, filter.shift, filterAt + filter.bits.byteLength, filter.checkShift], FIELD.wordBits);
    this.#ints[FIELD.shortBits] = filterAt + filter.bits.byteLength + filter.checks.byteLength;
  }

  /** Forgets where tables are, after other tables took their place. */
  forget(): void {
    this.#image = undefined;
    this.#filter = undefined;
  }

  /** Looks over `length` characters of a text, at most BLOCK; what stands around them is only read. */
  collect(text: string, at: number, length: number): void {
    const first = at < BEFORE ? 0 : at - BEFORE;
    const low = this.place - (at - first);
    const end = at + length + AFTER;
    const piece = first === 0 && end >= text.length ? text : text.slice(first, end);
    const narrow = this.#isNarrow(piece);
    if (narrow) this.#bytes.write(piece, low, piece.length, 'latin1');
    else this.#bytes.write(piece, this.#at.units, 2 * piece.length, 'utf16le');
    this.#ints[FIELD.units] = narrow ? 0 : this.#at.units;
    this.first = first;
    this.#collect(length, low, low + piece.length);
  }

  /** Looks over a whole text that has been put in place, one byte a character. */
  collectPlaced(length: number): void {
    this.#ints[FIELD.units] = 0;
    this.first = 0;
    this.#collect(length, this.place, this.place + length);
  }

  #collect(length: number, low: number, high: number): void {
    const ints = this.#ints;
    ints[FIELD.base] = this.place;
    ints[FIELD.length] = length;
    ints[FIELD.low] = low;
    ints[FIELD.high] = high;
    ints[FIELD.gramFrom] = 0;
    this.#exports.collect(this.request);
    this.literalCount = ints[FIELD.literalCount] as number;
    this.wordCount = ints[FIELD.wordCount] as number;
    this.runCount = ints[FIELD.runCount] as number;
    this.codeCount = ints[FIELD.codeCount] as number;
    this.invisible = ints[FIELD.invisible] !== 0;
  }

  /** Whether nothing in what was looked over last is worth a closer look. */
  get isEmpty(): boolean {
    return this.literalCount + this.wordCount + this.runCount + this.codeCount === 0 && !this.invisible;
  }

  /** From now on passes over names that say nothing, at all or in prose, or words that introduce nothing, such as this one at [start, end). */
  learn(what: keyof typeof LEARNT, start: number, end: number): void {
    // The last byte of a place says that a name is dull in prose only.
    if (start < this.first || end - start > (LEARNT[what] < 2 ? LONGEST_DULL : LONGEST_DULL - 1)) return;
    const low = this.#ints[FIELD.low] as number;
    if (low + end - this.first > (this.#ints[FIELD.high] as number)) return;
    const at = low + start - this.first;
    // Of a name that stands there over and over, often though it is known, the last one was learnt already.
    const mark =
      (LEARNT[what] << 24) | ((end - start) << 16) | ((this.#bytes[at] as number) << 8) | (this.#bytes[end - start + at - 1] as number);
    if (mark === this.#learnt) return;
    this.#learnt = mark;
    this.#exports.learn(this.request, LEARNT[what], at, end - start);
  }

  /** Goes on where the list of literals was full; false when all of the block was looked at. */
  more(): boolean {
    if (this.#ints[FIELD.gramFrom] === 0) return false;
    this.#exports.more(this.request);
    this.literalCount = this.#ints[FIELD.literalCount] as number;
    return true;
  }
}

/** The collector of this process: one small program and one memory for all redactors. */
export class Collector {
  readonly exports: Exports;
  /** Whether a text is kept as one byte a character. */
  readonly isNarrow: (text: string) => boolean;
  readonly #areas: Area[];
  readonly #images: Region[] = [];
  readonly #filter: Region = { owner: undefined, at: 0, size: 0 };
  /** The table used last. */
  #last: Region = { owner: undefined, at: 0, size: 0 };
  #turn = 0;
  #end = FIRST_REGION;
  #bytes: Buffer;

  constructor() {
    const program = new WebAssembly.Module(Buffer.from(COLLECT_WASM, 'base64'));
    this.exports = new WebAssembly.Instance(program).exports as Exports;
    // Loaded with the first text: it takes two milliseconds that a start should not wait for.
    this.isNarrow = process.getBuiltinModule('node:v8').isStringOneByteRepresentation;
    this.#areas = Array.from({ length: DEPTHS }, (_, depth) => new Area(this.exports, depth, this.isNarrow));
    this.#bytes = this.#grow(0);
    this.#bytes.set(CLASS, CLASSES);
    writeNibbles(this.#bytes, CLASSES + 256, (byte) => ((CLASS[byte] as number) & RUN) !== 0);
    writeNibbles(this.#bytes, CLASSES + 288, (byte) => CODE_STARTS.has(byte));
    for (let byte = 0; byte < 256; byte++) {
      this.#bytes[CLASSES + 320 + byte] = (SEPARATORS.has(byte) ? 1 : 0) | (SHAPE_HEADS.has(byte) ? 2 : 0);
      this.#bytes[CLASSES + 576 + byte] = (SIXES[byte] as number) & 255;
    }
    this.#bytes.fill(255, CLASSES + 832, CLASSES + 864);
    this.#bytes.set(PAIRS, CLASSES + 896);
    writeTelling(this.#bytes, CLASSES + 1024);
    writeVectors(new DataView(this.#bytes.buffer, CLASSES + 912));
  }

  /** The area for scans of a depth, with these tables in place. */
  area(depth: number, image: GramImage, filter: WordFilter): Area {
    let region = this.#last;
    if (region.owner !== image) region = this.#images.find(({ owner }) => owner === image) ?? this.#place(image);
    this.#last = region;
    if (this.#filter.owner !== filter) this.#placeFilter(filter);
    const area = this.#areas[depth] as Area;
    area.use(image, region.at, filter, this.#filter.at);
    return area;
  }

  #place(image: GramImage): Region {
    const { bytes } = image;
    const region =
      this.#images.length < MOST_IMAGES ? { owner: undefined, at: 0, size: 0 } : (this.#images[this.#turn++ % MOST_IMAGES] as Region);
    if (region.size === 0) this.#images.push(region);
    if (region.size < bytes.length + 2 * DULL) this.#reserve(region, bytes.length + 2 * DULL);
    this.#bytes.set(bytes, region.at);
    this.#bytes.fill(0, region.at + bytes.length, region.at + bytes.length + 2 * DULL);
    this.#own(region, image);
    return region;
  }

  #placeFilter(filter: WordFilter): void {
    const parts = [filter.bits, filter.checks, filter.shorts];
    const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
    const region = this.#filter;
    if (region.size < size) this.#reserve(region, 2 * size);
    let { at } = region;
    for (const part of parts) {
      this.#bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
      at += part.byteLength;
    }
    this.#own(region, filter);
  }

  /** The memory as it is now. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Takes room that is never given back, and begins with zeros. */
  reserve(size: number): number {
    const region: Region = { owner: undefined, at: 0, size: 0 };
    this.#reserve(region, size);
    return region.at;
  }

  #own(region: Region, owner: object): void {
    region.owner = owner;
    for (const area of this.#areas) area.forget();
  }

  #reserve(region: Region, size: number): void {
    region.at = this.#end;
    region.size = (size + 63) & ~63;
    this.#grow(region.size);
    this.#end += region.size;
  }

  #grow(by: number): Buffer {
    const { memory } = this.exports;
    const missing = this.#end + by - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    this.#bytes = Buffer.from(memory.buffer);
    for (const area of this.#areas) area.attach(this.#bytes);
    return this.#bytes;
  }
}

let shared: Collector | undefined;

/** The collector of this process. */
export const theCollector = (): Collector => (shared ??= new Collector());

/** The area for scans of a depth, with these tables in place. */
export function areaFor(depth: number, image: GramImage, filter: WordFilter): Area {
  return theCollector().area(depth, image, filter);
}

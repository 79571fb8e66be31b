import { type Area, BLOCK, type Collector, theCollector } from './collector.ts';

/** Places of the numbers of a request, as `wasm/unfold.as` reads them. */
const FIELD = {
  input: 0,
  length: 1,
  output: 2,
  keys: 3,
  containers: 4,
  unknown: 5,
  levels: 6,
  numeric: 7,
  mostLevels: 8,
  mostContainers: 9,
  mostUnknown: 10,
  outLength: 11,
  containerCount: 12,
  unknownCount: 13,
  longest: 14,
  mostItems: 15,
  deepest: 16,
  mostOut: 17,
  units: 18,
} as const;

/** The longest JSON text that is gone over, in characters. */
export const LONGEST_JSON = BLOCK - 64;

const REQUEST = 128;
const LEVELS = 64;
const CONTAINERS = 2048;
const UNKNOWN = 256;
/** Bytes that the program may read behind a text, and write behind a list. */
const BEHIND = 64;
/** Parts of the room in bytes, in their order. */
const SIZES = {
  input: LONGEST_JSON + BEHIND,
  units: 2 * LONGEST_JSON + BEHIND,
  levels: 8 * LEVELS + BEHIND,
  containers: 8 * CONTAINERS,
  unknown: 8 * UNKNOWN,
};

/** A table of keys: 1,024 places of 32 bytes, the last of which says what the key is. */
const PLACES = 1024;
const PLACE = 32;
/** Tables that are kept in the memory at the same time. */
const MOST_TABLES = 4;

/** A key that says nothing of its value, one that names the value beside it, or one of such a value. */
export type KeyKind = 'usual' | 'name' | 'value';
const KINDS: Readonly<Record<KeyKind, number>> = { usual: 1, name: 2, value: 3 };

/** The keys that one redactor has found harmless. */
export class KeyTable {
  /** Where it is in the memory; 0 when it is not there. */
  at = 0;
  /** The key of each place, as it is the quickest to be looked up by. */
  readonly names: string[] = Array.from({ length: PLACES }, () => '');
}

/** Goes over JSON texts: brings what their strings say to where the collector looks, and asks for their keys. */
export class Unfolder {
  readonly #collector: Collector;
  readonly #request: number;
  readonly #at: Readonly<Record<keyof typeof SIZES, number>>;
  /** The tables by their rooms. */
  readonly #tables: KeyTable[] = [];
  #turn = 0;
  /** Whether the text had one byte a character. */
  isNarrow = true;
  #bytes!: Buffer;
  #ints!: Int32Array;
  /**
   * By twos: twice the level of an array or a record, one more for an array; then its key: the place of it in the table,
   * 2^30 and its number among the unknown ones, or, in an array, its index less 2^31.
   */
  containers!: Int32Array;
  /** By twos: begin and length of each key that is not in the table. */
  unknown!: Int32Array;

  constructor(collector: Collector) {
    this.#collector = collector;
    this.#request = collector.reserve(REQUEST + Object.values(SIZES).reduce((sum, size) => sum + size, 0));
    let at = this.#request + REQUEST;
    const places: Partial<Record<keyof typeof SIZES, number>> = {};
    for (const [name, size] of Object.entries(SIZES)) {
      places[name as keyof typeof SIZES] = at;
      at += size;
    }
    this.#at = places as Record<keyof typeof SIZES, number>;
    this.#attach();
    for (const name of ['input', 'levels', 'containers', 'unknown'] as const) this.#ints[FIELD[name]] = this.#at[name];
    this.#ints[FIELD.mostLevels] = LEVELS;
    this.#ints[FIELD.mostContainers] = CONTAINERS;
    this.#ints[FIELD.mostUnknown] = UNKNOWN;
  }

  /** Takes up the memory, which changes when it grows. */
  #attach(): void {
    this.#bytes = this.#collector.bytes;
    const { buffer } = this.#bytes;
    this.#ints = new Int32Array(buffer, this.#request, REQUEST / 4);
    this.containers = new Int32Array(buffer, this.#at.containers, 2 * CONTAINERS);
    this.unknown = new Int32Array(buffer, this.#at.unknown, 2 * UNKNOWN);
  }

  /**
   * Goes over one JSON text as JSON.stringify writes it: an array or a record, at most `LONGEST_JSON` characters. What its strings
   * say then stands in the place of the area, one byte a character: 255 for those above U+00FF.
   *
   * @param numeric whether long numbers are to be looked at as well
   * @returns false where it cannot be told that the strings, numbers and keys are all there is
   */
  unfold(json: string, area: Area, table: KeyTable, numeric: boolean): boolean {
    if (table.at === 0) this.#place(table);
    if (this.#bytes !== this.#collector.bytes) this.#attach();
    const ints = this.#ints;
    const narrow = this.#collector.isNarrow(json);
    if (narrow) this.#bytes.write(json, this.#at.input, json.length, 'latin1');
    else this.#bytes.write(json, this.#at.units, 2 * json.length, 'utf16le');
    ints[FIELD.units] = narrow ? 0 : this.#at.units;
    this.isNarrow = narrow;
    ints[FIELD.length] = json.length;
    ints[FIELD.output] = area.place;
    ints[FIELD.mostOut] = area.place + BLOCK;
    ints[FIELD.keys] = table.at;
    ints[FIELD.numeric] = numeric ? 1 : 0;
    return this.#collector.exports.unfold(area.request, this.#request) !== 0;
  }

  /** Characters that stand in the place of the area. */
  get length(): number {
    return this.#ints[FIELD.outLength] as number;
  }

  get containerCount(): number {
    return this.#ints[FIELD.containerCount] as number;
  }

  get unknownCount(): number {
    return this.#ints[FIELD.unknownCount] as number;
  }

  /** Characters of the longest string or key. */
  get longest(): number {
    return this.#ints[FIELD.longest] as number;
  }

  /** Entries of the largest array or record. */
  get mostItems(): number {
    return this.#ints[FIELD.mostItems] as number;
  }

  /** Levels of nesting. */
  get deepest(): number {
    return this.#ints[FIELD.deepest] as number;
  }

  /** What stands in the place of an area; not of a text that had characters above U+00FF. */
  textIn(area: Area): string {
    return this.#bytes.toString('latin1', area.place, area.place + this.length);
  }

  /** Puts a key of one byte a character into a table; longer ones are asked for each time. */
  remember(area: Area, table: KeyTable, key: string, kind: KeyKind): void {
    if (key.length >= PLACE || table.at === 0) return;
    this.#bytes.write(key, this.#at.input, key.length, 'latin1');
    const ints = this.#ints;
    ints[FIELD.keys] = table.at;
    const place = this.#collector.exports.remember(area.request, this.#request, this.#at.input, key.length, KINDS[kind]);
    // The name of a property is quicker to look up by than a piece of another text.
    table.names[place] = Object.keys({ [key]: 0 })[0] as string;
  }

  /** Empties a table. */
  forget(table: KeyTable): void {
    if (table.at !== 0) this.#collector.bytes.fill(0, table.at, table.at + PLACES * (PLACE + 4));
  }

  /** Finds room for a table, where there is none the room of another. */
  #place(table: KeyTable): void {
    const turn = this.#turn++ % MOST_TABLES;
    const other = this.#tables[turn];
    table.at = other?.at ?? this.#collector.reserve(PLACES * (PLACE + 4));
    if (other !== undefined) other.at = 0;
    this.#tables[turn] = table;
    this.forget(table);
  }
}

let shared: Unfolder | undefined;

/** The unfolder of this process. */
export const theUnfolder = (): Unfolder => (shared ??= new Unfolder(theCollector()));

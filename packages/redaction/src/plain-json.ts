import { areaFor } from './engine/collector.ts';
import type { Engine } from './engine/engine.ts';
import { scanNoted } from './engine/scan.ts';
import { type KeyKind, KeyTable, LONGEST_JSON, theUnfolder, type Unfolder } from './engine/unfold.ts';
import type { Caps } from './types.ts';

/** How a key in the list of containers is to be read. */
const OF_ARRAY = 0;
const UNKNOWN_KEY = 0x40000000;

/**
 * Writes values in which nothing has to be masked, without walking through them: what is looked at is the JSON text that will be
 * written. Its strings are looked at as those of a walk are, and every key is asked for once and remembered.
 */
export class PlainJson {
  readonly #kindOf: (key: string) => KeyKind | undefined;
  readonly #caps: Caps;
  readonly #keys = new KeyTable();

  /**
   * @param kindOf what a key without a say in its value is; undefined for all other keys
   * @param caps limits beyond which nothing is plain
   */
  constructor(kindOf: (key: string) => KeyKind | undefined, caps: Caps) {
    this.#kindOf = kindOf;
    this.#caps = caps;
  }

  /** To be called when keys may be other than they were. */
  forgetKeys(): void {
    if (this.#keys.at !== 0) theUnfolder().forget(this.#keys);
  }

  /**
   * The JSON text of a value, or undefined where something has to be masked or may have to be: the value is to be walked through then.
   *
   * @param numeric whether a number may hold a secret
   */
  textOf(value: unknown, engine: Engine, numeric: boolean): string | undefined {
    const json = stringified(value);
    if (json === undefined || json.length > LONGEST_JSON) return undefined;
    const area = areaFor(0, engine.grams.image, engine.needles.filter);
    const unfolder = theUnfolder();
    if (!unfolder.unfold(json, area, this.#keys, numeric) || this.#isCapped(json, unfolder)) return undefined;
    const unknown = unfolder.unknownCount === 0 ? NONE : unknownKeys(json, unfolder);
    const containers = unfolder.containerCount;
    area.collectPlaced(unfolder.length);
    // The rules work on the text, not on the bytes.
    if (!area.isEmpty && (!unfolder.isNarrow || scanNoted(engine, unfolder.textIn(area), area).hits.length > 0)) return undefined;
    // Code of others may run from here on, and use the same room: the text has been looked at.
    if (!this.#isPlain(value, containers, unfolder, unknown)) return undefined;
    return unknown.every((key) => this.#learn(key, unfolder, engine)) ? json : undefined;
  }

  #isCapped(json: string, { longest, mostItems, deepest }: Unfolder): boolean {
    const { string, items, depth, total } = this.#caps;
    return (
      (string !== undefined && longest > string) ||
      (items !== undefined && mostItems > items) ||
      (depth !== undefined && deepest > depth) ||
      (total !== undefined && json.length > total)
    );
  }

  /** Whether all that is behind the brackets of the text are arrays and records: of a Map or an Error the text says too little. */
  #isPlain(value: unknown, count: number, { containers }: Unfolder, unknown: readonly string[]): boolean {
    try {
      for (let i = 0; i < count; i++) {
        const place = containers[2 * i] as number;
        const level = place >>> 1;
        const key = containers[2 * i + 1] as number;
        let child = value;
        if (level > 0) {
          const parent = path[level - 1] as Record<string | number, unknown>;
          if (key < OF_ARRAY) child = parent[key & 0x7fffffff];
          else child = parent[(key < UNKNOWN_KEY ? this.#keys.names[key] : unknown[key - UNKNOWN_KEY]) as string];
        }
        if (typeof child !== 'object' || child === null || !isPlain(child, (place & 1) !== 0)) return false;
        path[level] = child;
      }
      return true;
    } catch {
      return false;
    } finally {
      for (let level = 0; level < path.length; level++) path[level] = undefined;
    }
  }

  /** Asks for a key and remembers it; false when it is none that says nothing. */
  #learn(key: string, unfolder: Unfolder, engine: Engine): boolean {
    const kind = this.#kindOf(key);
    if (kind === undefined) return false;
    unfolder.remember(areaFor(0, engine.grams.image, engine.needles.filter), this.#keys, key, kind);
    // What the key says of another one was not known when the text was gone over.
    return kind === 'usual';
  }
}

const NONE: readonly string[] = [];

/** The arrays and records on the way to the one that is looked at. */
const path: (object | undefined)[] = [];

const RECORD = Object;

/** Whether an object is what its text says it is. Read by names, which is quicker than asking for its prototype. */
const isPlain = (value: object, isList: boolean): boolean =>
  isList ? Array.isArray(value) : value.constructor === RECORD && (value as { toJSON?: unknown }).toJSON === undefined;

/** The JSON text of an array or a record; undefined for all else, and for what has none. */
function stringified(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    const json = JSON.stringify(value) as string | undefined;
    const first = json?.charCodeAt(0);
    return first === 0x7b || first === 0x5b ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The keys that are not in the table, in the order of the list. */
function unknownKeys(json: string, { unknown, unknownCount }: Unfolder): string[] {
  return Array.from({ length: unknownCount }, (_, i) => {
    const start = unknown[2 * i] as number;
    return json.slice(start, start + (unknown[2 * i + 1] as number));
  });
}

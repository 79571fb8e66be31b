import { LONGEST_PERIOD, type Repeats } from './repeats.ts';
import type { Text } from './text.ts';

/** Slots of the table, as a power of two. */
const LOG = 10;
const SLOT = 8;
/** Longest stretch that is remembered, in characters. */
const LONGEST = 64;

/** One table for all texts: the stamp of a memo tells its entries from those of another. It holds places, no text. */
const table = new Int32Array(SLOT << LOG);
let stamps = 0;

/** Remembers small numbers about stretches of one text, found again by their characters. No string is made to ask. */
export class StretchMemo {
  readonly #stamp: number;

  constructor() {
    stamps = (stamps + 1) & 0x7fffffff;
    this.#stamp = stamps;
  }

  /**
   * What was kept of the same characters, or -1.
   *
   * @param kind tells apart what is kept of one stretch for several purposes
   */
  get(text: Text, start: number, end: number, kind: number): number {
    const length = end - start;
    if (length > LONGEST) return -1;
    const slot = slotOf(text, start, end, kind);
    if (table[slot] !== this.#stamp || table[slot + 1] !== length || table[slot + 2] !== kind) return -1;
    const kept = table[slot + 3] as number;
    for (let i = 0; i < length; i++) if (text.at(kept + i) !== text.at(start + i)) return -1;
    // The nearest place is the quickest to look at.
    table[slot + 3] = start;
    return table[slot + 4] as number;
  }

  /** Keeps a number of a stretch; what stood in its slot is forgotten. */
  set(text: Text, start: number, end: number, kind: number, value: number): void {
    if (end - start > LONGEST) return;
    const slot = slotOf(text, start, end, kind);
    table[slot] = this.#stamp;
    table[slot + 1] = end - start;
    table[slot + 2] = kind;
    table[slot + 3] = start;
    table[slot + 4] = value;
  }
}

/** The slot of a stretch, by its length and some of its characters: all of them are compared in any case. */
function slotOf(text: Text, start: number, end: number, kind: number): number {
  const length = end - start;
  let hash = kind ^ (length << 8);
  if (length > 0) {
    hash = Math.imul(hash ^ text.at(start), 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ text.at(end - 1), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13) ^ text.at(start + (length >> 1)), 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 14) ^ text.at(start + (length >> 2)), 0x27d4eb2f);
  }
  return ((hash ^ (hash >>> 16)) & ((1 << LOG) - 1)) * SLOT;
}

/** Keeps what was found of the places of a stretch that repeats itself, by their phases. */
export class PhaseMemo<Kept> {
  readonly #repeats: Repeats;
  readonly #kept: (Kept | undefined)[] = [];
  #stretch = 0;

  constructor(repeats: Repeats) {
    this.#repeats = repeats;
  }

  at(phase: number): Kept | undefined {
    return this.#stretch === this.#repeats.stretch ? this.#kept[phase] : undefined;
  }

  set(phase: number, kept: Kept | undefined): void {
    if (this.#stretch !== this.#repeats.stretch) {
      this.#stretch = this.#repeats.stretch;
      for (let i = 0; i < LONGEST_PERIOD; i++) this.#kept[i] = undefined;
    }
    this.#kept[phase] = kept;
  }
}

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

/** How common a byte is in ordinary text, roughly: letters in order of English frequency, then digits and signs. */
function commonness(unit: number): number {
  const letter = 'etaoinsrhldcumfpgwybvkxjqz'.indexOf(String.fromCharCode(unit | 0x20));
  if (letter >= 0) return 27 - letter;
  if (unit === 0x20) return 30;
  if (unit >= 0x30 && unit <= 0x39) return 8;
  return 4;
}

function bestOffset(literal: string): number {
  let best = 0;
  let least = Infinity;
  for (let offset = 0; offset + 4 <= literal.length; offset++) {
    let cost = 1;
    for (let i = 0; i < 4; i++) cost *= commonness(literal.charCodeAt(offset + i));
    if (cost < least) {
      least = cost;
      best = offset;
    }
  }
  return best;
}

const FOLLOWERS = Array.from('abcdefghijklmnopqrstuvwxyz0123456789', (c) => c.charCodeAt(0));
const SIGNS = Array.from('_-. =:"\'\\/$+\t)>&]%,;`|([{<*~@!?#', (c) => c.charCodeAt(0));

/** A table of literals. Literals must be ASCII and at least three characters long. */
export class GramTable<Action> {
  /** One bit for each hash of a gram. */
  readonly bits = new Int32Array(1 << (GRAM_BITS - 5));
  readonly #slots = new Map<number, Slot<Action>[]>();

  /** @param followers which characters may come after a literal of three: `alnum` or `any` */
  add(probe: Probe<Action>, followers: 'alnum' | 'any' = 'any'): void {
    const { literal } = probe;
    if (literal.length < 3) throw new RangeError(`literal of fewer than three characters: ${literal}`);
    const offset = bestOffset(literal);
    this.#put(probe, offset, literal.charCodeAt(offset), literal.charCodeAt(offset + 1), literal.charCodeAt(offset + 2));
    const [b, c] = [literal.charCodeAt(offset + 1), literal.charCodeAt(offset + 2)];
    if (literal.length >= 4) {
      this.#put(probe, offset + 1, b, c, literal.charCodeAt(offset + 3));
      return;
    }
    for (const follower of followers === 'any' ? [...FOLLOWERS, ...SIGNS, 10, 13] : FOLLOWERS) this.#put(probe, offset + 1, b, c, follower);
  }

  #put(probe: Probe<Action>, offset: number, a: number, b: number, c: number): void {
    const hash = gramHash(a, b, c);
    this.bits[hash >>> 5] = (this.bits[hash >>> 5] ?? 0) | (1 << (hash & 31));
    const gram = gramOf(a, b, c);
    let slots = this.#slots.get(gram);
    if (slots === undefined) this.#slots.set(gram, (slots = []));
    if (!slots.some((slot) => slot.probe === probe && slot.offset === offset)) slots.push({ probe, offset });
  }

  /**
   * Calls `visit` with each probe whose literal stands around the gram at `index`, and where the literal begins.
   *
   * @param a the three bytes at `index`, as the collector saw them
   */
  visit(text: string, index: number, a: number, b: number, c: number, visit: (action: Action, start: number) => void): void {
    const slots = this.#slots.get(gramOf(a, b, c));
    if (slots === undefined) return;
    for (let i = 0; i < slots.length; i++) {
      const { probe, offset } = slots[i] as Slot<Action>;
      const start = index - offset;
      if (start >= 0 && startsWith(text, probe.literal, start, probe.fold)) visit(probe.action, start);
    }
  }
}

function startsWith(text: string, literal: string, start: number, fold: boolean): boolean {
  for (let i = 0; i < literal.length; i++) {
    let unit = text.charCodeAt(start + i);
    if (fold && unit >= 65 && unit <= 90) unit |= 0x20;
    if (unit !== literal.charCodeAt(i)) return false;
  }
  return true;
}

import { CLASS } from './chars.ts';

/** What stands before the begin and after the end of a text: no character. */
export const OUTSIDE = 0xffff;

/** Characters before a place that are brought into reach with it, and the fewest and the most after it. */
const BEHIND = 256;
const LEAST_AHEAD = 768;
const MOST_AHEAD = 16_384;
/** How near to the edge a place may be without new characters being brought. */
const MARGIN_BEHIND = 96;
const MARGIN_AHEAD = 256;
/** Places farther from each other than this, and the first few, are looked at in the string: bringing what is around them would cost more. */
const DENSE = 96;
const FEW = 4;

/** The characters within reach, of one text at a time: looking at them costs a fraction of asking the string. */
const buffer = Buffer.alloc(2 * (BEHIND + MOST_AHEAD));
const units = new Uint16Array(buffer.buffer, buffer.byteOffset, buffer.length / 2);
/** The number of the text that they are of; the text itself is not kept. */
let owner = 0;
let texts = 0;
/** Places for which there is enough on both sides. */
let low = 0;
let high = -1;
let ahead = LEAST_AHEAD;
/** The place that was asked for last, and how many before it were close to each other. */
let last = 0;
let close = 0;

/** A text that is looked at character by character, around places that go forward. */
export class Text {
  readonly string: string;
  readonly number = ++texts;
  /** Where the characters within reach begin, and how many they are; none where places are far from each other. */
  from = 0;
  size = 0;

  constructor(string: string) {
    this.string = string;
  }

  /** Brings what stands around a place into reach. To be called before each series of looks: another text may have been there. */
  near(at: number): void {
    if (owner !== this.number || at < low || at > high) load(this, at);
    last = at;
  }

  /** Whether the last places followed each other closely. */
  get isDense(): boolean {
    return this.size > 0;
  }

  /** The UTF-16 unit at a place; `OUTSIDE` beyond the text. Never a number that is no unit: that would make each look slow. */
  at(index: number): number {
    const place = index - this.from;
    return place >>> 0 < this.size ? (units[place] as number) : this.far(index);
  }

  /** The same beyond reach. Apart, so that looking within reach is short enough to be compiled into those that ask. */
  far(index: number): number {
    return index >>> 0 < this.string.length ? this.string.charCodeAt(index) : OUTSIDE;
  }

  /** Class bits of the unit at a place; 0 beyond the text and for units above 255. */
  classAt(index: number): number {
    const unit = this.at(index);
    return unit < 256 ? (CLASS[unit] as number) : 0;
  }

  /** Whether a literal in lower case stands at a place, in either case. */
  standsFolded(literal: string, start: number): boolean {
    for (let i = 0; i < literal.length; i++) {
      const unit = this.at(start + i);
      if ((unit >= 65 && unit <= 90 ? unit | 0x20 : unit) !== literal.charCodeAt(i)) return false;
    }
    return true;
  }

  slice(start: number, end: number): string {
    return this.string.slice(start, end);
  }
}

/** Where places follow each other closely more and more is brought at a time. */
function load(text: Text, at: number): void {
  const { length } = text.string;
  close = owner === text.number && at - last < DENSE && at >= last ? close + 1 : 0;
  owner = text.number;
  if (close < FEW) {
    text.size = 0;
    high = -1;
    ahead = LEAST_AHEAD;
    return;
  }
  const from = Math.max(0, at - BEHIND);
  const to = Math.min(length, at + ahead);
  const size = to - from;
  text.from = from;
  text.size = size;
  buffer.write(text.string.slice(from, to), 0, 2 * size, 'utf16le');
  low = from === 0 ? 0 : from + MARGIN_BEHIND;
  high = to === length ? length : to - MARGIN_AHEAD;
  ahead = Math.min(MOST_AHEAD, 2 * ahead);
}

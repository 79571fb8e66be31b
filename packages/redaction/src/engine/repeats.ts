/** The longest stretch that is recognized when it comes again and again, in characters. */
export const LONGEST_PERIOD = 8_192;
/** How far around a place all must be as it was one period before: more than any rule that asks looks at. */
const BEHIND = 512;
const AHEAD = 16_384;
/** In a shorter text none is found. */
export const LEAST_REPEATED = BEHIND + AHEAD;
/** So many characters from a place on must have stood before, for a period to be looked for at all. */
const SAMPLE = 128;
/** Stretches are compared by so many characters at a time. */
const STEP = 4_096;
/** So many places that follow each other closely make it worth to look for a period. */
const CROWD = 24;
/** The weight of a place that is worth it alone. */
export const REPEATS_AT_ONCE = CROWD;
/** How far from each other attempts are, the farther the more of them failed. */
const APART = 8_192;
const FAR_APART = 65_536;

/**
 * Tells where a text repeats itself, so that what was found of one place holds for the same place of each repetition. Asked for
 * places that go forward; it costs next to nothing where they are few.
 */
export class Repeats {
  readonly #text: string;
  readonly #to: number;
  #period = 0;
  /** All of [#from, #end) stands one period before, too. */
  #from = 0;
  #end = 0;
  /** How many places were asked for since `#since`, and where the next attempt may be made. */
  #asked = 0;
  #since = 0;
  #next = BEHIND;
  #apart = APART;
  /** Changes with the stretch: what was kept by phases of another one says nothing. */
  stretch = 0;

  /** @param to nothing is said of places near here: what follows them is not known */
  constructor(text: string, to: number) {
    this.#text = text;
    this.#to = to;
  }

  /**
   * Which place of the period it is, counted from any; the same number in each repetition. -1 where the text does not repeat itself
   * around it.
   *
   * @param weight how many places it counts for, when there must be many for a period to be looked for
   */
  phase(at: number, weight = 1): number {
    if (at < this.#from || at + AHEAD > this.#end) {
      if (at < this.#next) return -1;
      if (!this.#goesOn(at) && !this.#begins(at, weight)) return -1;
    }
    return at % this.#period;
  }

  /** Whether the stretch that was known goes on. */
  #goesOn(at: number): boolean {
    if (this.#period === 0 || at < this.#from) return false;
    while (this.#end < at + AHEAD) {
      const end = this.#end + STEP;
      if (end > this.#to || !this.#isSame(this.#end, end, this.#period)) {
        this.#period = 0;
        this.#from = this.#to;
        this.#next = this.#end;
        return false;
      }
      this.#end = end;
    }
    return true;
  }

  /** Whether a place is in a stretch that repeats itself, not known until now. */
  #begins(at: number, weight: number): boolean {
    if (at - this.#since > CROWD * SAMPLE || at < this.#since) {
      this.#since = at;
      this.#asked = 0;
    }
    this.#asked += weight;
    if (this.#asked < CROWD) return false;
    this.#asked = 0;
    this.#next = at + this.#apart;
    this.#apart = Math.min(FAR_APART, 2 * this.#apart);
    const end = at + AHEAD;
    if (end > this.#to) {
      this.#next = Infinity;
      return false;
    }
    const text = this.#text;
    const least = Math.max(0, at - LONGEST_PERIOD);
    const before = text.slice(least, at + SAMPLE - 1).lastIndexOf(text.slice(at, at + SAMPLE));
    const period = before < 0 ? 0 : at - least - before;
    const from = at - BEHIND;
    if (period === 0 || from < period || !this.#isSame(from, end, period)) return false;
    this.#period = period;
    this.#from = at;
    this.#end = end;
    this.#next = 0;
    this.#apart = APART;
    this.stretch++;
    return true;
  }

  #isSame(from: number, to: number, period: number): boolean {
    return this.#text.slice(from, to) === this.#text.slice(from - period, to - period);
  }
}

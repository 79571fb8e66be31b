import { DIGIT, isIn, oneOf, SPACE } from './chars.ts';
import { PhaseMemo, StretchMemo } from './memo.ts';
import {
  closing,
  CODE,
  HEADER_VALUE,
  holdsGenerated,
  isMixedFor,
  isOwnName,
  isSameName,
  isSecretValue,
  LONGEST_VALUE,
  sealed,
} from './named-values.ts';
import { isOfMask, isQualified, nameEnd, nameStart } from './name-edges.ts';
import type { NameClass, Names } from './names.ts';
import { type Opening, openingAt } from './openings.ts';
import type { Span } from './logins.ts';
import { endOf, type Place } from './places.ts';
import type { Repeats } from './repeats.ts';
import { mayHaveValue, placeOfValue } from './separators.ts';
import { Surroundings } from './surroundings.ts';
import { columnBelow, LONGEST_LINE, mayBeColumn } from './tables.ts';
import type { Text } from './text.ts';
import { afterScheme, endsAt, endsOf } from './value-edges.ts';
import { isPlaceholder, isStrong, isWordSet } from './values.ts';

/** A value found by the name in front of it. */
export interface Found {
  start: number;
  end: number;
  /** True when the value runs to the end of the data and may go on. */
  open: boolean;
  rule: string;
  /** Further values of the same name, in the rows of a table. */
  more?: readonly Span[];
}

/** Words that mean a secret where a name holds them; lower case, three letters or more. */
export const KEYWORDS = [
  'token',
  'secret',
  'passw',
  'pass',
  'pwd',
  'key',
  'auth',
  'cred',
  'cookie',
  'bearer',
  'jwt',
  'passphrase',
  'hmac',
  'psk',
  'bindpw',
  'rootpw',
] as const;

const CLOSES_SENTENCE = oneOf('.:!?');

/** `Bearer` and flags introduce values in prose too. */
const mayBeWord = (first: number): boolean => (first | 32) !== 0x62 && first !== 0x2d;

const CLASSES: readonly NameClass[] = ['none', 'password', 'secret', 'weak', 'header', 'whole'];
const TRUSTS: readonly Place['trust'][] = ['any', 'quoted', 'mixed', 'set', 'element', 'strong'];
/** How values stand: in quotes, before a bracket as calls do, or otherwise. */
const QUOTED = 0;
const CALLED = 1;
const PLAINLY = 2;

interface Stretch {
  start: number;
  end: number;
}

/** What was found of one place, and what was remembered on the way, counted from that place: it holds one period later. */
interface Kept {
  length: number;
  name: Stretch;
  /** What the name of a column says; `none` where it names none. */
  column: NameClass;
  dull: boolean;
  /** The unquoted value whose end was looked for, if its kind is not `none`. */
  bare: NameClass;
  bareStart: number;
  bareEnd: number;
  /** End of the value that was judged; -1 without one. */
  judged: number;
  /** Begin of the value of a header, which holds only inside the value of another one; -1 without one. */
  header: number;
  found: Found | undefined;
}

/** What the last search did, other than what it found. */
const seen = {
  column: 'none' as NameClass,
  bare: 'none' as NameClass,
  bareStart: 0,
  judgedStart: -1,
  judgedEnd: -1,
  header: -1,
  quoted: false,
};

/** Longer values are judged each time: how many of them are depends on those before. */
const LONGEST_KEPT = 64;

/** Finds the values that belong to the names around keywords of one text. Everything it does for one is bounded by constants. */
export class ContextFinder {
  readonly #names: Names;
  #nameStart = -1;
  /** End of the name that was handled last, so that `api_key_token` is handled once. */
  nameEnd = -1;
  /** Where the name that was handled last begins, when it says nothing of a secret; else -1. */
  dull = -1;
  /** Where it begins when it is the name of a secret that prose may hold as a word; else -1. And whether only a word right before it gives it a value there. */
  word = -1;
  onlySet = false;
  /** The unquoted value whose end was found last. */
  #bareKind: NameClass = 'none';
  #bareStart = -1;
  #bareTo = -1;
  readonly #around = new Surroundings();
  /** What names say, and values that were turned away: references and words come back often. */
  readonly #memo = new StretchMemo();
  #inside = 0;
  #headers = 0;
  /** End of the unquoted header value that was looked at last, and whether what begins inside it needs no look of its own. */
  #headerEnd = -1;
  #headerDone = false;
  #judged = 0;
  #judgedEnd = -1;
  /** Where the names and where the rows of the last table end, and how many of its columns were looked at. */
  #tableHead = -1;
  #tableEnd = -1;
  #columns = 0;

  readonly #repeats: Repeats | undefined;
  #kept: PhaseMemo<Kept> | undefined;

  constructor(names: Names, repeats: Repeats | undefined) {
    this.#names = names;
    this.#repeats = repeats;
  }

  find(text: Text, at: number, length: number, from: number, to: number): Found | undefined {
    this.dull = -1;
    this.word = -1;
    text.near(at);
    if (at < this.nameEnd || this.#isCrowded(at)) return undefined;
    const phase = this.#repeats === undefined ? -1 : this.#repeats.phase(at);
    if (this.#repeats === undefined || phase < 0) return this.#search(text, at, length, from, to);
    this.#kept ??= new PhaseMemo(this.#repeats);
    const kept = this.#kept.at(phase);
    if (kept?.length === length && this.#holds(kept, at)) return this.#again(kept, text, at, to);
    seen.column = seen.bare = 'none';
    seen.judgedStart = seen.judgedEnd = -1;
    seen.header = -1;
    seen.quoted = false;
    const found = this.#search(text, at, length, from, to);
    this.#kept.set(phase, this.#keep(text, found, at, length));
    return found;
  }

  /** What is to be kept of the last search; undefined where it depends on more than what stands around. */
  #keep(text: Text, found: Found | undefined, at: number, length: number): Kept | undefined {
    const { column, bare, bareStart, judgedStart, judgedEnd, header, quoted } = seen;
    if (quoted || found?.more !== undefined || judgedEnd - judgedStart > LONGEST_KEPT) return undefined;
    // It may have ended at a limit.
    if (bare !== 'none' && (this.#bareTo - bareStart > LONGEST_KEPT || !endsAt(endsOf(bare), text.at(this.#bareTo)))) return undefined;
    return {
      length,
      name: { start: this.#nameStart - at, end: this.nameEnd - at },
      column,
      dull: this.dull >= 0,
      bare,
      bareStart: bareStart - at,
      bareEnd: this.#bareTo - at,
      judged: judgedEnd < 0 ? -1 : judgedEnd - at,
      header: header < 0 ? -1 : header - at,
      found: header >= 0 ? undefined : found && { ...found, start: found.start - at, end: found.end - at },
    };
  }

  /** Whether the end of an unquoted value is now what it was then: one that was found before may end at a limit. */
  #holds({ bare, bareStart, bareEnd, header }: Kept, at: number): boolean {
    if (header >= 0) return at + header < this.#headerEnd && (this.#headerDone || this.#headers >= MOST_NESTED);
    return bare === 'none' || !this.#isInBare(at + bareStart, bare) || this.#bareTo === at + bareEnd;
  }

  /** What was found one period before, and what comes with it. */
  #again(kept: Kept, text: Text, at: number, to: number): Found | undefined {
    const { name, column, found } = kept;
    this.nameEnd = at + name.end;
    if (kept.dull) this.dull = at + name.start;
    if (column !== 'none') {
      const values = this.#column(text, { start: at + name.start, end: at + name.end }, column, to);
      if (values !== undefined) return values;
    }
    if (kept.bare !== 'none' && !this.#isInBare(at + kept.bareStart, kept.bare))
      this.#setBare(kept.bare, at + kept.bareStart, at + kept.bareEnd);
    if (kept.header >= 0) this.#headers++;
    if (kept.judged >= 0) this.#judgedOften(at + kept.judged, at + kept.judged);
    return found && { start: at + found.start, end: at + found.end, open: found.open, rule: found.rule };
  }

  #search(text: Text, at: number, length: number, from: number, to: number): Found | undefined {
    const end = nameEnd(text, at, length);
    this.nameEnd = end;
    const start = nameStart(text, at, from);
    this.#nameStart = start;
    if (isOfMask(text, start)) return undefined;
    let kind = this.#classify(text, start, end);
    if (kind === 'none') this.dull = start;
    else if (kind !== 'header' && kind !== 'whole' && mayBeWord(text.at(start)) && text.at(start - 1) === 32 && text.at(end) === 32) {
      this.word = start;
      this.onlySet = kind !== 'password' && text.at(start) !== 0x41;
    }
    if ((kind === 'password' || kind === 'secret') && mayBeColumn(text, start, end)) {
      const column = this.#column(text, { start, end }, kind, to);
      if (column !== undefined) return column;
    }
    if (kind === 'none' || !mayHaveValue(text, start, end, kind, this.#around)) return undefined;
    if (kind === 'weak' && end - start < 6) {
      if (text.standsFolded('public ', start - 7)) return undefined;
      if (isQualified(text, start, from)) kind = 'secret';
    }
    if (kind === 'whole') kind = 'password';
    const place = placeOfValue(text, start, end, kind, from, this.#around);
    if (place === undefined) return undefined;
    return this.#judge(text, place, place.kind ?? kind, { start, end }, to);
  }

  /** The values of the column of a table that a name heads. Rows are no headers, and few columns of one table are looked at, so that the work stays linear. */
  #column(text: Text, { start, end }: Stretch, kind: NameClass, to: number): Found | undefined {
    seen.column = kind;
    this.#columns = start < this.#tableHead ? this.#columns + 1 : 0;
    if (this.#columns >= MOST_COLUMNS || (start >= this.#tableHead && start < this.#tableEnd)) return undefined;
    if (!this.#around.lineEndsAhead(text, end, LONGEST_LINE)) return undefined;
    const table = columnBelow(text.string, start, end, kind);
    if (table === undefined) return undefined;
    this.#tableHead = table.header;
    this.#tableEnd = table.end;
    const [first, ...more] = table.values;
    if (first === undefined) return undefined;
    return { ...first, more, open: (more.at(-1) ?? first).end >= to, rule: kind === 'password' ? 'password' : 'secret' };
  }

  #classify(text: Text, start: number, nameEnd: number): NameClass {
    // Names that are counted say the same, whatever their number.
    let end = nameEnd;
    while (end - start > 1 && (text.classAt(end - 1) & DIGIT) !== 0 && (text.classAt(end - 2) & DIGIT) !== 0) end--;
    // Where names are far apart, the one before is no longer in the cache of the processor.
    if (!text.isDense) return this.#names.classify(text.slice(start, end));
    const known = this.#memo.get(text, start, end, 0);
    if (known >= 0) return CLASSES[known] as NameClass;
    const kind = this.#names.classify(text.slice(start, end));
    this.#memo.set(text, start, end, 0, CLASSES.indexOf(kind));
    return kind;
  }

  /** End of an unquoted value; the end found last is reused for a value that begins inside the former one. */
  #bareEnd(text: Text, start: number, kind: NameClass, to: number): number {
    seen.bare = kind;
    seen.bareStart = start;
    if (!this.#isInBare(start, kind)) {
      const limit = Math.min(to, start + LONGEST_VALUE);
      const ends = endsOf(kind);
      let end = start;
      while (end < limit && !endsAt(ends, text.at(end))) end++;
      this.#setBare(kind, start, end);
    }
    let end = this.#bareTo;
    while (end > start && isIn(CLOSES_SENTENCE, text.at(end - 1))) end--;
    return end;
  }

  /** Whether a place is in the unquoted value whose end was found last. */
  #isInBare(at: number, kind: NameClass): boolean {
    return this.#bareKind === kind && at >= this.#bareStart && at < this.#bareTo;
  }

  #setBare(kind: NameClass, start: number, end: number): void {
    if (end !== this.#bareTo) this.#inside = 0;
    this.#bareKind = kind;
    this.#bareStart = start;
    this.#bareTo = end;
  }

  /** Many names inside one long unquoted value: the first few and those near its end are looked at, so that the work stays linear. */
  #isCrowded(at: number): boolean {
    if (at < this.#bareStart || this.#bareTo - at <= 64) return false;
    return ++this.#inside > 4;
  }

  /** Keeps input like `token=token=token=` linear: of many values with one end, the first few and the shortest are judged. */
  #judgedOften(start: number, end: number): boolean {
    seen.judgedStart = start;
    seen.judgedEnd = end;
    this.#judged = end === this.#judgedEnd ? this.#judged + 1 : 0;
    this.#judgedEnd = end;
    return this.#judged > 4 && end - start > 64;
  }

  #judge(text: Text, { at, trust }: Place, kind: NameClass, named: Stretch, to: number): Found | undefined {
    const open = openingAt(text, at);
    if (!open && (trust === 'quoted' || trust === 'mixed')) return undefined;
    let start = open?.end ?? at;
    if (kind === 'header') return this.#header(text, start, open, to);
    if (trust === 'element' && text.at(start) === 0x7b) return sealed(text, start, kind);
    start = afterScheme(text, start);
    let end = open ? closing(text, start, open.quote, to) : this.#bareEnd(text, start, kind, to);
    // A remark in parentheses: `(password ...)`.
    while (trust === 'strong' && !open && text.at(end - 1) === 0x29) end--;
    if (end - start < 4 || this.#judgedOften(start, end)) return undefined;
    const isSecret = this.#isSecret(text, start, end, kind, trust, open !== undefined);
    if (!isSecret && (trust !== 'set' || open || kind !== 'password')) return undefined;
    const value = text.slice(start, end);
    const name = text.slice(named.start, named.end);
    if (open === undefined ? isSameName(value, name) : isOwnName(value, name)) return undefined;
    if (trust === 'element' && !open && (text.at(start) === 0x40 || !/^[.:!?]*\s*(?:<|$)/.test(text.slice(end, end + 80))))
      return undefined;
    if (!isSecret && !isWordSet(value, name)) return undefined;
    return { start, end, open: end >= to, rule: kind === 'password' ? 'password' : 'secret' };
  }

  /** Whether a value is a secret, as far as its name does not matter. What was turned away once is turned away again. */
  #isSecret(text: Text, start: number, end: number, kind: NameClass, trust: Place['trust'], quoted: boolean): boolean {
    const next = text.at(end);
    const stands = quoted ? QUOTED : next === 0x28 || next === 0x5b ? CALLED : PLAINLY;
    const asked = 1 + stands + 3 * (TRUSTS.indexOf(trust) + TRUSTS.length * CLASSES.indexOf(kind));
    if (this.#memo.get(text, start, end, asked) === 0) return false;
    const value = text.slice(start, end);
    const isOne =
      trust === 'strong'
        ? isStrong(value)
        : (!quoted || trust !== 'mixed' || isMixedFor(kind, value)) && isSecretValue(value, kind, quoted, String.fromCharCode(next));
    if (isOne) return true;
    this.#memo.set(text, start, end, asked, 0);
    return false;
  }

  /** Credentials of an Authorization or Cookie header: all up to the closing quote or the end of the line. */
  #header(text: Text, at: number, open: Opening | undefined, to: number): Found | undefined {
    if (open === undefined) seen.header = at;
    else seen.quoted = true;
    const inside = open === undefined && at < this.#headerEnd;
    this.#headers = inside ? this.#headers + 1 : 0;
    if (inside && (this.#headerDone || this.#headers > MOST_NESTED)) return undefined;
    let start = at;
    while ((text.classAt(start) & SPACE) !== 0 && text.at(start) !== 10) start++;
    start = afterScheme(text, start);
    const limit = Math.min(to, start + LONGEST_VALUE);
    const end = open ? closing(text, start, open.quote, to) : start + Math.max(0, endOf(HEADER_VALUE, text.slice(start, limit), 0));
    const value = text.slice(start, end).trim();
    const judged = value.length >= 4 && value.length <= 4096 && !isPlaceholder(value) && !CODE.test(value);
    if (open === undefined) {
      this.#headerEnd = end;
      this.#headerDone = judged;
    }
    if (!judged || !holdsGenerated(value)) return undefined;
    return { start, end: start + text.slice(start, end).trimEnd().length, open: end >= to, rule: 'header' };
  }
}

/** Most columns of one table that are looked at. */
const MOST_COLUMNS = 4;
/** Most headers inside the value of another one that are judged, so that the work stays linear. */
const MOST_NESTED = 16;

import type { Format } from '../types.ts';
import { leadOf, patternOf } from '../formats/format.ts';
import { KEYWORDS } from './context.ts';
import { GramTable, type Probe } from './grams.ts';
import { LOGIN_LITERALS } from './login-rules.ts';
import { Names } from './names.ts';
import { IN_NUMBER, type NeedleIndex } from './needles.ts';

/** A format ready to be tried. */
export interface CompiledFormat {
  format: Format;
  /** Sticky; matches a whole token. */
  pattern: RegExp;
  lead: number;
  leastLead: number;
}

/** What to try where a literal stands. */
export type Action =
  | { kind: 'format'; compiled: CompiledFormat }
  | { kind: 'keyword'; length: number }
  | { kind: 'armour' }
  | { kind: 'login'; literal: string }
  | { kind: 'dump' };

/** Everything that a scan needs to know, compiled once. */
export interface Engine {
  grams: GramTable<Action>;
  names: Names | undefined;
  needles: NeedleIndex;
  /** Whether URLs are searched for credentials. */
  urls: boolean;
  /** Whether a format may stand in a number. */
  numeric: boolean;
}

/** Compiles formats, names and known values into one engine. */
export function compile(formats: readonly Format[], names: readonly string[] | undefined, needles: NeedleIndex): Engine {
  const grams = new GramTable<Action>();
  for (const format of formats) addFormat(grams, format);
  if (formats.length > 0) {
    grams.add({ literal: '-----begin', fold: true, action: { kind: 'armour' } });
    for (const literal of LOGIN_LITERALS) grams.add({ literal, fold: true, action: { kind: 'login', literal } });
    for (const literal of ['00000000', '<buffer ']) grams.add({ literal, fold: true, action: { kind: 'dump' } });
  }
  if (names !== undefined)
    for (const word of keywordsFor(names))
      grams.add({ literal: word, fold: true, named: true, action: { kind: 'keyword', length: word.length } });
  const numeric = formats.some(mayBeNumber);
  return { grams, names: names === undefined ? undefined : new Names(names), needles, urls: formats.length > 0, numeric };
}

/** Engines by their formats and names: redactors that look for the same things share the tables. */
const compiled = new WeakMap<readonly Format[], Map<string, Engine>>();
const MOST_COMPILED = 32;

/** The engine for formats, names and known values; what does not depend on the values is compiled once. */
export function engineFor(formats: readonly Format[], names: readonly string[] | undefined, needles: NeedleIndex): Engine {
  const engines = compiled.get(formats) ?? new Map<string, Engine>();
  compiled.set(formats, engines);
  const key = JSON.stringify(names) ?? '';
  const engine = engines.get(key) ?? compile(formats, names, needles);
  if (engines.size < MOST_COMPILED) engines.set(key, engine);
  return { ...engine, needles };
}

function keywordsFor(names: readonly string[]): string[] {
  const words = names.flatMap((name) => name.toLowerCase().match(/[a-z]{3,}/g) ?? []);
  return [...new Set([...KEYWORDS, ...words])];
}

function addFormat(grams: GramTable<Action>, format: Format): void {
  const flags = format.ignoreCase ? 'yi' : 'y';
  const lead = leadOf(format);
  const least = format.parts.slice(0, format.anchor).reduce((sum, part) => sum + leastOf(part), 0);
  const compiled: CompiledFormat = { format, pattern: new RegExp(patternOf(format), flags), lead, leastLead: least };
  const action: Action = { kind: 'format', compiled };
  const next = nextOf(format);
  const free = lead === 0 && !format.glued && format.checksum === undefined;
  const fold = format.ignoreCase === true;
  for (const literal of literalsOf(format)) {
    const probe: Probe<Action> = { literal: fold ? literal.toLowerCase() : literal, fold, free, action };
    grams.add(next === undefined ? probe : { ...probe, next });
  }
}

/** The texts of which one stands in everything that a format matches. */
const literalsOf = (format: Format): string[] => [format.parts[format.anchor] as string | string[]].flat();

const LONGEST_NUMBER = 24;

/** Whether a number, as it is written, may hold what a format matches. */
const mayBeNumber = (format: Format): boolean =>
  literalsOf(format).some((literal) => IN_NUMBER.test(literal)) &&
  format.parts.reduce((sum, part) => sum + leastOf(part), 0) <= LONGEST_NUMBER;

/** Sets of characters by the body of a class: many formats have the same. */
const sets = new Map<string, ReadonlySet<number>>();

/** The characters that must come right after the anchor of a format, where they are of one class. */
function nextOf(format: Format): Probe<Action>['next'] {
  const next = format.parts[format.anchor + 1];
  if (typeof next !== 'object' || !('of' in next) || next.least === 0) return undefined;
  const flags = format.ignoreCase ? 'i' : '';
  const key = flags + next.of;
  let of = sets.get(key);
  if (of === undefined) {
    const one = new RegExp(`[${next.of}]`, flags);
    of = new Set(Array.from({ length: 256 }, (_, unit) => unit).filter((unit) => one.test(String.fromCharCode(unit))));
    sets.set(key, of);
  }
  return { of, least: next.least };
}

function leastOf(part: Format['parts'][number]): number {
  if (typeof part === 'string') return part.length;
  return 'of' in part ? part.least : Math.min(...part.map((text) => text.length));
}

import type { Format } from '../types.ts';
import { leadOf, patternOf } from '../formats/format.ts';
import { KEYWORDS } from './context.ts';
import { type Followers, GramTable } from './grams.ts';
import { LOGIN_LITERALS } from './logins.ts';
import { Names } from './names.ts';
import type { NeedleIndex } from './needles.ts';

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
  | { kind: 'login' }
  | { kind: 'dump' };

/** Everything that a scan needs to know, compiled once. */
export interface Engine {
  grams: GramTable<Action>;
  names: Names | undefined;
  needles: NeedleIndex;
  /** Whether URLs are searched for credentials. */
  urls: boolean;
}

/** Compiles formats, names and known values into one engine. */
export function compile(formats: readonly Format[], names: readonly string[] | undefined, needles: NeedleIndex): Engine {
  const grams = new GramTable<Action>();
  for (const format of formats) addFormat(grams, format);
  if (formats.length > 0) {
    grams.add({ literal: '-----begin', fold: true, action: { kind: 'armour' } });
    for (const literal of LOGIN_LITERALS) grams.add({ literal, fold: true, action: { kind: 'login' } });
    for (const literal of ['00000000', '<buffer ']) grams.add({ literal, fold: true, action: { kind: 'dump' } });
  }
  if (names !== undefined)
    for (const word of keywordsFor(names)) grams.add({ literal: word, fold: true, action: { kind: 'keyword', length: word.length } });
  return { grams, names: names === undefined ? undefined : new Names(names), needles, urls: formats.length > 0 };
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
  for (const literal of [format.parts[format.anchor] as string | string[]].flat()) {
    grams.add(
      { literal: format.ignoreCase ? literal.toLowerCase() : literal, fold: format.ignoreCase === true, action },
      followersOf(format),
    );
  }
}

/** What may come right after the anchor of a format. */
function followersOf(format: Format): Followers {
  const next = format.parts[format.anchor + 1];
  if (typeof next !== 'object' || !('of' in next) || next.least === 0) return 'any';
  const signs = next.of.replace(/[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9]/g, '');
  return signs === '' ? 'alnum' : /^[_-]+$/.test(signs) ? 'word' : 'any';
}

function leastOf(part: Format['parts'][number]): number {
  if (typeof part === 'string') return part.length;
  return 'of' in part ? part.least : Math.min(...part.map((text) => text.length));
}

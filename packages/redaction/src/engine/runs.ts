import { ALNUM, classAt, DIGIT, NAME } from './chars.ts';
import type { Introduction, Names } from './names.ts';
import { isPlaceholder, isUuid, shapeOf } from './values.ts';
import { VENDORS } from './vendors.ts';
import { wordiness } from './words.ts';

export interface RunHit {
  start: number;
  end: number;
  rule: string;
}

/** Tokens whose shape says enough although they hold no fixed text. */
const SHAPES: readonly { rule: string; pattern: RegExp }[] = [
  { rule: 'discord-bot-token', pattern: /^[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}$/ },
  { rule: 'twilio-key', pattern: /^(?:SK|AC|AP)(?!0{16})[0-9a-f]{32}$/ },
  { rule: 'airtable-token', pattern: /^pat[A-Za-z0-9]{14}\.[0-9a-f]{64}/ },
  { rule: 'crates-io-token', pattern: /^cio[A-Za-z0-9]{32}$/ },
];

/** First characters of the shapes, so that most runs are passed over at once. */
export const SHAPE_HEADS: ReadonlySet<number> = new Set(Array.from('MNOSApc', (c) => c.charCodeAt(0)));

/** Judges a run of token characters that no literal gave away: by its shape, then by the words in front of it. */
export function judgeRun(text: string, start: number, end: number, names: Names): RunHit | undefined {
  const length = end - start;
  if (length > 200 || length < LEAST) return undefined;
  if (length >= 30 && length <= 120 && SHAPE_HEADS.has(text.charCodeAt(start))) {
    const run = text.slice(start, end);
    for (const { rule, pattern } of SHAPES) if (pattern.test(run)) return { start, end, rule };
  }
  if (!isIntroduced(text, start, names)) return undefined;
  let last = end;
  while (last > start && (classAt(text, last - 1) & ALNUM) === 0 && text.charCodeAt(last - 1) !== 0x3d) last--;
  return looksGenerated(text.slice(start, last)) ? { start, end: last, rule: 'secret' } : undefined;
}

const LEAST = 20;
/** Signs that may stand between a name and its value: blanks, quotes, `= : > ( [ , - #`. */
export const SEPARATORS: ReadonlySet<number> = new Set(Array.from(' \t\n\r"\'`=:>([,-#|', (c) => c.charCodeAt(0)));
const LONGEST_GAP = 8;
/** Words between a service's name and its key. */
const JOINING = new Set(['api', 'is', 'bot', 'app', 'account', 'access', 'auth', 'using', 'user', 'rest', 'key', 'apikey', 'live', 'test']);
/** Last words of names that tell of something else. */
const OTHER =
  /(?:^|[^a-z])(?:ids?|sha\d*|hash|commit|version|digest|checksum|url|uri|host|domain|project|request|trace|span|etag|rev|revision|path|file|page|event|model|integrity|resolved)$|\.(?:[cm]?[jt]sx?|json|py|go|rb|rs|md|html|css|java|php|ya?ml)$/i;

/** Whether the words directly in front of a run name a service, or a key. */
function isIntroduced(text: string, start: number, names: Names): boolean {
  const end = backOver(text, behindNumber(text, start));
  if (end === start) return false;
  const word = wordBefore(text, end);
  if (word.length < 2 || word.length > 32 || text.charCodeAt(end - word.length - 1) === 0x40) return false;
  const said = recall(word, names);
  if (said !== 'joins') return said === 'yes';
  const before = wordBefore(text, backOver(text, end - word.length));
  return before.length > 1 && (namesVendor(before) || names.classify(`${before} ${word}`) === 'secret');
}

/** The word directly in front of a run when it is known to introduce nothing. */
export function dullWord(text: string, start: number, names: Names): { start: number; end: number } | undefined {
  const end = backOver(text, start);
  const word = end === start ? '' : wordBefore(text, end);
  return word.length > 1 && word.length <= 32 && recall(word, names) === 'no' ? { start: end - word.length, end } : undefined;
}

const MOST_WORDS = 4096;

function recall(word: string, names: Names): Introduction {
  // Another identifier names nothing, and would only fill the memory.
  let digits = 0;
  for (let i = 0; i < word.length; i++) if ((classAt(word, i) & DIGIT) !== 0) digits++;
  if (digits > 2) return 'no';
  const known = names.introductions.get(word);
  if (known !== undefined) return known;
  const said = introduces(word, names);
  if (names.introductions.size >= MOST_WORDS) names.introductions.clear();
  names.introductions.set(word, said);
  return said;
}

function introduces(word: string, names: Names): Introduction {
  if (OTHER.test(word)) return 'no';
  if (namesVendor(word)) return 'yes';
  const kind = names.classify(word);
  if (kind === 'secret' || kind === 'whole') return 'yes';
  return JOINING.has(word.toLowerCase()) ? 'joins' : 'no';
}

/** Where the number of `number:secret` and `number|secret` begins; the run itself without one. */
function behindNumber(text: string, start: number): number {
  const sign = text.charCodeAt(start - 1);
  if (sign !== 0x3a && sign !== 0x7c) return start;
  let at = start - 1;
  while (start - at < 24 && (classAt(text, at - 1) & DIGIT) !== 0) at--;
  return start - at > 5 ? at : start;
}

function backOver(text: string, at: number): number {
  let end = at;
  while (end > 0 && at - end < LONGEST_GAP && SEPARATORS.has(text.charCodeAt(end - 1))) end--;
  return end;
}

function wordBefore(text: string, end: number): string {
  let start = end;
  while (start > 0 && end - start < 48 && (classAt(text, start - 1) & NAME) !== 0) start--;
  return text.slice(start, end);
}

const remembered = new Map<string, boolean>();

function namesVendor(word: string): boolean {
  let known = remembered.get(word);
  if (known === undefined) {
    const parts = word
      .replace(/^-+D/, '')
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/);
    known = parts.some((part, i) => VENDORS.has(part) || VENDORS.has(part + (parts[i + 1] ?? '')));
    if (remembered.size > 2048) remembered.clear();
    remembered.set(word, known);
  }
  return known;
}

/** Letters and digits well mixed, of high entropy, no words. */
function looksGenerated(value: string): boolean {
  if (
    value.length < LEAST ||
    !/^[A-Za-z0-9_.~+/|:-]+={0,2}$/.test(value) ||
    isPlaceholder(value) ||
    /0123456789|abcdefgh|(?:19|20)\d\d-[01]\d-[0-3]\d/i.test(value)
  )
    return false;
  const shape = shapeOf(value);
  if (isUuid(value) || shape.hex === shape.length) return shape.digits >= 4 && shape.digits < shape.length && shape.entropy > 2.8;
  return (
    shape.digits >= 2 && shape.upper + shape.lower >= 4 && shape.entropy > 3 && shape.others * 5 < shape.length && wordiness(value) < 0.55
  );
}

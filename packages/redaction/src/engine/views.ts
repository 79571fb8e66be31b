import { classAt, DIGIT, HEX, RUN, SPACE } from './chars.ts';

/** A decoded stretch of text and, for each of its characters and its end, the place in the source. */
export interface View {
  text: string;
  map: Int32Array;
}

/** How far from a code a stretch reaches on either side. */
const REACH = 2048;
// oxlint-disable-next-line no-control-regex -- the escape character is meant
const ANSI = /\x1b(?:\[[0-9;?:]{0,24}[A-Za-z]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\))/y;
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]|\xe2\x80[\x8b-\x8f]|\xef\xbb\xbf|\xe2\x81\xa0|\xc2\xad/g;
const INVISIBLE_HERE = new RegExp(INVISIBLE.source, 'y');
const CODE =
  /%(?:25)*([0-9a-fA-F]{2})|\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,5})\}|([nrtbf])|(["'/`]))|&#(?:x([0-9a-fA-F]{1,4})|(\d{1,5}));|&(amp|quot|lt|gt);/y;
const NAMED: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', amp: '&', quot: '"', lt: '<', gt: '>' };

function ends(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (classAt(text, at) & SPACE) !== 0 || unit === 0x22 || unit === 0x27 || unit === 0x3c || unit === 0x3e || unit === 0x60;
}

/** The stretch around a code at `at`, without blanks and quotes. */
export const encodedRegion = (text: string, at: number, from: number, to: number): Region =>
  regionAround(text, at, Math.max(from, at - REACH, 0), Math.min(to, at + REACH));

export interface Region {
  start: number;
  end: number;
}

/** The stretch without blanks and quotes around a code. */
function regionAround(text: string, at: number, least: number, most: number): Region {
  let start = at;
  while (start > least && !ends(text, start - 1)) start--;
  let end = at + 1;
  while (end < most && !ends(text, end)) end++;
  return { start, end };
}

const isHex = (text: string, at: number): boolean => (classAt(text, at) & HEX) !== 0;

/** Whether an encoded character, or a terminal sequence inside a token, begins at `at`. */
export function isCodeAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  if (unit === 0x25) return isHex(text, at + 1) && isHex(text, at + 2);
  if (unit === 0x26) return next === 0x23 && (text.charCodeAt(at + 2) === 0x78 || (classAt(text, at + 2) & DIGIT) !== 0);
  if (unit === 0x1b) return isInsideToken(text, at);
  if (unit !== 0x5c) return false;
  if (next === 0x75) return isHex(text, at + 2) || text.charCodeAt(at + 2) === 0x7b;
  return next === 0x2f || (next === 0x78 && isHex(text, at + 2) && isHex(text, at + 3));
}

/** Whether a terminal sequence has parts of a token on both sides. */
function isInsideToken(text: string, at: number): boolean {
  if (at === 0 || (classAt(text, at - 1) & RUN) === 0) return false;
  let end = at;
  for (;;) {
    ANSI.lastIndex = end;
    const match = ANSI.exec(text);
    if (match === null) break;
    end += match[0].length;
  }
  return end > at && (classAt(text, end) & RUN) !== 0;
}

/** The text of UTF-16 units. */
const textOf = (units: Uint16Array<ArrayBuffer>, length: number): string => Buffer.from(units.buffer, 0, 2 * length).toString('utf16le');

/** Decodes [start, end); undefined when nothing in it was encoded. */
export function decode(text: string, { start, end }: Region): View | undefined {
  const units = new Uint16Array(end - start);
  const map = new Int32Array(end - start + 1);
  let n = 0;
  for (let i = start; i < end;) {
    const unit = text.charCodeAt(i);
    const special = unit === 0x25 || unit === 0x5c || unit === 0x26 || unit === 0x1b;
    const length = special ? codeAt(text, i, unit) : 0;
    map[n] = i;
    if (length === 0) units[n++] = unit;
    else if (decoded >= 0) units[n++] = decoded;
    i += Math.max(1, length);
  }
  if (n === end - start) return undefined;
  map[n] = end;
  return { text: textOf(units, n), map: map.subarray(0, n + 1) };
}

/** What the code that `codeAt` saw last stands for; -1 for nothing. */
let decoded = -1;

/** Length of the code or terminal sequence at `at`; 0 when there is none. */
function codeAt(text: string, at: number, unit: number): number {
  if (
    unit === 0x25 &&
    isHex(text, at + 1) &&
    isHex(text, at + 2) &&
    !(text.charCodeAt(at + 1) === 0x32 && text.charCodeAt(at + 2) === 0x35)
  ) {
    decoded = (digitOf(text.charCodeAt(at + 1)) << 4) | digitOf(text.charCodeAt(at + 2));
    return 3;
  }
  decoded = -1;
  const escape = unit === 0x5c ? escapeAt(text, at) : 0;
  return escape > 0 ? escape : rarerAt(text, at, unit);
}

/** The same of a code that is long or rare, apart, so that looking at the others is short. */
function rarerAt(text: string, at: number, unit: number): number {
  if (unit === 0x1b) {
    ANSI.lastIndex = at;
    return ANSI.exec(text)?.[0].length ?? 0;
  }
  CODE.lastIndex = at;
  const match = CODE.exec(text);
  if (match === null) return 0;
  decoded = characterOf(match).charCodeAt(0);
  return match[0].length;
}

/** The same of an escape with one backslash, as JSON has it: `\\u0041`, `\\n`, `\\/`. */
function escapeAt(text: string, at: number): number {
  if (at + 1 >= text.length) return 0;
  const next = text.charCodeAt(at + 1);
  if (next === 0x75) {
    if (at + 5 >= text.length) return 0;
    let value = 0;
    for (let i = at + 2; i < at + 6; i++) {
      if (!isHex(text, i)) return 0;
      value = (value << 4) | digitOf(text.charCodeAt(i));
    }
    decoded = value;
    return 6;
  }
  const stands = next < 128 ? (ESCAPES[next] as number) : 0;
  if (stands === 0) return 0;
  decoded = stands;
  return 2;
}
/** What the letters and signs of escapes stand for. */
const ESCAPES = new Uint8Array(128);
for (const sign of 'nrtbf') ESCAPES[sign.charCodeAt(0)] = (NAMED[sign] as string).charCodeAt(0);
for (const sign of `"'/\``) ESCAPES[sign.charCodeAt(0)] = sign.charCodeAt(0);

function characterOf(match: RegExpExecArray): string {
  const hex = match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[7];
  if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16) & 0xffff);
  if (match[8] !== undefined) return String.fromCharCode(Number(match[8]) & 0xffff);
  return match[6] ?? NAMED[(match[5] ?? match[9]) as string] ?? '';
}

/** The stretches around invisible characters, without them. */
export function* withoutInvisible(text: string, from: number, to: number): Generator<View> {
  let done = from;
  INVISIBLE.lastIndex = from;
  for (let match = INVISIBLE.exec(text); match !== null && match.index < to; match = INVISIBLE.exec(text)) {
    const resume = INVISIBLE.lastIndex;
    let start = match.index;
    while (start > Math.max(done, match.index - REACH) && !ends(text, start - 1)) start--;
    let end = resume;
    while (end < Math.min(to, match.index + REACH) && !ends(text, end)) end++;
    yield strip(text, start, end);
    done = end;
    INVISIBLE.lastIndex = end;
  }
}

function strip(text: string, start: number, end: number): View {
  const units = new Uint16Array(end - start);
  const map = new Int32Array(end - start + 1);
  let n = 0;
  for (let i = start; i < end;) {
    const unit = text.charCodeAt(i);
    const length = unit < 0x80 ? 0 : invisibleLength(text, i, unit);
    if (length === 0) {
      map[n] = i;
      units[n++] = unit;
    }
    i += Math.max(1, length);
  }
  map[n] = end;
  return { text: textOf(units, n), map: map.subarray(0, n + 1) };
}

/** Length of what `INVISIBLE` matches at `at`, or 0. */
function invisibleLength(text: string, at: number, unit: number): number {
  if (unit < 0x100 && unit !== 0xad && unit !== 0xc2 && unit !== 0xe2 && unit !== 0xef) return 0;
  INVISIBLE_HERE.lastIndex = at;
  return INVISIBLE_HERE.exec(text)?.[0].length ?? 0;
}

/** Bytes at the head of a run that must be printable before the whole is decoded. */
const SAMPLE = 9;
/** Values of base64 characters, -1 for others. */
export const SIXES = new Int8Array(256).fill(-1);
Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').forEach((c, i) => (SIXES[c.charCodeAt(0)] = i));
SIXES[0x2d] = 62;
SIXES[0x5f] = 63;

const isPrintable = (byte: number): boolean => (byte >= 32 && byte < 127) || byte === 10 || byte === 9 || byte === 13;

/** Decodes a run of base64 or hex characters when it holds text. */
export function decodedRun(text: string, start: number, end: number): View | undefined {
  if (end - start >= 32 && hexHolds(text, start)) return decodeBytes(text, start, end, 'hex');
  if (end - start < 16) return undefined;
  for (let shift = 0; shift < 4; shift++) if (base64Holds(text, start + shift)) return decodeBytes(text, start + shift, end, 'base64');
  return undefined;
}

function hexHolds(text: string, at: number): boolean {
  for (let i = at; i < at + 2 * SAMPLE; i += 2) {
    if ((classAt(text, i) & classAt(text, i + 1) & HEX) === 0) return false;
    if (!isPrintable((digitOf(text.charCodeAt(i)) << 4) | digitOf(text.charCodeAt(i + 1)))) return false;
  }
  return true;
}

const digitOf = (unit: number): number => (unit & 15) + (unit > 64 ? 9 : 0);

function base64Holds(text: string, at: number): boolean {
  let bits = 0;
  let held = 0;
  for (let i = at, seen = 0; seen < SAMPLE; i++) {
    const six = SIXES[text.charCodeAt(i) & 255] as number;
    if (six < 0) return false;
    bits = ((bits << 6) | six) & 0x3fff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    seen++;
    if (!isPrintable((bits >> held) & 255)) return false;
  }
  return true;
}

function decodeBytes(source: string, start: number, end: number, encoding: 'hex' | 'base64'): View {
  const size = encoding === 'hex' ? 2 : 4 / 3;
  const text = Buffer.from(source.slice(start, end), encoding).toString('latin1');
  const map = new Int32Array(text.length + 1);
  for (let i = 0; i < text.length; i++) map[i] = start + Math.floor(i * size);
  map[text.length] = end;
  return { text, map };
}

const DUMP_LINE = /(?:[0-9a-f]{4,16}:?[ \t]{1,3})((?:[0-9a-f]{2}){1,2}(?:[ ]{1,2}(?:[0-9a-f]{2}){1,2}){3,15})[^\n]{0,24}\n?/iy;
const DUMP_INSPECT = /<(?:Buffer|[0-9a-f]{2})((?: [0-9a-f]{2}){8,})/iy;

/** A hexdump (`hexdump -C`, `xxd`, `od`, a printed Buffer) that begins at `at`, as the bytes that it shows. */
export function dumpView(text: string, at: number, to: number): View | undefined {
  const out: string[] = [];
  const map: number[] = [];
  let i = at;
  const take = (digits: string, from: number): void => {
    for (const match of digits.matchAll(/[0-9a-f]{2}/gi)) {
      out.push(String.fromCharCode(parseInt(match[0], 16)));
      map.push(from + match.index);
    }
  };
  DUMP_INSPECT.lastIndex = at;
  const inspected = DUMP_INSPECT.exec(text);
  if (inspected !== null) {
    take(inspected[1] as string, at + inspected[0].length - (inspected[1] as string).length);
    i += inspected[0].length;
  }
  while (inspected === null && i < to) {
    DUMP_LINE.lastIndex = i;
    const line = DUMP_LINE.exec(text);
    if (line === null) break;
    take(line[1] as string, i + line[0].indexOf(line[1] as string));
    i += line[0].length;
  }
  return out.length < 8 ? undefined : { text: out.join(''), map: Int32Array.from([...map, i]) };
}

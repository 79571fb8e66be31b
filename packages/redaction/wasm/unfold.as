/** JSON text brought to what its strings say, one after another, while its keys are asked for in a table of those that say nothing. */
import { CLASSES, MASKS, field } from './fields';
import { narrow } from './narrow';

// Where the numbers of a request are; `src/engine/unfold.ts` writes and reads the same.
const INPUT: usize = 0;
const LENGTH: usize = 4;
const OUTPUT: usize = 8;
const KEYS: usize = 12; // the table of keys
const CONTAINERS: usize = 16; // out: level and key of each array and record
const UNKNOWN: usize = 20; // out: begin and length of each key that is not in the table
const LEVELS: usize = 24; // room for what is known of the containers around
const NUMERIC: usize = 28; // whether long numbers are text as well
const MOST_LEVELS: usize = 32;
const MOST_CONTAINERS: usize = 36;
const MOST_UNKNOWN: usize = 40;
const OUT_LENGTH: usize = 44;
const CONTAINER_COUNT: usize = 48;
const UNKNOWN_COUNT: usize = 52;
const LONGEST: usize = 56; // bytes of the longest string
const MOST_ITEMS: usize = 60;
const DEEPEST: usize = 64;
const UNITS: usize = 72; // where the text is in units of 16 bits; 0 where it came as bytes
const MOST_OUT: usize = 68; // end of the room for what the strings say

/** Keys in the table have fewer bytes than this; the last byte of their place says what they are. */
const KEY_ROOM: usize = 32;
const TABLE: usize = 32768;
const IS_NAME: u32 = 2; // names the value beside it
const IS_VALUE: u32 = 3; // is named by a text beside it

const SHORTEST_TEXT: usize = 7;
const SHORTEST_NUMBER: usize = 8;
const LONGEST_NAME: usize = 40;
/** `\n\0\n` */
const BETWEEN: u32 = 0x0a000a;

const IN_ARRAY: u32 = 1;
const HAS_NAME: u32 = 2;

@inline function slotOf(table: usize, a: v128, b: v128): usize {
  const mixed = i64x2.extract_lane(a, 0) ^ rotl(i64x2.extract_lane(a, 1), 23) ^ rotl(i64x2.extract_lane(b, 0), 41) ^ rotl(i64x2.extract_lane(b, 1), 11);
  return table + <usize>(((<u64>mixed * 0x9e3779b97f4a7c15) >>> 55) << 6);
}

@inline function isAt(slot: usize, a: v128, b: v128): bool {
  const same = v128.or(v128.xor(a, v128.load(slot)), v128.xor(b, i8x16.replace_lane(v128.load(slot, 16), 15, 0)));
  return !v128.any_true(same);
}

/** The place of a key in the table of two places for each hash; 0 when it is not there. */
@inline function find(table: usize, classes: usize, at: usize, length: usize): usize {
  if (length >= KEY_ROOM) return 0;
  const masks = classes + MASKS + 32 - length;
  const a = v128.and(v128.load(at), v128.load(masks));
  const b = v128.and(v128.load(at, 16), v128.load(masks, 16));
  const slot = slotOf(table, a, b);
  if (isAt(slot, a, b) && load<u8>(slot, 31) != 0) return slot;
  if (isAt(slot + 32, a, b) && load<u8>(slot, 63) != 0) return slot + 32;
  return 0;
}

/** The same for the key that comes after another one: where the last key was that came after it is looked first. */
@inline function findNext(table: usize, classes: usize, at: usize, length: usize, before: usize): usize {
  if (length >= KEY_ROOM) return 0;
  const guess = table + <usize>load<u32>(before);
  const masks = classes + MASKS + 32 - length;
  const a = v128.and(v128.load(at), v128.load(masks));
  const b = v128.and(v128.load(at, 16), v128.load(masks, 16));
  if (isAt(guess, a, b) && load<u8>(guess, 31) != 0) return guess;
  const slot = find(table, classes, at, length);
  if (slot != 0) store<u32>(before, <u32>(slot - table));
  return slot;
}

/** Puts a key into the table; gives the number of its place. */
export function remember(c: usize, j: usize, at: usize, length: usize, kind: u32): u32 {
  const table: usize = field(j, KEYS);
  const masks = field(c, CLASSES) + MASKS + 32 - length;
  const a = v128.and(v128.load(at), v128.load(masks));
  const b = v128.and(v128.load(at, 16), v128.load(masks, 16));
  let slot = slotOf(table, a, b);
  if (load<u8>(slot, 31) != 0 && (load<u8>(slot, 63) == 0 || (length & 1) != 0)) slot += 32;
  v128.store(slot, a);
  v128.store(slot, b, 16);
  store<u8>(slot, kind, 31);
  return <u32>((slot - table) >>> 5);
}

/** Whether an item of an array may be the name of the next one: letters, digits, `_` and `-`, with a letter at the begin. */
function mayBeName(at: usize, length: usize): bool {
  if (length > LONGEST_NAME) return false;
  const end = at + length;
  for (let i = 0; i < 2 && at < end && load<u8>(at) == 0x2d; i++) at++;
  if (at >= end || (<u32>load<u8>(at) | 32) - 97 >= 26) return false;
  for (; at < end; at++) {
    const b: u32 = load<u8>(at);
    if ((b | 32) - 97 >= 26 && b - 48 >= 10 && b != 0x5f && b != 0x2d) return false;
  }
  return true;
}

/** The character of an escape, and how long it is in the upper half; `u32.MAX_VALUE` where it is none of one byte. */
@inline function unescape(at: usize): u32 {
  const e: u32 = load<u8>(at, 1);
  if (e == 0x6e) return 0x2000a;
  if (e == 0x74) return 0x20009;
  if (e == 0x72) return 0x2000d;
  if (e == 0x62) return 0x20008;
  if (e == 0x66) return 0x2000c;
  if (e != 0x75) return 0x20000 | e;
  if (load<u16>(at, 2) != 0x3030) return u32.MAX_VALUE;
  return 0x60000 | (digit(load<u8>(at, 4)) << 4) | digit(load<u8>(at, 5));
}

@inline function digit(b: u32): u32 { return b < 58 ? b - 48 : (b | 32) - 87; }

/** How many bytes the escapes of the string copied last were longer than what they stand for. */
let spared: usize = 0;

/** Copies a string without its quotes, its escapes replaced; gives the place of the closing quote, or 0. */
@inline function copy(at: usize, out: usize): usize {
  let p = at + 1;
  spared = 0;
  while (true) {
    const v = v128.load(p);
    v128.store(out, v);
    const stops: u32 = i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c))));
    if (stops == 0) {
      p += 16;
      out += 16;
      continue;
    }
    p += ctz(stops);
    out += ctz(stops);
    if (load<u8>(p) == 0x22) break;
    const unit = unescape(p);
    if (unit == u32.MAX_VALUE) return 0;
    store<u8>(out++, unit);
    p += unit >>> 16;
    spared += (unit >>> 16) - 1;
  }
  return p;
}

/** Whether a character stands here that may be none of one byte. */
function holdsWide(p: usize, end: usize): bool {
  for (; p < end; p++) if (load<u8>(p) == 255) return true;
  return false;
}

@inline function overComma(p: usize): usize { return p + <usize>(load<u8>(p) == 0x2c); }

/** Where a number or a word of JSON ends. */
@inline function endOfNumber(p: usize): usize {
  while (true) {
    const v = v128.load(p);
    const ends = i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(0x2c)), i8x16.eq(v128.or(v, i8x16.splat(0x20)), i8x16.splat(0x7d))));
    if (ends != 0) return p + ctz(ends);
    p += 16;
  }
}

/**
 * Goes over one JSON text as JSON.stringify writes it. False where it cannot be told that its strings and numbers are all
 * that has to be looked at.
 */
export function unfold(c: usize, j: usize): bool {
  const classes: usize = field(c, CLASSES);
  const table: usize = field(j, KEYS);
  const input: usize = field(j, INPUT);
  const end = input + field(j, LENGTH);
  const units: usize = field(j, UNITS);
  if (units != 0 && narrow(classes, units, input, end)) return false;
  const levels: usize = field(j, LEVELS);
  const numeric = field(j, NUMERIC) != 0;
  const mostOut: usize = field(j, MOST_OUT);
  const first: usize = field(j, OUTPUT);
  let container: usize = field(j, CONTAINERS);
  const mostContainers = container + (field(j, MOST_CONTAINERS) << 3);
  let unknown: usize = field(j, UNKNOWN);
  const firstUnknown = unknown;
  const mostUnknown = unknown + (field(j, MOST_UNKNOWN) << 3);
  let level: usize = levels;
  const deepest = levels + (field(j, MOST_LEVELS) << 3);
  let top = level;
  let flags: u32 = 0;
  let count: u32 = 0;
  let items: u32 = 0;
  let longest: usize = 0;
  let key: u32 = 0;
  let out = first;
  store<u32>(out, BETWEEN);
  out += 3;
  let before = table + TABLE;
  let p = input;
  while (p < end) {
    const b: u32 = load<u8>(p);
    if (b == 0x22) {
      const begin = out;
      const last = copy(p, out);
      if (last == 0) return false;
      const length = last - p - 1 - spared;
      out += length;
      longest = max(longest, length);
      if (load<u8>(last, 1) == 0x3a) {
        out = begin;
        if (spared != 0 || (units != 0 && holdsWide(p + 1, last))) return false;
        count++;
        const slot = findNext(table, classes, p + 1, length, before);
        if (slot == 0) {
          if (unknown == mostUnknown) return false;
          store<u32>(unknown, p + 1 - input);
          store<u32>(unknown, length, 4);
          key = 0x40000000 | <u32>((unknown - firstUnknown) >>> 3);
          unknown += 8;
        } else {
          const kind: u32 = load<u8>(slot, 31);
          if (kind == IS_NAME && load<u8>(last, 2) == 0x22) flags |= HAS_NAME;
          if (kind == IS_VALUE && (flags & HAS_NAME) != 0) return false;
          key = <u32>((slot - table) >>> 5);
          before = table + TABLE + ((slot - table) >>> 3);
        }
        p = last + 2;
        continue;
      }
      if ((flags & IN_ARRAY) != 0) {
        count++;
        if (load<u8>(last, 1) == 0x2c && mayBeName(begin, length) && find(table, classes, begin, length) == 0) {
          if (unknown == mostUnknown) return false;
          store<u32>(unknown, p + 1 - input);
          store<u32>(unknown, length, 4);
          unknown += 8;
        }
      }
      if (length >= SHORTEST_TEXT) {
        store<u32>(out, BETWEEN);
        out += 3;
      } else out = begin;
      p = overComma(last + 1);
    } else if (b == 0x7b || b == 0x5b) {
      if ((flags & IN_ARRAY) != 0) key = 0x80000000 | count++;
      if (container == mostContainers || level == deepest) return false;
      store<u32>(container, (<u32>((level - levels) >>> 3) << 1) | <u32>(b == 0x5b));
      store<u32>(container, key, 4);
      container += 8;
      store<u32>(level, flags);
      store<u32>(level, count, 4);
      level += 8;
      top = max(top, level);
      flags = b == 0x5b ? IN_ARRAY : 0;
      count = 0;
      p++;
    } else if (b == 0x7d || b == 0x5d) {
      items = max(items, count);
      level -= 8;
      flags = load<u32>(level);
      count = load<u32>(level, 4);
      p = overComma(p + 1);
    } else {
      const begin = p;
      p = endOfNumber(p);
      count += flags & IN_ARRAY;
      if (numeric && p - begin >= SHORTEST_NUMBER) {
        // Unlike a string, a number takes more room than it had.
        if (out + 64 > mostOut) return false;
        v128.store(out, v128.load(begin));
        v128.store(out, v128.load(begin, 16), 16);
        out += p - begin;
        store<u32>(out, BETWEEN);
        out += 3;
      }
      p = overComma(p);
    }
  }
  store<u32>(j, out - first, OUT_LENGTH);
  store<u32>(j, (container - field(j, CONTAINERS)) >>> 3, CONTAINER_COUNT);
  store<u32>(j, (unknown - firstUnknown) >>> 3, UNKNOWN_COUNT);
  store<u32>(j, longest, LONGEST);
  store<u32>(j, items, MOST_ITEMS);
  store<u32>(j, (top - levels) >>> 3, DEEPEST);
  return true;
}

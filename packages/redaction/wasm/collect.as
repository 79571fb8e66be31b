/** The collector: literals of formats and names, and words of known values. */
import { BASE, LENGTH, LOW, HIGH, GRAM_BITS, GRAM_KEYS, SLOTS, PROBES, WORD_BITS, WORD_SHIFT, WORD_CHECKS, CHECK_SHIFT, WORDS, WORD_COUNT, SCRATCH, AFTER, BEFORE_, LITERALS, LITERAL_COUNT, LITERAL_ROOM, GRAM_FROM, GRAM_END, INVISIBLE, UNITS, SHORT_BITS, CLASSES, PAIRS, FIFTEENS, THIRTY_ONES, WEIGHTS, LOWER_BITS, FACTORS, MASK_ROOM, TABLE_MASK, TABLE_SHIFT, A, B, MULT, field } from './fields';
import { isDullName } from './dull';
import { narrow } from './narrow';
import { runs } from './runs';
export { learn } from './dull';
export { remember, unfold } from './unfold';

/** Looks at every second byte for a gram of a literal, and at every fourth for a word of a known value: which of 64 bytes, as bits of a mask. */
function probe(c: usize): void {
  const base: usize = field(c, BASE);
  const end: usize = base + field(c, LENGTH);
  const grams = i32x4.splat(field(c, GRAM_BITS));
  const words = i32x4.splat(field(c, WORD_BITS));
  const shift = <i32>field(c, WORD_SHIFT);
  const classes: usize = field(c, CLASSES);
  const pairs = v128.load(classes, PAIRS);
  const fifteens = v128.load(classes, FIFTEENS);
  const thirtyOnes = v128.load(classes, THIRTY_ONES);
  const weights = v128.load(classes, WEIGHTS);
  const lower = v128.load(classes, LOWER_BITS);
  const factor = v128.load(classes, FACTORS);
  const scratch: usize = field(c, SCRATCH);
  const found: usize = scratch + MASK_ROOM;
  let gramOut = scratch;
  let wordOut = found;
  for (let p: usize = base; p < end; p += 64) {
    let gramMask = gramsIn(p, grams, pairs, fifteens, thirtyOnes, weights, lower) | (gramsIn(p + 32, grams, pairs, fifteens, thirtyOnes, weights, lower) << 16);
    let wordMask = wordsIn(p, words, shift, pairs, factor);
    const left = end - p;
    if (left < 64) {
      gramMask &= (<u32>2 << (<u32>(left - 1) >>> 1)) - 1;
      wordMask &= (<u32>2 << (<u32>(left - 1) >>> 2)) - 1;
    }
    store<u32>(gramOut, p);
    store<u32>(gramOut, gramMask, 4);
    gramOut += <usize>(gramMask != 0) << 3;
    store<u32>(wordOut, p);
    store<u32>(wordOut, wordMask, 4);
    wordOut += <usize>(wordMask != 0) << 3;
  }
  checkGrams(c, scratch, gramOut);
  checkWords(c, found, wordOut, base);
}

/** Which of the sixteen even places in 32 bytes may be in a literal: by the lower five bits of three characters and four of the next one. */
@inline function gramsIn(p: usize, table: v128, pairs: v128, fifteens: v128, thirtyOnes: v128, weights: v128, lower: v128): u32 {
  const v = v128.load(p);
  const w = v128.load(p, 16);
  const v2 = v128.load(p, 2);
  const w2 = v128.load(p, 18);
  const a = placesOf(v, v2, thirtyOnes, weights, lower);
  const b = placesOf(w, w2, thirtyOnes, weights, lower);
  const low = gather8(i32x4.add(table, i32x4.extend_low_i16x8_u(a)), i32x4.add(table, i32x4.extend_high_i16x8_u(a)));
  const high = gather8(i32x4.add(table, i32x4.extend_low_i16x8_u(b)), i32x4.add(table, i32x4.extend_high_i16x8_u(b)));
  const seen = i64x2.replace_lane(i64x2.splat(low), 1, high);
  const next = i8x16.narrow_i16x8_u(i16x8.shr_u(v2, 8), i16x8.shr_u(w2, 8));
  const bits = i8x16.relaxed_swizzle(pairs, v128.and(next, fifteens));
  return i8x16.bitmask(i8x16.eq(v128.and(seen, bits), bits));
}

/** Places of a table of 32 KiB for the four characters at even places: fifteen bits of three of them. */
@inline function placesOf(v: v128, v2: v128, thirtyOnes: v128, weights: v128, lower: v128): v128 {
  const two = i16x8.relaxed_dot_i8x16_i7x16_s(v128.and(v, thirtyOnes), weights);
  return v128.and(i16x8.add(two, i16x8.shl(v2, 10)), lower);
}

/** The bytes at eight places. */
@inline function gather8(a: v128, b: v128): u64 {
  const x0 = i64x2.extract_lane(a, 0);
  const x1 = i64x2.extract_lane(a, 1);
  const x2 = i64x2.extract_lane(b, 0);
  const x3 = i64x2.extract_lane(b, 1);
  return (
    <u64>load<u8>(<u32>x0) |
    (<u64>load<u8>(<u32>(<u64>x0 >>> 32)) << 8) |
    (<u64>load<u8>(<u32>x1) << 16) |
    (<u64>load<u8>(<u32>(<u64>x1 >>> 32)) << 24) |
    (<u64>load<u8>(<u32>x2) << 32) |
    (<u64>load<u8>(<u32>(<u64>x2 >>> 32)) << 40) |
    (<u64>load<u8>(<u32>x3) << 48) |
    (<u64>load<u8>(<u32>(<u64>x3 >>> 32)) << 56)
  );
}

/** Which of the sixteen words of four bytes may belong to a known value. */
@inline function wordsIn(p: usize, table: v128, shift: i32, pairs: v128, factor: v128): u32 {
  const k0 = i32x4.shr_u(i32x4.mul(v128.load(p), factor), shift);
  const k1 = i32x4.shr_u(i32x4.mul(v128.load(p, 16), factor), shift);
  const k2 = i32x4.shr_u(i32x4.mul(v128.load(p, 32), factor), shift);
  const k3 = i32x4.shr_u(i32x4.mul(v128.load(p, 48), factor), shift);
  const low = gather8(i32x4.add(table, i32x4.shr_u(k0, 4)), i32x4.add(table, i32x4.shr_u(k1, 4)));
  const high = gather8(i32x4.add(table, i32x4.shr_u(k2, 4)), i32x4.add(table, i32x4.shr_u(k3, 4)));
  const seen = i64x2.replace_lane(i64x2.splat(low), 1, high);
  const lower = i32x4.splat(15);
  const rest = i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_u(v128.and(k0, lower), v128.and(k1, lower)),
    i16x8.narrow_i32x4_u(v128.and(k2, lower), v128.and(k3, lower)),
  );
  const bits = i8x16.relaxed_swizzle(pairs, rest);
  return i8x16.bitmask(i8x16.eq(v128.and(seen, bits), bits));
}

/** Keeps the words beside which two more bytes of a known value stand, and words of short forms. */
function checkWords(c: usize, from: usize, to: usize, base: usize): void {
  const checks: usize = field(c, WORD_CHECKS);
  const shorts: usize = field(c, SHORT_BITS);
  const shift = field(c, CHECK_SHIFT);
  const words: usize = field(c, WORDS);
  let out = words;
  for (let i = from; i < to; i += 8) {
    const start: usize = load<u32>(i);
    let mask = load<u32>(i, 4);
    do {
      const p = start + (<usize>ctz(mask) << 2);
      mask &= mask - 1;
      const key = load<u32>(p) * A;
      const after = (key ^ <u32>load<u16>(p + 4)) * B;
      const around = (key ^ (<u32>load<u8>(p - 1) << 16) ^ (<u32>load<u8>(p + 4) << 24)) * B;
      const before = (key ^ (<u32>load<u16>(p - 2) << 8)) * B;
      store<u32>(out, p - base);
      const beside = checkBit(checks, shift, after) | checkBit(checks, shift, around) | checkBit(checks, shift, before);
      out += (beside | bit(shorts, (key * B) >>> 17)) << 2;
    } while (mask != 0);
  }
  store<u32>(c + WORD_COUNT, (out - words) >>> 2);
}

@inline function checkBit(table: usize, shift: u32, key: u32): u32 {
  const bits = load<u32>(table + ((key >>> shift) & ~3));
  return (bits >>> ((key >>> 6) & 31)) & (bits >>> ((key >>> 11) & 31)) & (bits >>> ((key * MULT) >>> 27)) & 1;
}

/** Keeps the places where the gram that a literal is looked up by may stand: a place that was seen, or the one after it. */
function checkGrams(c: usize, from: usize, to: usize): void {
  const after: usize = field(c, AFTER);
  const before: usize = field(c, BEFORE_);
  const places: usize = field(c, SCRATCH) + 2 * MASK_ROOM;
  let kept = places;
  for (let i = from; i < to; i += 8) {
    const start: usize = load<u32>(i);
    let mask = load<u32>(i, 4);
    do {
      const p = start + (<usize>ctz(mask) << 1);
      mask &= mask - 1;
      const w = load<u64>(p - 1) | 0x202020202020;
      store<u32>(kept, p);
      kept += mayBegin(after, before, <u32>(w >>> 8), <u32>w);
      store<u32>(kept, p + 1);
      kept += mayBegin(after, before, <u32>(w >>> 16), <u32>(w >>> 8));
    } while (mask != 0);
  }
  store<u32>(c + GRAM_END, kept);
  verify(c, places, kept);
}

/** 4 where a gram stands beside a character that a literal has there, else 0. */
@inline function mayBegin(after: usize, before: usize, w: u32, x: u32): u32 {
  return (bit(after, (w * MULT) >>> 16) | bit(before, (rotr(x, 8) * MULT) >>> 16)) << 2;
}

/** Goes on where the list of literals was full. */
export function more(c: usize): void {
  verify(c, field(c, GRAM_FROM), field(c, GRAM_END));
}

/** What a probe is besides its literal: a word of a name, or the begin of a token that stands free. */
const NAMED: u32 = 1;
const FREE: u32 = 2;

/** Whether a letter or digit stands directly before, which no escape can end in: none begins in the 16 characters before. */
@inline function isGlued(c: usize, start: usize, low: usize): bool {
  if (start == low || (load<u8>(<usize>field(c, CLASSES) + <usize>load<u8>(start - 1)) & 1) == 0) return false;
  const v = v128.load(start - 16);
  const escapes = v128.or(v128.or(i8x16.eq(v, i8x16.splat(0x5c)), i8x16.eq(v, i8x16.splat(0x25))), i8x16.eq(v, i8x16.splat(0x1b)));
  return !v128.any_true(escapes);
}

function verify(c: usize, from: usize, to: usize): void {
  const image = field(c, GRAM_BITS);
  const base = field(c, BASE);
  const keys = field(c, GRAM_KEYS);
  const slots = field(c, SLOTS);
  const probes = field(c, PROBES);
  const low = field(c, LOW);
  const high = field(c, HIGH);
  const literals = field(c, LITERALS);
  const most = literals + (field(c, LITERAL_ROOM) << 2);
  let out: usize = literals;
  for (let i = from; i < to; i += 4) {
    const at = load<u32>(i);
    const gram = (load<u32>(at) | 0x20202020) & 0xffffff;
    let place = (gram * MULT) >>> TABLE_SHIFT;
    let key: u32;
    while ((key = load<u32>(keys + (place << 3))) != gram) {
      if (key == 0) break;
      place = (place + 1) & TABLE_MASK;
    }
    if (key == 0) continue;
    let slot = slots + (load<u32>(keys + (place << 3), 4) << 2);
    for (;;) {
      const entry = load<u32>(slot);
      if (entry == 0) break;
      slot += 4;
      const offset = (entry >>> 16) - 1;
      const probe = probes + ((entry & 0xffff) << 4);
      if (stands(image, probe, at - offset, low, high)) {
        const rule: u32 = load<u8>(probe, 7);
        if (rule == NAMED && isDullName(c, at - offset, load<u8>(probe, 4), low, high)) continue;
        if (rule == FREE && isGlued(c, at - offset, low)) continue;
        insert(literals, out, probes, (entry & 0xffff) << 16 | (at - offset - low));
        out += 4;
      }
    }
    if (out > most) {
      store<u32>(c + GRAM_FROM, i + 4);
      store<u32>(c + LITERAL_COUNT, (out - literals) >>> 2);
      return;
    }
  }
  store<u32>(c + GRAM_FROM, 0);
  store<u32>(c + LITERAL_COUNT, (out - literals) >>> 2);
}

/** Puts a literal into the list: in the order of their begins, of those that begin at one place the longest first. */
@inline function insert(first: usize, end: usize, probes: usize, found: u32): void {
  const start = found & 0xffff;
  const length = load<u8>(probes + (found >>> 16 << 4), 4);
  let out = end;
  for (; out > first; out -= 4) {
    const before = load<u32>(out - 4);
    const place = before & 0xffff;
    if (place < start || (place == start && load<u8>(probes + (before >>> 16 << 4), 4) >= length)) break;
    store<u32>(out, before);
  }
  store<u32>(out, found);
}

/** probe: u32 literal, u8 length, u8 fold, u8 least, u8 rule, u32 set */
function stands(image: usize, probe: usize, start: usize, low: usize, high: usize): bool {
  if (start < low) return false;
  const literal = image + load<u32>(probe);
  const length: usize = load<u8>(probe, 4);
  const fold: u32 = load<u8>(probe, 5);
  const end = start + length;
  if (end > high) return false;
  for (let i: i32 = <i32>length - 1; i >= 0; i--) {
    let a: u32 = load<u8>(start + i);
    if (a - 65 < 26) a |= fold;
    if (a != <u32>load<u8>(literal + i)) return false;
  }
  const least: usize = load<u8>(probe, 6);
  const set = image + load<u32>(probe, 8);
  const limit = min(end + least, high);
  for (let p = end; p < limit; p++) {
    const b: u32 = load<u8>(p);
    if (((<u32>load<u8>(set + (b >>> 3)) >>> (b & 7)) & 1) == 0) return false;
  }
  return true;
}

@inline function bit(table: usize, h: u32): u32 { return (load<u32>(table + ((h >>> 3) & ~3)) >>> (h & 31)) & 1; }

export function collect(c: usize): void {
  const units: usize = field(c, UNITS);
  const low: usize = field(c, LOW);
  const high: usize = field(c, HIGH);
  store<u32>(c, <u32>(units != 0 && narrow(field(c, CLASSES), units, low, high)), INVISIBLE);
  const zero = i8x16.splat(0);
  for (let p: usize = high; p < high + 128; p += 16) v128.store(p, zero);
  runs(c);
  probe(c);
}

/** The collector: literals of formats and names, and words of known values. */
import { BASE, LENGTH, LOW, HIGH, GRAM_BITS, GRAM_KEYS, GRAM_SLOTS, SLOTS, PROBES, WORD_BITS, WORD_SHIFT, WORD_CHECKS, CHECK_SHIFT, WORDS, WORD_COUNT, SCRATCH, AFTER, BEFORE_, LITERALS, LITERAL_COUNT, LITERAL_ROOM, GRAM_FROM, GRAM_END, ASCII, SHORT_BITS, TABLE_MASK, A, B, MULT, field } from './fields';
import { isDullName } from './dull';
import { runs } from './runs';
export { learn } from './dull';

/** Looks at every second byte for a gram of a literal, and at every fourth for a word of a known value. */
function probe(c: usize): void {
  const base = field(c, BASE);
  const grams = field(c, GRAM_BITS);
  const words = field(c, WORD_BITS);
  const shift = field(c, WORD_SHIFT);
  const scratch = field(c, SCRATCH);
  const found = field(c, WORDS);
  let gramOut: usize = scratch;
  let wordOut: usize = found;
  const end: usize = base + field(c, LENGTH);
  for (let p: usize = base; p < end; p += 8) {
    const raw = load<u64>(p);
    const w = raw | 0x2020202020202020;
    const v = load<u64>(p + 4) | 0x2020202020202020;
    const g0 = <u32>w;
    const g1 = <u32>(w >>> 16);
    const g2 = <u32>(w >>> 32);
    const g3 = <u32>(v >>> 16);
    store<u32>(gramOut, p);
    gramOut += gramBit(grams, g0);
    store<u32>(gramOut, p + 2);
    gramOut += gramBit(grams, g1);
    store<u32>(gramOut, p + 4);
    gramOut += gramBit(grams, g2);
    store<u32>(gramOut, p + 6);
    gramOut += gramBit(grams, g3);
    const k0 = <u32>raw * A;
    const k1 = <u32>(raw >>> 32) * A;
    store<u32>(wordOut, p);
    wordOut += wordBit(words, shift, k0);
    store<u32>(wordOut, p + 4);
    wordOut += wordBit(words, shift, k1);
  }
  store<u32>(c + GRAM_END, gramOut);
  if (wordOut != found) checkWords(c, found, wordOut, base);
  else store<u32>(c + WORD_COUNT, 0);
}

/** 4 where the gram in the lower three bytes may begin a literal's, else 0. */
@inline function gramBit(table: usize, gram: u32): u32 {
  return rotr(load<u32>(table + (((gram * (MULT << 8)) >>> 17) & ~3)), gram) & 4;
}
/** 4 where a known value may hold the word of this key, else 0. */
@inline function wordBit(table: usize, shift: u32, key: u32): u32 {
  return rotr(load<u32>(table + ((key >>> shift) & ~3)), key) & 4;
}

/** Keeps the words beside which two more bytes of a known value stand, and words of short forms. */
function checkWords(c: usize, from: usize, to: usize, base: usize): void {
  const checks = field(c, WORD_CHECKS);
  const shorts = field(c, SHORT_BITS);
  const shift = field(c, CHECK_SHIFT);
  let out: usize = from;
  for (let i = from; i < to; i += 4) {
    const p = load<u32>(i);
    const key = load<u32>(p) * A;
    const after = (key ^ <u32>load<u16>(p + 4)) * B;
    const around = (key ^ (<u32>load<u8>(p - 1) << 16) ^ (<u32>load<u8>(p + 4) << 24)) * B;
    const before = (key ^ (<u32>load<u16>(p - 2) << 8)) * B;
    store<u32>(out, p - base);
    const beside = checkBit(checks, shift, after) | checkBit(checks, shift, around) | checkBit(checks, shift, before);
    out += (beside | bit(shorts, (key * B) >>> 17)) << 2;
  }
  store<u32>(c + WORD_COUNT, (out - from) >>> 2);
}

@inline function checkBit(table: usize, shift: u32, key: u32): u32 {
  const bits = load<u32>(table + ((key >>> shift) & ~3));
  return (bits >>> ((key >>> 6) & 31)) & (bits >>> ((key >>> 11) & 31)) & (bits >>> ((key * MULT) >>> 27)) & 1;
}

/** Literals at the grams that were seen, from the place where the list was full before. */
function literals(c: usize): void {
  const scratch = field(c, SCRATCH);
  const out = field(c, GRAM_END);
  const after = field(c, AFTER);
  const before = field(c, BEFORE_);
  let kept: usize = scratch;
  for (let i: usize = scratch; i < out; i += 4) {
    const at = load<u32>(i);
    const w = load<u32>(at) | 0x20202020;
    const x = (w & 0xffffff) | ((<u32>load<u8>(at - 1) | 0x20) << 24);
    store<u32>(kept, at);
    kept += (bit(after, (w * MULT) >>> 16) | bit(before, (x * MULT) >>> 16)) << 2;
  }
  store<u32>(c + GRAM_END, kept);
  verify(c, scratch, kept);
}

/** Goes on where the list of literals was full. */
export function more(c: usize): void {
  verify(c, field(c, GRAM_FROM), field(c, GRAM_END));
}

function verify(c: usize, from: usize, to: usize): void {
  const image = field(c, GRAM_BITS);
  const base = field(c, BASE);
  const keys = field(c, GRAM_KEYS);
  const slotsOf = field(c, GRAM_SLOTS);
  const slots = field(c, SLOTS);
  const probes = field(c, PROBES);
  const low = field(c, LOW);
  const high = field(c, HIGH);
  const literals = field(c, LITERALS);
  const ascii = field(c, ASCII) != 0;
  const most = literals + (field(c, LITERAL_ROOM) << 2);
  let out: usize = literals;
  for (let i = from; i < to; i += 4) {
    const at = load<u32>(i);
    const gram = (load<u32>(at) | 0x20202020) & 0xffffff;
    let place = (gram * MULT) >>> 18;
    let key: u32;
    while ((key = load<u32>(keys + (place << 2))) != gram) {
      if (key == 0) break;
      place = (place + 1) & TABLE_MASK;
    }
    if (key == 0) continue;
    let slot = slots + ((<u32>load<u16>(slotsOf + (place << 1))) << 2);
    for (;;) {
      const entry = load<u32>(slot);
      if (entry == 0) break;
      slot += 4;
      const offset = (entry >>> 16) - 1;
      const probe = probes + ((entry & 0xffff) << 4);
      if (stands(image, probe, at - offset, low, high)) {
        if (ascii && load<u8>(probe, 7) != 0 && isDullName(c, at - offset, load<u8>(probe, 4), low, high)) continue;
        store<u32>(out, ((entry & 0xffff) << 16) | (at - offset - low));
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

/** probe: u32 literal, u8 length, u8 fold, u8 least, u8 -, u32 set */
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
  const high = field(c, HIGH);
  const zero = i8x16.splat(0);
  for (let p: usize = high; p < high + 128; p += 16) v128.store(p, zero);
  runs(c);
  probe(c);
  literals(c);
}

/** Places of the fields of a request (i32 each). */
const BASE: usize = 0; // first byte of the block
const LENGTH: usize = 4; // bytes to look at
const LOW: usize = 8; // first readable byte of text
const HIGH: usize = 12; // end of the text that is there
const GRAM_BITS: usize = 16;
const GRAM_KEYS: usize = 20;
const GRAM_SLOTS: usize = 24;
const SLOTS: usize = 28;
const PROBES: usize = 32;
const WORD_BITS: usize = 36;
const WORD_SHIFT: usize = 40;
const WORD_CHECKS: usize = 44;
const CHECK_SHIFT: usize = 48;
const WORDS: usize = 52;
const WORD_COUNT: usize = 56;
const CLASSES: usize = 60; // byte classes (256), then nibble tables
const SCRATCH: usize = 64;
const AFTER: usize = 120;
const BEFORE_: usize = 124;
const LITERALS: usize = 68; // out
const RUNS: usize = 80;
const CODES: usize = 84;
// results
const LITERAL_COUNT: usize = 88;
const RUN_COUNT: usize = 100;
const CODE_COUNT: usize = 104;
const HIGH_COUNT: usize = 108;
const LITERAL_ROOM: usize = 112;
const GRAM_FROM: usize = 116;
const GRAM_END: usize = 128;
const DULL_NAMES: usize = 132;
const DULL_WORDS: usize = 136;
const ASCII: usize = 140;
const SHORT_BITS: usize = 144;
// Tables beside the classes of bytes
const MARKS: usize = 320; // 1: may stand between a name and its value; 2: first of a token known by its shape
const SIXES: usize = 576; // values of base64 characters, 255 for others
const MASKS: usize = 832; // 32 times 255, 32 times 0

const TABLE_MASK: u32 = 16383;
const A: u32 = 0x85ebca6b;
const B: u32 = 0xc2b2ae35;
const MULT: u32 = 0x9e3779b1;

@inline function field(c: usize, f: usize): u32 { return load<u32>(c + f); }

/** Looks at every second byte for a gram of a literal, and at every fourth for a word of a known value. */
export function probe(c: usize): void {
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
export function literals(c: usize): void {
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

const LEAST: u32 = 20;
/** Not zero in each byte that is in the class of two nibble tables. */
@inline function inClass(v: v128, low: v128, high: v128): v128 {
  const byLow = i8x16.relaxed_swizzle(low, v128.and(v, i8x16.splat(15)));
  const byHigh = i8x16.relaxed_swizzle(high, i8x16.shr_u(v, 4));
  return v128.and(byLow, byHigh);
}
@inline function isZero(v: v128): v128 { return i8x16.eq(v, i8x16.splat(0)); }
@inline function maskOf(a: v128, b: v128, c: v128, d: v128): u64 {
  return <u64>i8x16.bitmask(a) | (<u64>i8x16.bitmask(b) << 16) | (<u64>i8x16.bitmask(c) << 32) | (<u64>i8x16.bitmask(d) << 48);
}

export function collect(c: usize): void {
  const high = field(c, HIGH);
  const zero = i8x16.splat(0);
  for (let p: usize = high; p < high + 128; p += 16) v128.store(p, zero);
  runs(c);
  probe(c);
  literals(c);
}

let runOut: usize = 0;

/** Looks for runs of token characters, for codes and for bytes above 127, 64 bytes at a time. */
export function runs(c: usize): void {
  const base: usize = field(c, BASE);
  const classes: usize = field(c, CLASSES);
  const runLow = v128.load(classes, 256);
  const runHigh = v128.load(classes, 272);
  const codeLow = v128.load(classes, 288);
  const codeHigh = v128.load(classes, 304);
  runOut = field(c, RUNS);
  const runs0 = runOut;
  const codes0: usize = field(c, CODES);
  let codes = codes0;
  let highs: u32 = 0;
  const end: usize = base + field(c, LENGTH);
  const stop: usize = end + 64;
  // Of each mask: which of the last 1, 2, 4, 8, 16 and 20 bytes up to a bit are all of a run.
  let m1: u64 = 0, m2: u64 = 0, m4: u64 = 0, m8: u64 = 0, m16: u64 = 0;
  let open: usize = 0;
  for (let p: usize = base; p < stop; p += 64) {
    const v0 = v128.load(p);
    const v1 = v128.load(p, 16);
    const v2 = v128.load(p, 32);
    const v3 = v128.load(p, 48);
    const s0 = inClass(v0, codeLow, codeHigh);
    const s1 = inClass(v1, codeLow, codeHigh);
    const s2 = inClass(v2, codeLow, codeHigh);
    const s3 = inClass(v3, codeLow, codeHigh);
    if (v128.any_true(v128.or(v128.or(s0, s1), v128.or(s2, s3)))) codes = takeCodes(c, ~maskOf(isZero(s0), isZero(s1), isZero(s2), isZero(s3)), p, codes);
    if (i8x16.bitmask(v128.or(v128.or(v0, v1), v128.or(v2, v3))) != 0 && p < end) {
      const high = maskOf(v0, v1, v2, v3);
      highs += <u32>popcnt(end - p < 64 ? high & ((<u64>1 << (end - p)) - 1) : high);
    }
    const r1 = ~maskOf(
      isZero(inClass(v0, runLow, runHigh)),
      isZero(inClass(v1, runLow, runHigh)),
      isZero(inClass(v2, runLow, runHigh)),
      isZero(inClass(v3, runLow, runHigh)),
    );
    const r2 = r1 & ((r1 << 1) | (m1 >>> 63));
    const r4 = r2 & ((r2 << 2) | (m2 >>> 62));
    const r8 = r4 & ((r4 << 4) | (m4 >>> 60));
    const r16 = r8 & ((r8 << 8) | (m8 >>> 56));
    const r20 = r16 & ((r16 << 4) | (m16 >>> 60));
    m1 = r1;
    m2 = r2;
    m4 = r4;
    m8 = r8;
    m16 = r16;
    if (r20 != 0 || open != 0) open = takeRuns(c, r20, p, open, base, end);
  }
  if (open != 0) emitRun(c, open, stop, base, end);
  store<u32>(c, (runOut - runs0) / 12, RUN_COUNT);
  store<u32>(c, (codes - codes0) >>> 2, CODE_COUNT);
  store<u32>(c, highs, HIGH_COUNT);
}

/** Emits the runs that end in a mask of last bytes of runs; gives the start of the run that goes on after it, or 0. */
function takeRuns(c: usize, mask: u64, p: usize, open: usize, base: usize, end: usize): usize {
  let from: u64 = 0;
  if (open != 0) {
    if (mask == <u64>-1) return open;
    from = ctz(~mask);
    emitRun(c, open, p + <usize>from, base, end);
    mask = (mask >>> from) << from;
  }
  while (mask != 0) {
    const first = ctz(mask);
    const start = p + <usize>first - (LEAST - 1);
    const rest = ~(mask >>> first);
    const length = ctz(rest);
    if (first + length >= 64) return start;
    emitRun(c, start, p + <usize>(first + length), base, end);
    mask &= <u64>-1 << (first + length);
  }
  return 0;
}

/** Notes a run that holds a digit and may matter, and where the part after its last `=` begins. */
function emitRun(c: usize, start: usize, to: usize, base: usize, end: usize): void {
  if (start >= end) return;
  let digits: u32 = 0;
  let signs: u32 = 0;
  for (let p = start; p < to; p += 16) {
    const v = v128.load(p);
    const inside: u32 = to - p < 16 ? (1 << <u32>(to - p)) - 1 : 0xffff;
    digits |= i8x16.bitmask(i8x16.lt_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(10))) & inside;
    signs |= i8x16.bitmask(i8x16.eq(v, i8x16.splat(0x3d))) & inside;
  }
  if (digits == 0) return;
  let head = start;
  if (signs != 0) {
    let sign: bool = false;
    for (let p = start; p < to; p++) {
      if (load<u8>(p) == 0x3d) sign = true;
      else if (sign) { head = p; sign = false; }
    }
  }
  const low: usize = field(c, LOW);
  const classes: usize = field(c, CLASSES);
  const whole = start > low && to <= end && (start != base || (load<u8>(classes + <usize>load<u8>(start - 1)) & 128) == 0);
  if (whole && field(c, ASCII) != 0 && !mayMatter(c, classes, head, to, low)) return;
  store<u32>(runOut, start - base);
  store<u32>(runOut, to - base, 4);
  store<u32>(runOut, head - base, 8);
  runOut += 12;
}

/** Whether a run is as long as a token known by its shape, and no path. */
function mayBeShape(from: usize, to: usize): bool {
  if (to - from < 30) return false;
  for (let p = from; p < from + 18; p++) if (load<u8>(p) == 0x2f) return false;
  return true;
}

/** Whether a run may be a token known by its shape, is introduced by a word that is not known to be dull, or may be decoded. */
function mayMatter(c: usize, classes: usize, from: usize, to: usize, low: usize): bool {
  if ((load<u8>(classes + <usize>load<u8>(from), MARKS) & 2) != 0 && mayBeShape(from, to)) return true;
  if (isIntroduced(c, classes, from, low)) return true;
  const length = to - from;
  if (length >= 32 && hexHolds(classes, from)) return true;
  if (length < 16) return false;
  for (let shift: usize = 0; shift < 4; shift++) if (base64Holds(classes, from + shift)) return true;
  return false;
}

/** Whether a word that may say something stands in front; what `judgeRun` would ask, and more. */
function isIntroduced(c: usize, classes: usize, from: usize, low: usize): bool {
  const sign: u32 = load<u8>(from - 1);
  if ((sign == 0x3a || sign == 0x7c) && (load<u8>(classes + <usize>load<u8>(from - 2)) & 2) != 0) return true;
  let end = from;
  while (end > low && from - end < 8 && (load<u8>(classes + <usize>load<u8>(end - 1), MARKS) & 1) != 0) end--;
  if (end == low) return true;
  if (end == from) return false;
  let start = end;
  let digits: u32 = 0;
  while (start > low && end - start < 33) {
    const b: u32 = load<u8>(start - 1);
    const bits: u32 = load<u8>(classes + b);
    if ((bits & 64) == 0) break;
    digits += (bits >>> 1) & 1;
    start--;
  }
  if (start == low) return true;
  const length = end - start;
  if (length < 2 || length > 32 || digits > 2) return false;
  return !isDull(field(c, DULL_WORDS), classes, start, length);
}

@inline function isPrintable(b: u32): bool { return b - 32 < 95 || b == 10 || b == 9 || b == 13; }
@inline function digitOf(b: u32): u32 { return (b & 15) + (b > 64 ? 9 : 0); }

/** Whether the first nine bytes that a hex text stands for are printable. */
function hexHolds(classes: usize, at: usize): bool {
  for (let i = at; i < at + 18; i += 2) {
    const a: u32 = load<u8>(i);
    const b: u32 = load<u8>(i + 1);
    if ((load<u8>(classes + a) & load<u8>(classes + b) & 16) == 0) return false;
    if (!isPrintable((digitOf(a) << 4) | digitOf(b))) return false;
  }
  return true;
}

/** The same of a base64 text. */
function base64Holds(classes: usize, at: usize): bool {
  let bits: u32 = 0;
  let held: u32 = 0;
  let seen: u32 = 0;
  for (let i = at; seen < 9; i++) {
    const six: u32 = load<u8>(classes + <usize>load<u8>(i), SIXES);
    if (six == 255) return false;
    bits = ((bits << 6) | six) & 0x3fff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    seen++;
    if (!isPrintable((bits >>> held) & 255)) return false;
  }
  return true;
}

@inline function isName(classes: usize, p: usize): bool { return (load<u8>(classes + <usize>load<u8>(p)) & 64) != 0; }

/** Whether the name around a keyword is known to say nothing of a secret. Names longer than 32 bytes are not remembered. */
function isDullName(c: usize, at: usize, length: usize, low: usize, high: usize): bool {
  const classes: usize = field(c, CLASSES);
  let end = at + length;
  while (end < high && isName(classes, end)) if (++end - at > 32) return false;
  if (end >= high) return false;
  while (end > at + length) {
    const last: u32 = load<u8>(end - 1);
    if (last != 0x2e && last != 0x24 && last != 0x2d) break;
    end--;
  }
  let start = at;
  while (start > low && isName(classes, start - 1)) if (end - --start > 33) return false;
  if (start == low) return false;
  if (start < at && load<u8>(start - 1) == 0x5c) {
    const first: u32 = load<u8>(start);
    if (first == 0x6e || first == 0x72 || first == 0x74) start++;
  }
  return end - start <= 32 && isDull(field(c, DULL_NAMES), classes, start, end - start);
}

@inline function dullSlot(table: usize, a: v128, b: v128): usize {
  const mixed = i64x2.extract_lane(a, 0) ^ rotl(i64x2.extract_lane(a, 1), 23) ^ rotl(i64x2.extract_lane(b, 0), 41) ^ rotl(i64x2.extract_lane(b, 1), 11);
  return table + <usize>(((<u64>mixed * 0x9e3779b97f4a7c15) >>> 54) << 5);
}

/** Whether up to 32 bytes are in a table of what was learnt. */
function isDull(table: usize, classes: usize, at: usize, length: usize): bool {
  const masks = classes + MASKS + 32 - length;
  const a = v128.and(v128.load(at), v128.load(masks));
  const b = v128.and(v128.load(at, 16), v128.load(masks, 16));
  const slot = dullSlot(table, a, b);
  return !v128.any_true(v128.or(v128.xor(a, v128.load(slot)), v128.xor(b, v128.load(slot, 16))));
}

/** Remembers up to 32 bytes of the text: a name that says nothing of a secret, or a word that introduces none. */
export function learn(c: usize, words: u32, at: usize, length: usize): void {
  const table: usize = field(c, words != 0 ? DULL_WORDS : DULL_NAMES);
  const masks = field(c, CLASSES) + MASKS + 32 - length;
  const a = v128.and(v128.load(at), v128.load(masks));
  const b = v128.and(v128.load(at, 16), v128.load(masks, 16));
  const slot = dullSlot(table, a, b);
  v128.store(slot, a);
  v128.store(slot, b, 16);
}

function takeCodes(c: usize, mask: u64, p: usize, out: usize): usize {
  const base: usize = field(c, BASE);
  const end: usize = base + field(c, LENGTH);
  const low: usize = field(c, LOW);
  const classes: usize = field(c, CLASSES);
  do {
    const at = p + <usize>ctz(mask);
    if (at >= end) break;
    mask &= mask - 1;
    store<u32>(out, at - base);
    out += <usize>isCode(at, low, classes) << 2;
  } while (mask != 0);
  return out;
}

@inline function isHexByte(classes: usize, p: usize): bool { return (load<u8>(classes + <usize>load<u8>(p)) & 16) != 0; }

function isCode(at: usize, low: usize, classes: usize): bool {
  const b: u32 = load<u8>(at);
  const next: u32 = load<u8>(at + 1);
  if (b == 0x40) return true;
  if (b == 0x25) return isHexByte(classes, at + 1) && isHexByte(classes, at + 2);
  if (b == 0x5c) return next == 0x75 || next == 0x78 || next == 0x2f;
  if (b == 0x26) return next == 0x23;
  if (b == 0x1b) {
    if (at == low || (load<u8>(classes + <usize>load<u8>(at - 1)) & 128) == 0) return false;
    let p = at;
    while (load<u8>(p) == 0x1b) {
      if (load<u8>(p + 1) != 0x5b) return true;
      p += 2;
      for (;;) {
        const d: u32 = load<u8>(p);
        p++;
        if ((d | 0x20) - 0x61 < 26) break;
        if (!(d - 0x30 < 12 || d == 0x3f) || p - at > 200) return true;
      }
    }
    return (load<u8>(classes + <usize>load<u8>(p)) & 128) != 0;
  }
  if (b == 0xc2) return next == 0xad;
  if (b == 0xe2) return next == 0x80 || next == 0x81;
  if (b == 0xef) return next == 0xbb;
  return true;
}


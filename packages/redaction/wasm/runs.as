/** Runs of token characters and codes, by vectors of sixteen bytes. */
import { BASE, LENGTH, LOW, CLASSES, RUNS, CODES, RUN_COUNT, CODE_COUNT, DULL_WORDS, MARKS, SIXES, FIFTEENS, field } from './fields';
import { isDull } from './dull';

const LEAST: u32 = 20;
/** Not zero in each byte that is in the class of two nibble tables. */
@inline function inClass(v: v128, low: v128, high: v128, fifteens: v128): v128 {
  const byLow = i8x16.relaxed_swizzle(low, v128.and(v, fifteens));
  const byHigh = i8x16.relaxed_swizzle(high, v128.and(i16x8.shr_u(v, 4), fifteens));
  return v128.and(byLow, byHigh);
}
@inline function isZero(v: v128): v128 { return i8x16.eq(v, i8x16.splat(0)); }
@inline function maskOf(a: v128, b: v128, c: v128, d: v128): u64 {
  return <u64>i8x16.bitmask(a) | (<u64>i8x16.bitmask(b) << 16) | (<u64>i8x16.bitmask(c) << 32) | (<u64>i8x16.bitmask(d) << 48);
}

let runOut: usize = 0;

/** Looks for runs of token characters and for codes, 64 bytes at a time. */
export function runs(c: usize): void {
  const base: usize = field(c, BASE);
  const classes: usize = field(c, CLASSES);
  const runLow = v128.load(classes, 256);
  const runHigh = v128.load(classes, 272);
  const codeLow = v128.load(classes, 288);
  const codeHigh = v128.load(classes, 304);
  const fifteens = v128.load(classes, FIFTEENS);
  runOut = field(c, RUNS);
  const runs0 = runOut;
  const codes0: usize = field(c, CODES);
  let codes = codes0;
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
    const s0 = inClass(v0, codeLow, codeHigh, fifteens);
    const s1 = inClass(v1, codeLow, codeHigh, fifteens);
    const s2 = inClass(v2, codeLow, codeHigh, fifteens);
    const s3 = inClass(v3, codeLow, codeHigh, fifteens);
    if (v128.any_true(v128.or(v128.or(s0, s1), v128.or(s2, s3)))) codes = takeCodes(c, ~maskOf(isZero(s0), isZero(s1), isZero(s2), isZero(s3)), p, codes);
    const r1 = ~maskOf(
      isZero(inClass(v0, runLow, runHigh, fifteens)),
      isZero(inClass(v1, runLow, runHigh, fifteens)),
      isZero(inClass(v2, runLow, runHigh, fifteens)),
      isZero(inClass(v3, runLow, runHigh, fifteens)),
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
  if (whole && !mayMatter(c, classes, head, to, low)) return;
  store<u32>(runOut, start - base);
  store<u32>(runOut, to - base, 4);
  store<u32>(runOut, head - base, 8);
  runOut += 12;
}

/** Whether a run is as long as a token known by its shape, begins as one (`M`, `N`, `O`, `SK`, `AC`, `AP`, `pat`, `cio`), and no path. */
function mayBeShape(from: usize, to: usize): bool {
  if (to - from < 30) return false;
  const first: u32 = load<u8>(from);
  const second: u32 = load<u8>(from, 1);
  if (first == 0x63 && second != 0x69) return false;
  if (first == 0x70 && second != 0x61) return false;
  if (first == 0x53 && second != 0x4b) return false;
  if (first == 0x41 && second != 0x43 && second != 0x50) return false;
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

/** Names of secrets in prose, where nothing around them can be their value. */
import { CLASSES, TELLING, TELLING_COUNT, TELLING_WORDS, field } from './fields';

/** So much of the text behind a name is looked at, in bytes: more than any rule does that finds a value behind a plain word. */
const AHEAD: usize = 96;
/** The same before a name. */
const BEHIND: usize = 80;
/** A value may be given with letters and digits up to here, and behind an equals sign up to there. */
const MIXED: u64 = 40;
const TYPED: u64 = 26;

/**
 * Whether a name stands behind a word at the end of one of several texts that are looked at together, a line with a NUL between them:
 * no value can follow, and it heads no column.
 */
export function endsText(classes: usize, start: usize, end: usize, low: usize): bool {
  return load<u16>(end) == 0x000a && start - low > 2 && load<u8>(start - 1) == 0x20 && isWord(classes, start - 2);
}

/** Words that may tell of a value: eight bytes of letters, their number, and whether the word ends behind them. */
const WORD: usize = 16;

/**
 * Whether a name of a password, a token or a key stands between two blanks in front of a word in lower case, with nothing around that
 * lets a value follow: what `mayHaveValue` would say no to, and less. The text must go on for some characters.
 *
 * @param asWord whether the name is one that only a word such as `set` right before it gives a value
 */
export function isInProse(c: usize, start: usize, end: usize, low: usize, high: usize, asWord: bool): bool {
  const next = end + 1;
  if (next + AHEAD + 1 > high || load<u8>(start - 1) != 0x20 || load<u8>(end) != 0x20) return false;
  if (<u32>load<u8>(next) - 97 >= 26) return false;
  const classes: usize = field(c, CLASSES);
  if (mayTell(classes, next) || !isQuietAhead(next)) return false;
  return (asWord && !maySet(classes, start, low)) || isQuietBehind(start);
}

/** Whether one of the words begins at a place that tell of a value, or link it to its name. */
@inline function mayTell(classes: usize, p: usize): bool {
  const letters = load<u64>(p) | 0x2020202020202020;
  const pair = ((<u32>letters & 31) << 5) | (<u32>(letters >>> 8) & 31);
  if (((<u32>load<u8>(classes + TELLING + <usize>(pair >>> 3)) >>> (pair & 7)) & 1) == 0) return false;
  const count: u32 = load<u8>(classes + TELLING_COUNT);
  let word = classes + TELLING_WORDS;
  for (let i: u32 = 0; i < count; i++, word += WORD) {
    const length: u32 = load<u8>(word, 8);
    if ((letters ^ load<u64>(word)) << <u64>(64 - 8 * length) != 0) continue;
    if (load<u8>(word, 9) == 0 || !isWord(classes, p + <usize>length)) return true;
  }
  return false;
}

@inline function isWord(classes: usize, p: usize): bool {
  const b: u32 = load<u8>(p);
  return b == 0x5f || (load<u8>(classes + <usize>b) & 1) != 0;
}

/** Whether the word before a name may be one that sets it: one that ends in `v`, `g`, `e` or `>`, or a flag. */
@inline function maySet(classes: usize, start: usize, low: usize): bool {
  let end = start;
  while (end > low && (load<u8>(end - 1) == 0x20 || load<u8>(end - 1) == 9)) end--;
  if (end == low) return true;
  const last: u32 = load<u8>(end - 1) | 32;
  if (last == 0x76 || last == 0x67 || last == 0x65 || last == 0x3e) return true;
  let at = end;
  while (at > low && end - at < 24 && (load<u8>(classes + <usize>load<u8>(at - 1)) & 64) != 0) at--;
  return at == low || load<u8>(at) == 0x2d;
}

@inline function maskOf(a: v128, b: v128, c: v128, d: v128): u64 {
  return <u64>i8x16.bitmask(a) | (<u64>i8x16.bitmask(b) << 16) | (<u64>i8x16.bitmask(c) << 32) | (<u64>i8x16.bitmask(d) << 48);
}
@inline function digits(v: v128): v128 { return i8x16.lt_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(10)); }
@inline function spaces(v: v128): v128 { return v128.or(i8x16.eq(v, i8x16.splat(32)), i8x16.lt_u(i8x16.sub(v, i8x16.splat(9)), i8x16.splat(5))); }
@inline function equals(v: v128): v128 { return i8x16.eq(v, i8x16.splat(0x3d)); }
/** Colons at the end of a line. */
@inline function colons(p: usize): v128 { return v128.and(i8x16.eq(v128.load(p), i8x16.splat(0x3a)), i8x16.eq(v128.load(p, 1), i8x16.splat(0x0a))); }

/** Whether no digit is in the next word, no equals sign near, and no line ends with a colon. */
@inline function isQuietAhead(p: usize): bool {
  const v0 = v128.load(p);
  const v1 = v128.load(p, 16);
  const v2 = v128.load(p, 32);
  const v3 = v128.load(p, 48);
  const word = min(ctz(maskOf(spaces(v0), spaces(v1), spaces(v2), spaces(v3))), MIXED);
  const mixed = maskOf(digits(v0), digits(v1), digits(v2), digits(v3)) & ((<u64>1 << word) - 1);
  const typed = maskOf(equals(v0), equals(v1), equals(v2), equals(v3)) & ((<u64>1 << TYPED) - 1);
  if ((mixed | typed) != 0) return false;
  const ends = v128.or(v128.or(v128.or(colons(p), colons(p + 16)), v128.or(colons(p + 32), colons(p + 48))), v128.or(colons(p + 64), colons(p + 80)));
  return !v128.any_true(ends);
}

@inline function isPair(a: v128, b: v128, one: i8, other: i8): v128 { return v128.and(i8x16.eq(a, i8x16.splat(one)), i8x16.eq(b, i8x16.splat(other))); }

/** Whether none of the words stands before a name that let a value follow it: `login user with env arg set define account >`. */
@inline function isQuietBehind(start: usize): bool {
  const fold = i8x16.splat(0x20);
  for (let p = start - 16; p >= start - BEHIND; p -= 16) {
    const v = v128.load(p);
    const a = v128.or(v, fold);
    const b = v128.or(v128.load(p, 1), fold);
    const few = v128.or(v128.or(isPair(a, b, 0x6c, 0x6f), isPair(a, b, 0x75, 0x73)), v128.or(isPair(a, b, 0x77, 0x69), isPair(a, b, 0x65, 0x6e)));
    const more = v128.or(v128.or(isPair(a, b, 0x61, 0x72), isPair(a, b, 0x73, 0x65)), v128.or(isPair(a, b, 0x64, 0x65), isPair(a, b, 0x61, 0x63)));
    if (v128.any_true(i8x16.eq(v, i8x16.splat(0x3e)))) return false;
    for (let mask: u32 = i8x16.bitmask(v128.or(few, more)); mask != 0; mask &= mask - 1) if (letsFollow(load<u32>(p + <usize>ctz(mask)) | 0x20202020)) return false;
  }
  return true;
}

/** Whether four letters are the first of one of these words. */
@inline function letsFollow(w: u32): bool {
  const three = w & 0xffffff;
  return (
    w == 0x69676f6c || w == 0x72657375 || w == 0x68746977 || three == 0x766e65 || three == 0x677261 || three == 0x746573 || w == 0x69666564 || w == 0x6f636361
  );
}

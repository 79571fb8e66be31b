/** What was learnt: names that say nothing of a secret, and words that introduce none, as exact bytes. */
import { endsText, isInProse } from './prose';
import { CLASSES, DULL_NAMES, DULL_WORDS, MASKS, field, isName } from './fields';


/** Whether the name around a keyword is known to say nothing of a secret. Names longer than 32 bytes are not remembered. */
export function isDullName(c: usize, at: usize, length: usize, low: usize, high: usize): bool {
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
  if (end - start > 32) return false;
  if (endsText(classes, start, end, low)) return true;
  const said = recall(field(c, DULL_NAMES), classes, start, end - start);
  return said == DULL || (said > DULL && isInProse(c, start, end, low, high, said == AS_WORD));
}

// What is known of a name or a word.
const DULL: u32 = 1;

@inline function dullSlot(table: usize, a: v128, b: v128): usize {
  const mixed = i64x2.extract_lane(a, 0) ^ rotl(i64x2.extract_lane(a, 1), 23) ^ rotl(i64x2.extract_lane(b, 0), 41) ^ rotl(i64x2.extract_lane(b, 1), 11);
  return table + <usize>(((<u64>mixed * 0x9e3779b97f4a7c15) >>> 54) << 5);
}

/** What is known of up to 32 bytes in a table of what was learnt: nothing (0), that they are dull, or what the last byte says. */
@inline function recall(table: usize, classes: usize, at: usize, length: usize): u32 {
  const masks = classes + MASKS + 32 - length;
  const a = v128.and(v128.load(at), v128.load(masks));
  const b = v128.and(v128.load(at, 16), v128.load(masks, 16));
  const slot = dullSlot(table, a, b);
  const first = v128.xor(a, v128.load(slot));
  const second = v128.xor(b, v128.load(slot, 16));
  if (!v128.any_true(v128.or(first, second))) return DULL;
  const kind: u32 = load<u8>(slot, 31);
  if (length == 32 || (kind != IN_PROSE && kind != AS_WORD)) return 0;
  return v128.any_true(v128.or(first, i8x16.replace_lane(second, 15, 0))) ? 0 : kind;
}

export function isDull(table: usize, classes: usize, at: usize, length: usize): bool {
  return recall(table, classes, at, length) == DULL;
}

/** Remembers up to 32 bytes of the text, of names in prose one less. */
export function learn(c: usize, what: u32, at: usize, length: usize): void {
  const table: usize = field(c, what == WORD ? DULL_WORDS : DULL_NAMES);
  const masks = field(c, CLASSES) + MASKS + 32 - length;
  const a = v128.and(v128.load(at), v128.load(masks));
  const b = v128.and(v128.load(at, 16), v128.load(masks, 16));
  const slot = dullSlot(table, a, b);
  v128.store(slot, a);
  v128.store(slot, b, 16);
  if (what > WORD) store<u8>(slot, <u8>what, 31);
}

// What is learnt, as `src/engine/collector.ts` numbers it; 0 is a name. No byte of a name is one of these.
const WORD: u32 = 1;
/** A name that is dull in prose. */
const IN_PROSE: u32 = 2;
/** The same, also behind a word such as `set` that is not right before it. */
const AS_WORD: u32 = 3;

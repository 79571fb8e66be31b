/** What was learnt: names that say nothing of a secret, and words that introduce none, as exact bytes. */
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
  return end - start <= 32 && isDull(field(c, DULL_NAMES), classes, start, end - start);
}

@inline function dullSlot(table: usize, a: v128, b: v128): usize {
  const mixed = i64x2.extract_lane(a, 0) ^ rotl(i64x2.extract_lane(a, 1), 23) ^ rotl(i64x2.extract_lane(b, 0), 41) ^ rotl(i64x2.extract_lane(b, 1), 11);
  return table + <usize>(((<u64>mixed * 0x9e3779b97f4a7c15) >>> 54) << 5);
}

/** Whether up to 32 bytes are in a table of what was learnt. */
export function isDull(table: usize, classes: usize, at: usize, length: usize): bool {
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

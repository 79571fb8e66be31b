/** Texts of 16-bit units as bytes. */
import { MOST } from './fields';

/** Brings a text of 16-bit units to one byte for each, 255 for those that have none, in [low, high); says whether an invisible character may be among them. */
export function narrow(classes: usize, units: usize, low: usize, high: usize): bool {
  const zero = i8x16.splat(0);
  const most = v128.load(classes, MOST);
  const end = units + ((high - low) << 1);
  v128.store(end, zero);
  v128.store(end, zero, 16);
  let all = zero;
  let from = units;
  for (let p = low; p < high; p += 16, from += 32) {
    const a = v128.load(from);
    const b = v128.load(from, 16);
    all = v128.or(all, v128.or(a, b));
    v128.store(p, i8x16.narrow_i16x8_u(i16x8.min_u(a, most), i16x8.min_u(b, most)));
  }
  let seen = zero;
  if (v128.any_true(v128.and(all, i16x8.splat(<i16>0xe000))))
    for (let p = units; p < end; p += 16) seen = v128.or(seen, mayBeInvisible(v128.load(p)));
  return v128.any_true(seen);
}

/** Units from U+2000 to U+200F, from U+2060 to U+2067, and U+FEFF. */
@inline function mayBeInvisible(v: v128): v128 {
  const spaces = i16x8.eq(v128.and(v, i16x8.splat(<i16>0xfff0)), i16x8.splat(0x2000));
  const joiners = i16x8.eq(v128.and(v, i16x8.splat(<i16>0xfff8)), i16x8.splat(0x2060));
  return v128.or(v128.or(spaces, joiners), i16x8.eq(v, i16x8.splat(<i16>0xfeff)));
}

import type { Tally } from './mask.ts';
import type { Json } from './types.ts';

/** Cuts strings (and keys) of masked data to a number of UTF-16 units, never inside a surrogate pair. */
export function capString(value: Json, most: number, tally: Tally): Json {
  if (typeof value === 'string') return cut(value, most, tally);
  if (Array.isArray(value)) return value.map((item) => capString(item, most, tally));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cut(key, most, tally), capString(item, most, tally)]));
}

function cut(text: string, most: number, tally: Tally): string {
  if (text.length <= most) return text;
  tally.add('cap:string');
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
}

/** Drops the last entries of masked data until its JSON has at most `most` characters. */
export function capTotal(value: Json, most: number, tally: Tally): Json {
  const budget = { left: most };
  const kept = keep(value, budget);
  if (kept.whole) return kept.value as Json;
  tally.add('cap:total');
  return kept.value ?? '[dropped:total]';
}

interface Kept {
  /** Undefined when nothing of the value fits. */
  value: Json | undefined;
  whole: boolean;
}

function keep(value: Json, budget: { left: number }): Kept {
  if (typeof value !== 'object' || value === null) {
    const cost = JSON.stringify(value).length;
    if (cost > budget.left) return { value: undefined, whole: false };
    budget.left -= cost;
    return { value, whole: true };
  }
  if (budget.left < 2) return { value: undefined, whole: false };
  budget.left -= 2;
  return Array.isArray(value) ? keepItems(value, budget) : keepFields(value, budget);
}

function keepItems(list: readonly Json[], budget: { left: number }): Kept {
  const out: Json[] = [];
  for (const item of list) {
    budget.left -= out.length === 0 ? 0 : 1;
    const kept = keep(item, budget);
    if (kept.value !== undefined) out.push(kept.value);
    if (!kept.whole) return { value: out, whole: false };
  }
  return { value: out, whole: true };
}

function keepFields(record: { [key: string]: Json }, budget: { left: number }): Kept {
  const out: [string, Json][] = [];
  let whole = true;
  for (const [key, item] of Object.entries(record)) {
    const cost = JSON.stringify(key).length + (out.length === 0 ? 1 : 2);
    if (cost + 1 > budget.left) {
      whole = false;
      break;
    }
    budget.left -= cost;
    const kept = keep(item, budget);
    if (kept.value !== undefined) out.push([key, kept.value]);
    if (!kept.whole) {
      whole = false;
      break;
    }
  }
  return { value: Object.fromEntries(out), whole };
}

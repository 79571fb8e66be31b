import type { Hit } from './engine/scan.ts';
import type { Masked } from './types.ts';

/** Counts what was masked, by rule. */
export class Tally {
  #counts: Map<string, number> | undefined;

  add(rule: string, count = 1): void {
    this.#counts ??= new Map();
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + count);
  }

  list(): Masked[] {
    return this.#counts === undefined ? [] : [...this.#counts].map(([rule, count]) => ({ rule, count }));
  }
}

/** Joins overlapping hits, in order of place. The strongest rule of each group names it. Changes the list and its hits. */
export function mergeHits(hits: Hit[]): Hit[] {
  if (!hits.every((hit, i) => i === 0 || compare(hits[i - 1] as Hit, hit) <= 0)) hits.sort(compare);
  let kept = 0;
  for (const hit of hits) {
    const last = hits[kept - 1];
    if (last === undefined || hit.start >= last.end) {
      hits[kept++] = hit;
      continue;
    }
    if (hit.rank < last.rank) [last.rank, last.rule] = [hit.rank, hit.rule];
    last.end = Math.max(last.end, hit.end);
  }
  hits.length = kept;
  return hits;
}

const compare = (a: Hit, b: Hit): number => a.start - b.start || b.end - a.end;

/** The text of [from, to) with merged hits replaced by masks. */
export function applyHits(text: string, from: number, to: number, hits: readonly Hit[], tally: Tally): string {
  let out = '';
  let at = from;
  let [rule, mask, count] = ['', '', 0];
  for (const hit of hits) {
    if (hit.end <= from || hit.start >= to) continue;
    if (hit.rule !== rule) {
      if (count > 0) tally.add(rule, count);
      [rule, mask, count] = [hit.rule, `[redacted:${hit.rule}]`, 0];
    }
    if (hit.start > at) out += text.slice(at, hit.start);
    out += mask;
    count++;
    at = Math.min(hit.end, to);
  }
  if (count > 0) tally.add(rule, count);
  return at === from ? text.slice(from, to) : out + text.slice(at, to);
}

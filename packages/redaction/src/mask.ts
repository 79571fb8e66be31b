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

/** Joins overlapping hits, in order of place. The strongest rule of each group names it. */
export function mergeHits(hits: Hit[]): Hit[] {
  hits.sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Hit[] = [];
  for (const hit of hits) {
    const last = merged.at(-1);
    if (last === undefined || hit.start >= last.end) {
      merged.push({ ...hit });
      continue;
    }
    if (hit.rank < last.rank) [last.rank, last.rule] = [hit.rank, hit.rule];
    last.end = Math.max(last.end, hit.end);
  }
  return merged;
}

/** The text of [from, to) with merged hits replaced by masks. */
export function applyHits(text: string, from: number, to: number, hits: readonly Hit[], tally: Tally): string {
  let out = '';
  let at = from;
  for (const hit of hits) {
    if (hit.end <= from || hit.start >= to) continue;
    out += `${text.slice(at, Math.max(at, hit.start))}[redacted:${hit.rule}]`;
    at = Math.min(hit.end, to);
    tally.add(hit.rule);
  }
  return at === from ? text.slice(from, to) : out + text.slice(at, to);
}

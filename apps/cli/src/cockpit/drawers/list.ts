import type { ListDrawer, ListItem } from '../state/state.ts';

/** The items of a drawer that the typed filter leaves: every word must be in the label or the detail. */
export function filtered({ items, filter }: ListDrawer): readonly ListItem[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return items;
  return items.filter(({ label, detail }) => words.every((word) => `${label} ${detail}`.toLowerCase().includes(word)));
}

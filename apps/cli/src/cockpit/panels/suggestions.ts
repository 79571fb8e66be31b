import type { Suggestion } from '../slash/table.ts';
import { fit, type Line } from '../text/lines.ts';

const MOST = 6;

/**
 * What the typed line can become, one row each.
 *
 * @param chosen the one that Tab or an arrow took last
 */
export function suggestionRows(found: readonly Suggestion[], chosen: number | undefined, width: number): Line[] {
  const column = Math.min(Math.max(...found.map(({ text }) => text.length)) + 2, Math.floor(width * 0.6));
  const first = Math.max(0, Math.min((chosen ?? 0) - MOST + 2, found.length - MOST));
  const rows = found.slice(first, first + MOST).map(({ text, detail }, at): Line => {
    const focused = first + at === chosen;
    return [
      { text: focused ? ' ❯ ' : '   ', color: 'accent' },
      { text: fit(text, column - 1).padEnd(column), ...(focused ? { color: 'accent', bold: true } : {}) },
      { text: fit(detail, Math.max(0, width - column - 4)), color: 'muted' },
    ];
  });
  const hidden = found.length - rows.length;
  return hidden === 0 ? rows : [...rows.slice(0, -1), [{ text: `   … ${hidden + 1} more · Tab goes through them`, color: 'muted' }]];
}

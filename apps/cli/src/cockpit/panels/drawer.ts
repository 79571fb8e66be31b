import { filtered } from '../drawers/list.ts';
import type { Drawer } from '../state/state.ts';
import { fit, type Line } from '../text/lines.ts';

/** The rows of an open drawer: a title, what fits of its contents, the keys. Exactly `height` rows. */
export function drawerRows(drawer: Drawer, width: number, height: number): Line[] {
  const rule: Line = [{ text: '─'.repeat(width), color: 'muted' }];
  const title: Line = [{ text: ` ${drawer.title}`, bold: true, color: 'accent' }, ...extra(drawer)];
  const room = Math.max(1, height - 3);
  const body = contents(drawer, width, room);
  const padded = [...body, ...Array.from({ length: room - body.length }, (): Line => [])];
  return [rule, title, ...padded, [{ text: ` ${keys(drawer)}`, color: 'muted' }]];
}

function extra(drawer: Drawer): Line {
  if (drawer.kind !== 'list') return [];
  const found = filtered(drawer).length;
  const count = found === drawer.items.length ? `${found}` : `${found} of ${drawer.items.length}`;
  return [{ text: `  ${count}`, color: 'muted' }, ...(drawer.filter === '' ? [] : [{ text: `  ${drawer.filter}` }])];
}

function contents(drawer: Drawer, width: number, room: number): Line[] {
  if (drawer.kind === 'list') {
    const items = filtered(drawer);
    if (items.length === 0) return [[{ text: '  Nothing matches.', color: 'muted' }]];
    const column = Math.min(Math.max(...items.map((item) => item.label.length)) + 2, Math.floor(width * 0.6));
    const first = Math.max(0, Math.min(drawer.index - Math.floor(room / 2), items.length - room));
    return items.slice(first, first + room).map((item, at): Line => {
      const focused = first + at === drawer.index;
      return [
        { text: focused ? ' ❯ ' : '   ', color: 'accent' },
        { text: fit(item.label, column - 1).padEnd(column), ...(focused ? { color: 'accent', bold: true } : {}) },
        { text: fit(item.detail, Math.max(0, width - column - 4)), color: 'muted' },
      ];
    });
  }
  const scroll = drawer.kind === 'text' ? Math.min(drawer.scroll, Math.max(0, drawer.rows.length - room)) : 0;
  return drawer.rows.slice(scroll, scroll + room).map((row): Line => [{ text: `  ${fit(row, width - 4)}` }]);
}

function keys(drawer: Drawer): string {
  if (drawer.kind === 'confirm') return 'Enter or y: yes · Esc or n: no';
  return drawer.kind === 'list' ? '↑↓ choose · type to filter · Enter confirm · Esc close' : '↑↓ scroll · Esc close';
}

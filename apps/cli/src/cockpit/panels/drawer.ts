import { filtered } from '../drawers/list.ts';
import type { Drawer, ListDrawer } from '../state/state.ts';
import { fit, type Line, wrapSpans } from '../text/lines.ts';
import { stringWidth } from '../text/width.ts';

/** Rows around the contents of a drawer: rule, title, keys. */
const FRAME = 3;

/** Rows of the question that stay in sight above the answers, where they do not fit. */
const LEAST_INTRO = 3;

/** How tall a drawer would be with all its contents in sight. */
export function drawerWants(drawer: Drawer, width: number): number {
  if (drawer.kind === 'list') return FRAME + drawer.items.length + introRows(drawer, width).length;
  return FRAME + pageRows(drawer.rows, width).length;
}

/** The rows of an open drawer: a title, what fits of its contents, the keys. Exactly `height` rows. */
export function drawerRows(drawer: Drawer, width: number, height: number): Line[] {
  const rule: Line = [{ text: '─'.repeat(width), color: 'muted' }];
  const title: Line = [{ text: ` ${drawer.title}`, bold: true, color: 'accent' }, ...extra(drawer)];
  const room = Math.max(1, height - FRAME);
  const body = contents(drawer, width, room);
  const padded = [...body, ...Array.from({ length: Math.max(0, room - body.length) }, (): Line => [])];
  return [rule, title, ...padded, [{ text: fit(` ${keys(drawer)}`, width), color: 'muted' }]];
}

function extra(drawer: Drawer): Line {
  if (drawer.kind !== 'list' || drawer.name === 'tool') return [];
  const found = filtered(drawer).length;
  const count = found === drawer.items.length ? `${found}` : `${found} of ${drawer.items.length}`;
  return [{ text: `  ${count}`, color: 'muted' }, ...(drawer.filter === '' ? [] : [{ text: `  ${drawer.filter}` }])];
}

function contents(drawer: Drawer, width: number, room: number): Line[] {
  if (drawer.kind !== 'list') {
    const rows = pageRows(drawer.rows, width);
    const scroll = drawer.kind === 'text' ? Math.min(drawer.scroll, Math.max(0, rows.length - room)) : 0;
    return rows.slice(scroll, scroll + room);
  }
  const intro = introRows(drawer, width);
  const items = filtered(drawer);
  const forIntro = Math.min(intro.length, Math.max(LEAST_INTRO, room - items.length));
  return [...introPart(intro, drawer.introScroll ?? 0, forIntro, width), ...itemRows(items, drawer.index, width, room - forIntro)];
}

function itemRows(items: ListDrawer['items'], index: number, width: number, room: number): Line[] {
  if (items.length === 0) return [[{ text: '  Nothing matches.', color: 'muted' }]];
  const column = Math.min(Math.max(...items.map((item) => stringWidth(item.label))) + 2, Math.floor(width * 0.6));
  const first = Math.max(0, Math.min(index - Math.floor(room / 2), items.length - room));
  return items.slice(first, first + room).map((item, at): Line => {
    const focused = first + at === index;
    const label = fit(item.label, column - 1);
    return [
      { text: focused ? ' ❯ ' : '   ', color: 'accent' },
      { text: label + ' '.repeat(column - stringWidth(label)), ...(focused ? { color: 'accent', bold: true } : {}) },
      { text: fit(item.detail, Math.max(0, width - column - 4)), color: 'muted' },
    ];
  });
}

/** A page's rows, wrapped where they are too wide; columns after two blanks stay together. */
function pageRows(rows: readonly string[], width: number): Line[] {
  return rows.flatMap((row) => {
    const indent = (/^.*?\s{2,}(?=\S)/.exec(row)?.[0].length ?? 0) + 2;
    return wrapSpans([{ text: `  ${row}` }], width - 1, indent > width / 2 ? 4 : indent);
  });
}

/** Wrapped questions: one may be long, and every frame needs it. */
const wrapped = new WeakMap<readonly string[], { width: number; lines: readonly Line[] }>();

function introRows({ intro }: ListDrawer, width: number): readonly Line[] {
  if (intro === undefined) return [];
  const known = wrapped.get(intro);
  if (known?.width === width) return known.lines;
  const lines = intro.flatMap((row) => wrapSpans([{ text: `  ${row}` }], width - 1, 4));
  wrapped.set(intro, { width, lines });
  return lines;
}

function introPart(intro: readonly Line[], scroll: number, room: number, width: number): Line[] {
  if (intro.length <= room) return [...intro];
  const from = Math.min(scroll, intro.length - room + 1);
  const part = intro.slice(from, from + room - 1);
  const hidden = intro.length - part.length;
  return [...part, [{ text: fit(`  … ${hidden} more rows · PageUp, PageDown`, width), color: 'warn' }]];
}

function keys(drawer: Drawer): string {
  if (drawer.kind === 'confirm') return 'Enter or y: yes · Esc or n: no';
  if (drawer.kind === 'text') return drawer.name === 'mcp' ? '↑↓ scroll · r read again · Esc close' : '↑↓ scroll · Esc close';
  if (drawer.name === 'tool') return '↑↓ choose · Enter confirm · Esc do not run';
  return '↑↓ choose · type to filter · Enter confirm · Esc close';
}

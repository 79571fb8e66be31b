import type { TimelineItem } from '../state/state.ts';
import { fit, type Line, type Look, wrapSpans } from '../text/lines.ts';
import { type Drawer, PLAIN_DRAWER, StreamedText } from '../text/streamed.ts';

interface Drawn {
  item: TimelineItem;
  width: number;
  lines: readonly Line[];
  streamed?: StreamedText;
}

export interface Window {
  lines: Line[];
  /** Rows below the window: the scroll that was asked for, at most all rows that do not fit. */
  hidden: number;
}

const NOTICE: Readonly<Record<'info' | 'warn' | 'error', { mark: string; look: Look }>> = {
  info: { mark: '· ', look: { color: 'muted' } },
  warn: { mark: '! ', look: { color: 'warn' } },
  error: { mark: '✗ ', look: { color: 'bad' } },
};

/** The rows of a conversation, drawn once per entry and width; only what is in sight is put together. */
export class TimelineRows {
  #drawer: Drawer = PLAIN_DRAWER;
  #drawn = new Map<number, Drawn>();

  /** Takes the Markdown reader into use and draws everything anew with it. */
  use(drawer: Drawer): void {
    this.#drawer = drawer;
    this.#drawn.clear();
  }

  /**
   * The rows that a window of `height` rows shows.
   *
   * @param scroll rows between the end of the conversation and the window's last row
   */
  window(items: readonly TimelineItem[], width: number, height: number, scroll: number): Window {
    if (items.length === 0) this.#drawn.clear();
    const reached = Math.min(scroll, Math.max(0, this.#count(items, width, scroll + height) - height));
    const lines: Line[] = [];
    let below = reached;
    for (let at = items.length - 1; at >= 0 && lines.length < height; at -= 1) {
      const item = items[at];
      if (item === undefined) break;
      const rows = this.#rows(item, width);
      const end = Math.max(0, rows.length - below);
      below = Math.max(0, below - rows.length);
      lines.unshift(...rows.slice(Math.max(0, end - (height - lines.length)), end));
    }
    return { lines, hidden: reached };
  }

  /** Rows of the last entries, counted until there are `enough`. */
  #count(items: readonly TimelineItem[], width: number, enough: number): number {
    let total = 0;
    for (let at = items.length - 1; at >= 0 && total < enough; at -= 1) {
      const item = items[at];
      if (item !== undefined) total += this.#rows(item, width).length;
    }
    return total;
  }

  #rows(item: TimelineItem, width: number): readonly Line[] {
    const known = this.#drawn.get(item.id);
    if (known !== undefined && known.item === item && known.width === width) return known.lines;
    const streamed = known?.width === width && known.streamed !== undefined ? known.streamed : new StreamedText(width - 2, this.#drawer);
    const lines = item.kind === 'answer' ? answerRows(item, streamed) : [...entryRows(item, width), []];
    this.#drawn.set(item.id, { item, width, lines, ...(item.kind === 'answer' ? { streamed } : {}) });
    return lines;
  }
}

function answerRows(item: Extract<TimelineItem, { kind: 'answer' }>, streamed: StreamedText): Line[] {
  const rows = streamed.lines(item.text).map((line): Line => [{ text: '  ' }, ...line]);
  if (item.state === 'interrupted') rows.push([{ text: '  interrupted', color: 'warn' }]);
  if (item.state === 'failed') rows.push([{ text: '  cut off', color: 'bad' }]);
  rows.push([]);
  return rows;
}

function entryRows(item: Exclude<TimelineItem, { kind: 'answer' }>, width: number): Line[] {
  switch (item.kind) {
    case 'user':
      return item.text.split('\n').flatMap((text, at) =>
        wrapSpans(
          [
            { text: at === 0 ? '❯ ' : '  ', color: 'user' },
            { text, bold: true },
          ],
          width,
          2,
        ),
      );
    case 'reasoning':
      return [[{ text: fit(`  thinking · ${item.text.trim().split('\n').at(-1) ?? ''}`, width), color: 'muted', italic: true }]];
    case 'tool':
      return [[{ text: fit(`  → ${item.name} ${item.input.replaceAll('\n', ' ')}`, width), color: 'accent' }]];
    case 'notice': {
      const { mark, look } = NOTICE[item.level];
      return item.text.split('\n').flatMap((text, at) => wrapSpans([{ ...look, text: (at === 0 ? mark : '  ') + text }], width, 2));
    }
  }
}

import type { Anchor, TimelineItem } from '../state/state.ts';
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
  /** Rows below the window. */
  below: number;
}

/** A row of the conversation: place of its entry, and its own place among the rows of that entry. */
interface Place {
  at: number;
  row: number;
}

/** Characters and lines of a prompt that are shown. */
const LONGEST_PROMPT = 8_192;
const MOST_PROMPT_LINES = 40;

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
   * @param anchor the last row in sight of a reader who scrolled up; undefined follows the end
   */
  window(items: readonly TimelineItem[], width: number, height: number, anchor: Anchor | undefined): Window {
    if (items.length === 0) this.#drawn.clear();
    const bottom = this.#bottom(items, width, anchor);
    const lines: Line[] = [];
    for (let { at, row } = bottom; at >= 0 && lines.length < height; at -= 1, row = Number.MAX_SAFE_INTEGER) {
      const rows = this.#rowsAt(items, at, width);
      const end = Math.min(row + 1, rows.length);
      lines.unshift(...rows.slice(Math.max(0, end - (height - lines.length)), end));
    }
    const after = this.#after(items, width, bottom);
    // The window reaches the start of the conversation and has room left, after a resize for instance.
    const more = lines.length < height ? this.#following(items, width, bottom, height - lines.length) : [];
    return { lines: [...lines, ...more], below: after - more.length };
  }

  /**
   * Where a reader stands after moving up by so many rows, or down with a negative number.
   *
   * @returns undefined at the end of the conversation, which is followed from then on
   */
  move(items: readonly TimelineItem[], width: number, height: number, anchor: Anchor | undefined, by: number): Anchor | undefined {
    let { at, row } = this.#bottom(items, width, anchor);
    if (by > 0) {
      let left = Math.min(by, this.#upTo(items, width, { at, row }, by + height) - height);
      if (left <= 0) return anchor;
      for (; left > row && at > 0; row = this.#rowsAt(items, at, width).length - 1) {
        left -= row + 1;
        at -= 1;
      }
      row -= left;
    } else {
      let left = -by;
      for (; at < items.length && row + left >= this.#rowsAt(items, at, width).length; row = 0) {
        left -= this.#rowsAt(items, at, width).length - row;
        at += 1;
      }
      row += left;
    }
    const item = items[at];
    const below = item === undefined ? 0 : this.#after(items, width, { at, row });
    return item === undefined || below === 0 ? undefined : { id: item.id, row, below };
  }

  #bottom(items: readonly TimelineItem[], width: number, anchor: Anchor | undefined): Place {
    const found = anchor === undefined ? -1 : items.findLastIndex((item) => item.id === anchor.id);
    const at = found === -1 ? items.length - 1 : found;
    const last = this.#rowsAt(items, at, width).length - 1;
    return { at, row: found === -1 || anchor === undefined ? last : Math.min(anchor.row, last) };
  }

  #rowsAt(items: readonly TimelineItem[], at: number, width: number): readonly Line[] {
    const item = items[at];
    return item === undefined ? [] : this.#rows(item, width);
  }

  /** Rows behind a place. */
  #after(items: readonly TimelineItem[], width: number, { at, row }: Place): number {
    let total = this.#rowsAt(items, at, width).length - 1 - row;
    for (let next = at + 1; next < items.length; next += 1) total += this.#rowsAt(items, next, width).length;
    return total;
  }

  #following(items: readonly TimelineItem[], width: number, { at, row }: Place, count: number): Line[] {
    const lines = this.#rowsAt(items, at, width).slice(row + 1, row + 1 + count);
    for (let next = at + 1; next < items.length && lines.length < count; next += 1) {
      lines.push(...this.#rowsAt(items, next, width).slice(0, count - lines.length));
    }
    return lines;
  }

  /** Rows up to and with a place, counted upwards until there are `enough`. */
  #upTo(items: readonly TimelineItem[], width: number, { at, row }: Place, enough: number): number {
    let total = row + 1;
    for (let before = at - 1; before >= 0 && total < enough; before -= 1) total += this.#rowsAt(items, before, width).length;
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

/** A long prompt is shown by its beginning: it was pasted, and its reader knows it. */
function promptRows(prompt: string, width: number): Line[] {
  const shown = prompt.slice(0, LONGEST_PROMPT).split('\n').slice(0, MOST_PROMPT_LINES);
  const rows = shown.flatMap((text, at) =>
    wrapSpans(
      [
        { text: at === 0 ? '❯ ' : '  ', color: 'user' },
        { text, bold: true },
      ],
      width,
      2,
    ),
  );
  const hidden = prompt.length - shown.join('\n').length;
  return hidden === 0
    ? rows
    : [...rows, [{ text: fit(`  … and ${hidden.toLocaleString('en-US')} more characters, sent in full`, width), color: 'muted' }]];
}

function entryRows(item: Exclude<TimelineItem, { kind: 'answer' }>, width: number): Line[] {
  switch (item.kind) {
    case 'user':
      return promptRows(item.text, width);
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

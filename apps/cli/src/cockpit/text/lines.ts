import { graphemes, stringWidth } from './width.ts';

/** How a piece of text looks; the theme decides what that means on screen. */
export interface Look {
  color?: 'accent' | 'muted' | 'good' | 'warn' | 'bad' | 'code' | 'user';
  bold?: boolean;
  italic?: boolean;
  underline?: boolean;
  strike?: boolean;
}

export interface Span extends Look {
  text: string;
}

/** One row of the screen. */
export type Line = readonly Span[];

export const EMPTY_LINE: Line = [];

/** UTF-16 units of a character (UAX #29) that are taken as one; more marks than that are put on a character by nobody who writes. */
const LONGEST_CHARACTER = 16;

/**
 * Breaks one logical line into rows of at most `width` cells, at blanks where there are any.
 *
 * @param indent blanks before every row but the first
 */
export function wrapSpans(spans: readonly Span[], width: number, indent = 0): Line[] {
  const lines: Span[][] = [[]];
  let used = 0;
  const room = Math.max(1, width);
  // A word of a megabyte is not measured again for every row that it fills: it is too wide, and that is enough.
  const cellsOf = (text: string): number => (text.length > room * LONGEST_CHARACTER ? room + 1 : stringWidth(text));
  const breakLine = (): void => {
    trimEnd(lines.at(-1) ?? []);
    lines.push(indent > 0 ? [{ text: ' '.repeat(indent) }] : []);
    used = indent;
  };
  for (const span of spans) {
    for (const word of words(span.text)) {
      let rest = word;
      let cells = cellsOf(rest);
      if (used + cells > room && used > indent && (word.trim() !== '' || used >= room)) {
        if (word.trim() === '') continue;
        breakLine();
      }
      while (used + cells > room) {
        if (used >= room) {
          breakLine();
          continue;
        }
        const head = takeCells(rest, room - used);
        append(lines.at(-1) ?? [], { ...span, text: head });
        rest = rest.slice(head.length);
        cells = cellsOf(rest);
        if (cells > 0) breakLine();
      }
      append(lines.at(-1) ?? [], { ...span, text: rest });
      used += cells;
    }
  }
  return lines;
}

/** Breaks a line of code into rows of exactly `width` cells. */
export function hardWrap(text: string, width: number, look: Look = {}): Line[] {
  const lines: Line[] = [];
  for (let rest = text; ;) {
    const head = takeCells(rest, width);
    lines.push(head === '' ? EMPTY_LINE : [{ ...look, text: head }]);
    rest = rest.slice(head.length);
    if (rest === '') return lines;
  }
}

/** The longest beginning of a text that fits into `cells`, never less than one character. */
export function takeCells(text: string, cells: number): string {
  if (stringWidth(text.slice(0, cells)) === cells && text.charCodeAt(cells) < 0x300) return text.slice(0, Math.max(1, cells));
  let used = 0;
  let length = 0;
  for (const grapheme of graphemes(text.slice(0, cells * LONGEST_CHARACTER))) {
    used += stringWidth(grapheme);
    if (used > cells && length > 0) break;
    length += grapheme.length;
  }
  return text.slice(0, length);
}

/** Shortens a text to `cells`, with an ellipsis where something was cut. */
export function fit(text: string, cells: number): string {
  if (stringWidth(text) <= cells) return text;
  return cells <= 1 ? takeCells(text, cells).slice(0, cells) : `${takeCells(text, cells - 1)}…`;
}

function words(text: string): string[] {
  return text.match(/\s+|[^\s]+/g) ?? [];
}

function append(line: Span[], span: Span): void {
  if (span.text === '') return;
  const last = line.at(-1);
  if (last !== undefined && sameLook(last, span)) line[line.length - 1] = { ...last, text: last.text + span.text };
  else line.push(span);
}

function trimEnd(line: Span[]): void {
  const last = line.at(-1);
  if (last !== undefined) line[line.length - 1] = { ...last, text: last.text.trimEnd() };
}

/** Whether two pieces of text look alike. */
export function sameLook(a: Look, b: Look): boolean {
  return a.color === b.color && a.bold === b.bold && a.italic === b.italic && a.underline === b.underline && a.strike === b.strike;
}

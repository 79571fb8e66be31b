import { graphemes, stringWidth } from '../text/width.ts';

/** Cells beside the text: the mark before it, and room for the cursor behind it. */
const BESIDE = 3;
const NARROWEST = 8;

/** A row of the composer as it is drawn: a line of the text, or a part of one that is too wide. */
export interface VisualRow {
  text: string;
  /** Offset of the row's first character in the editor's text. */
  start: number;
}

/** The row in which an offset of the text stands. */
export const rowAt = (rows: readonly VisualRow[], offset: number): number => rows.findLastIndex((row) => row.start <= offset);

/**
 * The rows that a text takes in a composer.
 *
 * @param columns of the screen
 */
export function visualRows(text: string, columns: number): VisualRow[] {
  const width = Math.max(NARROWEST, columns - BESIDE);
  const rows: VisualRow[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    // Nearly every line: as long as it is wide, and short enough. A pasted text may have tens of thousands of them.
    if (line.length <= width && stringWidth(line) === line.length) {
      rows.push({ text: line, start });
      start += line.length + 1;
      continue;
    }
    let rowStart = start;
    let used = 0;
    let row = '';
    for (const grapheme of graphemes(line)) {
      const cells = stringWidth(grapheme);
      if (used + cells > width) {
        rows.push({ text: row, start: rowStart });
        rowStart += row.length;
        row = '';
        used = 0;
      }
      row += grapheme;
      used += cells;
    }
    rows.push({ text: row, start: rowStart });
    start += line.length + 1;
  }
  return rows;
}

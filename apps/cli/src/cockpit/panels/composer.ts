import type { Editor } from '../input/editor.ts';
import type { Line } from '../text/lines.ts';
import { graphemes, stringWidth } from '../text/width.ts';

/** The rows of the composer, and where the cursor stands in them: cells from the left, rows from the top. */
export interface ComposerRows {
  lines: Line[];
  cursor: { x: number; y: number };
}

const TALLEST = 8;

interface VisualRow {
  text: string;
  /** Offset of the row's first character in the editor's text. */
  start: number;
}

/** The rows of the composer: as many as the text needs, at most eight, always with the cursor among them. */
export function composerRows(editor: Editor, width: number, placeholder: string): ComposerRows {
  if (editor.text === '') return { lines: [[prompt(0), { text: placeholder, color: 'muted' }]], cursor: { x: MARK, y: 0 } };
  const rows = visualRows(editor.text, Math.max(8, width - 3));
  const cursorRow = rows.findLastIndex((row) => row.start <= editor.cursor);
  const first = Math.max(0, Math.min(cursorRow - TALLEST + 1, rows.length - TALLEST));
  const { text, start } = rows[cursorRow] ?? { text: '', start: 0 };
  return {
    lines: rows.slice(first, first + TALLEST).map((row, at): Line => [prompt(first + at), { text: row.text }]),
    cursor: { x: MARK + stringWidth(text.slice(0, editor.cursor - start)), y: cursorRow - first },
  };
}

/** Cells of the mark before the text. */
const MARK = 2;

const prompt = (row: number): Line[number] => ({ text: row === 0 ? '❯ ' : '  ', color: 'accent' });

function visualRows(text: string, width: number): VisualRow[] {
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

import type { Editor } from '../input/editor.ts';
import { rowAt, visualRows } from '../input/rows.ts';
import type { Line } from '../text/lines.ts';
import { stringWidth } from '../text/width.ts';

/** The rows of the composer, and where the cursor stands in them: cells from the left, rows from the top. */
export interface ComposerRows {
  lines: Line[];
  cursor: { x: number; y: number };
}

const TALLEST = 8;

/** The rows of the composer: as many as the text needs, at most eight, always with the cursor among them. */
export function composerRows(editor: Editor, width: number, placeholder: string): ComposerRows {
  if (editor.text === '') return { lines: [[prompt(0), { text: placeholder, color: 'muted' }]], cursor: { x: MARK, y: 0 } };
  const rows = visualRows(editor.text, width);
  const cursorRow = rowAt(rows, editor.cursor);
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

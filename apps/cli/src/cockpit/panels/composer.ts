import type { Editor } from '../input/editor.ts';
import type { Line } from '../text/lines.ts';
import { graphemes, stringWidth } from '../text/width.ts';

const TALLEST = 8;

interface VisualRow {
  text: string;
  /** Offset of the row's first character in the editor's text. */
  start: number;
}

/**
 * The rows of the composer with the cursor drawn in them: as many as the text needs, at most eight, always with the
 * cursor among them.
 */
export function composerRows(editor: Editor, width: number, focused: boolean, placeholder: string): Line[] {
  if (editor.text === '') return [[prompt(0), cursorSpan(' ', focused), { text: placeholder, color: 'muted' }]];
  const rows = visualRows(editor.text, Math.max(8, width - 3));
  const cursorRow = rows.findLastIndex((row) => row.start <= editor.cursor);
  const first = Math.max(0, Math.min(cursorRow - TALLEST + 1, rows.length - TALLEST));
  return rows.slice(first, first + TALLEST).map((row, at): Line => {
    const index = first + at;
    if (index !== cursorRow) return [prompt(index), { text: row.text }];
    const before = row.text.slice(0, editor.cursor - row.start);
    const rest = row.text.slice(before.length);
    const under = graphemes(rest.slice(0, 32))[0] ?? ' ';
    return [prompt(index), { text: before }, cursorSpan(under, focused), { text: rest.slice(under.length) }];
  });
}

const prompt = (row: number): Line[number] => ({ text: row === 0 ? '❯ ' : '  ', color: 'accent' });

const cursorSpan = (text: string, focused: boolean): Line[number] => (focused ? { text, inverse: true } : { text });

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

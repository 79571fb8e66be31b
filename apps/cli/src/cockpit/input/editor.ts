import { graphemes, stringWidth } from '../text/width.ts';
import { rowAt, type VisualRow, visualRows } from './rows.ts';

/** The text being composed. Every function here returns a new editor and touches nothing else. */
export interface Editor {
  readonly text: string;
  /** Offset of the cursor in `text`, in UTF-16 units, never inside a character. */
  readonly cursor: number;
  /** Sent texts, oldest first. */
  readonly history: readonly string[];
  /** Which entry of the history is shown; undefined while the person's own draft is. */
  readonly recalled: number | undefined;
  /** The draft that was left for the history. */
  readonly draft: string;
}

/** Texts that are recalled. */
export const LONGEST_HISTORY = 500;

export const EMPTY_EDITOR: Editor = { text: '', cursor: 0, history: [], recalled: undefined, draft: '' };

const edit = (editor: Editor, text: string, cursor: number): Editor => ({ ...editor, text, cursor, recalled: undefined });

export const insert = (editor: Editor, text: string): Editor =>
  edit(editor, editor.text.slice(0, editor.cursor) + text + editor.text.slice(editor.cursor), editor.cursor + text.length);

export const replaceText = (editor: Editor, text: string): Editor => edit(editor, text, text.length);

export const backspace = (editor: Editor): Editor => removeRange(editor, previous(editor.text, editor.cursor), editor.cursor);

export const deleteForward = (editor: Editor): Editor => removeRange(editor, editor.cursor, next(editor.text, editor.cursor));

export const deleteWord = (editor: Editor): Editor => removeRange(editor, wordStart(editor.text, editor.cursor), editor.cursor);

export const deleteToLineStart = (editor: Editor): Editor => removeRange(editor, lineStart(editor), editor.cursor);

export const deleteToLineEnd = (editor: Editor): Editor => removeRange(editor, editor.cursor, lineEnd(editor));

export const moveLeft = (editor: Editor): Editor => ({ ...editor, cursor: previous(editor.text, editor.cursor) });

export const moveRight = (editor: Editor): Editor => ({ ...editor, cursor: next(editor.text, editor.cursor) });

export const moveWordLeft = (editor: Editor): Editor => ({ ...editor, cursor: wordStart(editor.text, editor.cursor) });

export const moveWordRight = (editor: Editor): Editor => {
  const ahead = /^\s*\S+/.exec(editor.text.slice(editor.cursor))?.[0] ?? '';
  return { ...editor, cursor: editor.cursor + ahead.length };
};

export const moveLineStart = (editor: Editor): Editor => ({ ...editor, cursor: lineStart(editor) });

export const moveLineEnd = (editor: Editor): Editor => ({ ...editor, cursor: lineEnd(editor) });

/**
 * One row up as the text is drawn; from the first row, one entry back in the history.
 *
 * @param columns of the screen
 */
export function moveUp(editor: Editor, columns: number): Editor {
  const rows = visualRows(editor.text, columns);
  const at = rowAt(rows, editor.cursor);
  return at <= 0 ? recall(editor, (editor.recalled ?? editor.history.length) - 1) : moveToRow(editor, rows, at - 1);
}

/**
 * One row down as the text is drawn; from the last row, one entry forward in the history, at its end back to the draft.
 *
 * @param columns of the screen
 */
export function moveDown(editor: Editor, columns: number): Editor {
  const rows = visualRows(editor.text, columns);
  const at = rowAt(rows, editor.cursor);
  if (at < rows.length - 1) return moveToRow(editor, rows, at + 1);
  return editor.recalled === undefined ? editor : recall(editor, editor.recalled + 1);
}

/** The same cell of another row, or the end of that. */
function moveToRow(editor: Editor, rows: readonly VisualRow[], to: number): Editor {
  const from = rows[rowAt(rows, editor.cursor)];
  const row = rows[to];
  if (from === undefined || row === undefined) return editor;
  const cells = stringWidth(from.text.slice(0, editor.cursor - from.start));
  let used = 0;
  let length = 0;
  for (const grapheme of graphemes(row.text)) {
    used += stringWidth(grapheme);
    // Behind the last character of a row that goes on, the cursor would stand in the next one.
    if (used > cells || rows[to + 1]?.start === row.start + length + grapheme.length) break;
    length += grapheme.length;
  }
  return { ...editor, cursor: row.start + length };
}

/** Empties the editor and remembers what was in it. */
export function submit(editor: Editor): Editor {
  const known = editor.history.at(-1) === editor.text || editor.text.trim() === '';
  const history = known ? editor.history : [...editor.history, editor.text].slice(-LONGEST_HISTORY);
  return { ...EMPTY_EDITOR, history };
}

function recall(editor: Editor, at: number): Editor {
  if (at < 0) return editor;
  const draft = editor.recalled === undefined ? editor.text : editor.draft;
  const text = at >= editor.history.length ? draft : (editor.history[at] ?? '');
  return { ...editor, text, cursor: text.length, draft, recalled: at >= editor.history.length ? undefined : at };
}

function removeRange(editor: Editor, from: number, to: number): Editor {
  return edit(editor, editor.text.slice(0, from) + editor.text.slice(to), from);
}

function lineStart({ text, cursor }: Editor): number {
  return cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1;
}

function lineEnd({ text, cursor }: Editor): number {
  const end = text.indexOf('\n', cursor);
  return end === -1 ? text.length : end;
}

function wordStart(text: string, cursor: number): number {
  const behind = /\S+\s*$/.exec(text.slice(0, cursor))?.[0] ?? '';
  return cursor - Math.max(behind.length, cursor > 0 ? 1 : 0);
}

/** Characters of a person (UAX #29) are looked for in so many units around the cursor. */
const LONGEST_CHARACTER = 64;

function previous(text: string, cursor: number): number {
  if (cursor === 0) return 0;
  const behind = graphemes(text.slice(Math.max(0, cursor - LONGEST_CHARACTER), cursor)).at(-1);
  return cursor - (behind?.length ?? 1);
}

function next(text: string, cursor: number): number {
  const ahead = graphemes(text.slice(cursor, cursor + LONGEST_CHARACTER))[0];
  return Math.min(text.length, cursor + (ahead?.length ?? 1));
}

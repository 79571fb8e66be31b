import type { NameClass } from './names.ts';
import type { Span } from './logins.ts';
import type { Text } from './text.ts';
import { isPassword, isStrong, looksRandom } from './values.ts';

/* Values below the name of a column: CSV, tabs, semicolons, the tables of Markdown, psql and mysql. */

/** How far below its name a value may stand, in characters. */
const LONGEST_TABLE = 700;
export const LONGEST_LINE = 400;
const DELIMITERS = ['|', '\t', ';', ','];
const HEADER = /^[\w ."'*`|,;\t\r-]+$/;
const ORNAMENTS = /^["'*`\s]+|["'*`\s]+$/g;
/** Names of columns: two at least, and each begins with a letter. */
const NAMED = /^[A-Za-z_#]/;

/** The line of the names of columns around a place. */
interface Header {
  end: number;
  delimiter: string;
  cells: readonly string[];
  /** The number of the column that has the name. */
  column: number;
}

/** The columns of a table when the name at [start, end) is the whole name of one of them. */
export function headerAt(text: string, start: number, end: number): Header | undefined {
  const least = Math.max(0, start - LONGEST_LINE);
  const before = text.slice(least, start).lastIndexOf('\n');
  const after = text.slice(end, end + LONGEST_LINE).indexOf('\n');
  if (after < 0 || (before < 0 && least > 0)) return undefined;
  const from = least + before + 1;
  const to = end + after;
  const line = text.slice(from, to);
  const delimiter = DELIMITERS.find((sign) => line.includes(sign));
  if (delimiter === undefined || !HEADER.test(line)) return undefined;
  const cells = line.split(delimiter);
  const names = cells.map((cell) => cell.replace(ORNAMENTS, '')).filter((cell) => cell !== '');
  if (names.length < 2 || !names.every((cell) => NAMED.test(cell))) return undefined;
  const column = line.slice(0, start - from).split(delimiter).length - 1;
  const cell = (cells[column] as string).replace(ORNAMENTS, '');
  return cell === text.slice(start, end) ? { end: to, delimiter, cells, column } : undefined;
}

/** Whether a name may be one of several in a line: between signs that part columns, or at an end of the line. */
export function mayBeColumn(text: Text, start: number, end: number): boolean {
  let i = end;
  while (i - end < 40 && isOrnament(text.at(i))) i++;
  if (!endsColumn(text.at(i)) && text.at(end) !== 9) return false;
  i = start - 1;
  while (start - i < 40 && isOrnament(text.at(i))) i--;
  return i < 0 || endsColumn(text.at(i)) || text.at(start - 1) === 9;
}

/** A blank, a quote, a star, a backtick. */
const isOrnament = (unit: number): boolean => unit === 32 || unit === 0x22 || unit === 0x27 || unit === 0x2a || unit === 0x60;
/** A comma, a semicolon, a bar, a tab, the end of a line. */
const endsColumn = (unit: number): boolean => unit === 0x2c || unit === 0x3b || unit === 0x7c || unit === 9 || unit === 10 || unit === 13;

/** What was found of a table: the values of a column, where the line of the names ends, and where the last row does. */
interface Table {
  values: readonly Span[];
  header: number;
  end: number;
}

/** The values in the rows below the name of a column; undefined when the name heads none. */
export function columnBelow(text: string, start: number, end: number, kind: NameClass): Table | undefined {
  const header = headerAt(text, start, end);
  if (header === undefined) return undefined;
  const values: Span[] = [];
  let last = header.end;
  for (let at = header.end + 1; at < text.length && at - start < LONGEST_TABLE;) {
    const rest = text.slice(at, at + LONGEST_LINE);
    const length = rest.indexOf('\n');
    // A row that is longer than that is none.
    if (length < 0 && at + LONGEST_LINE < text.length) break;
    const row = length < 0 ? rest : rest.slice(0, length);
    const next = at + row.length;
    if (row === '') break;
    // Values have digits; a rule between rows, and a row of words, hold none.
    if (/\d/.test(row)) {
      const cells = row.split(header.delimiter);
      if (cells.length !== header.cells.length) break;
      const cell = cells[header.column] as string;
      const value = cell.replace(ORNAMENTS, '');
      if (isValue(value, kind)) {
        const from = at + cells.slice(0, header.column).join(header.delimiter).length + (header.column > 0 ? 1 : 0);
        const first = from + cell.indexOf(value);
        values.push({ start: first, end: first + value.length });
      }
    }
    last = next;
    at = next + 1;
  }
  return { values, header: header.end, end: last };
}

const isValue = (value: string, kind: NameClass): boolean =>
  value.length >= 6 &&
  !/\s/.test(value) &&
  (kind === 'password' ? isStrong(value) || (/\d/.test(value) && isPassword(value, false)) : looksRandom(value, 12));

const LONGEST_LIST = 240;
const LONGEST_ROW = 600;
const VALUES_AFTER = /[`"\]]?\s{0,8}(?:,[^()]{0,240})?\)\s{0,40}values\s{0,40}\(/iy;

/**
 * The place of the value of a column in `INSERT INTO t (a, password) VALUES ('x', 'y')`.
 *
 * @param start where the name of the column begins
 * @param end where it ends
 */
export function columnValue(text: string, start: number, end: number): number | undefined {
  const before = text.slice(Math.max(0, start - LONGEST_LIST), start);
  const open = before.lastIndexOf('(');
  if (open < 0) return undefined;
  VALUES_AFTER.lastIndex = end;
  const values = VALUES_AFTER.exec(text);
  if (values === null) return undefined;
  let skip = before.slice(open).split(',').length - 1;
  const from = end + values[0].length;
  const row = text.slice(from, from + LONGEST_ROW);
  let quote = '';
  for (let i = 0; i < row.length; i++) {
    const sign = row.charAt(i);
    if (skip === 0 && sign !== ' ') return from + i;
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === "'" || sign === '"') quote = sign;
    else if (sign === ')') return undefined;
    else if (sign === ',') skip--;
  }
  return undefined;
}

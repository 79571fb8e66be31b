import { expect, test } from 'vitest';
import { historyLine, parseHistory } from './history.ts';

test('a history survives lines that are none, and keeps the latest five hundred', () => {
  expect(parseHistory('"one"\n{"a":1}\nnot json\n"  "\n"two\\nrows"\n"cut o')).toEqual(['one', 'two\nrows']);
  const many = Array.from({ length: 700 }, (_, at) => `"${at}"`).join('\n');
  expect(parseHistory(many)).toHaveLength(500);
  expect(parseHistory(many).at(-1)).toBe('699');
});

test('neither blanks nor a pasted megabyte are kept', () => {
  expect(historyLine('two\nrows')).toBe('"two\\nrows"\n');
  expect(historyLine(' \n')).toBeUndefined();
  expect(historyLine('x'.repeat(20_000))).toBeUndefined();
});

import { describe, expect, test } from 'vitest';
import type { Line } from './lines.ts';
import { code, markdownLines } from './markdown.ts';
import { StreamedText } from './streamed.ts';

const textOf = (lines: readonly Line[]): string[] => lines.map((line) => line.map((span) => span.text).join(''));

const stream = (source: string, width: number, step: number): string[] => {
  const streamed = new StreamedText(width, { markdown: markdownLines, code });
  let lines: readonly Line[] = [];
  for (let end = step; end < source.length + step; end += step) lines = streamed.lines(source.slice(0, end));
  return textOf(lines);
};

const SOURCE = [
  '# Title',
  'A paragraph with **bold**, *slanted*, `code`, ~~gone~~ and [a link](http://example.com).',
  '',
  '- one',
  '  - nested',
  '- [x] done',
  '',
  '```ts',
  'const a = 1;',
  '',
  'const b = 2;',
  '```',
  '',
  '| name | value |',
  '| --- | --- |',
  '| x | 1 < 2 |',
  '',
  '> quoted',
  '',
  '3. third',
  '<b>not html</b>',
].join('\n');

describe('a growing Markdown text', () => {
  test('is drawn the same, in whatever pieces it comes', () => {
    const whole = stream(SOURCE, 40, SOURCE.length);
    expect(whole).toEqual([
      'Title',
      '',
      'A paragraph with bold, slanted, code,',
      'gone and a link (http://example.com).',
      '',
      '• one',
      '  • nested',
      '[x] done',
      '',
      '▏ const a = 1;',
      '▏ ',
      '▏ const b = 2;',
      '',
      'name │ value',
      '─────┼──────',
      'x    │ 1 < 2',
      '',
      '│ quoted',
      '',
      '3. third',
      '   <b>not html</b>',
    ]);
    for (const step of [1, 2, 7, 50]) expect(stream(SOURCE, 40, step)).toEqual(whole);
  });

  test('keeps what is indented below a list item with it, code in a fence too', () => {
    const list = '1. First:\n\n    goes on\n\n    ```sh\n    npm i\n    ```\n\n2. Second\n\nThe end.\n';
    const whole = stream(list, 40, list.length);
    expect(whole).toEqual(['1. First:', '   goes on', '   ▏ npm i', '', '2. Second', '', 'The end.']);
    for (const step of [1, 3, 20]) expect(stream(list, 40, step)).toEqual(whole);
  });

  test('cuts one endless line into full rows', () => {
    const rows = stream('x'.repeat(100_000), 80, 16_384);
    expect(rows).toHaveLength(1_250);
    expect(rows.every((row) => row.length === 80)).toBe(true);
  });

  test('keeps an open code block open, with its fence of any length', () => {
    expect(stream('````\n```\nstill code\n', 40, 3)).toEqual(['▏ ```', '▏ still code']);
  });
});

import { describe, expect, test } from 'vitest';
import type { Anchor, TimelineItem } from '../state/state.ts';
import { TimelineRows } from './timeline.ts';

const HEIGHT = 5;
const WIDTH = 40;

const answer = (id: number, rows: number): TimelineItem => ({
  id,
  kind: 'answer',
  state: 'streaming',
  text: Array.from({ length: rows }, (_, at) => `${id}.${at}`).join('\n'),
});

const texts = (rows: TimelineRows, items: readonly TimelineItem[], anchor?: Anchor, height = HEIGHT): string[] =>
  rows.window(items, WIDTH, height, anchor).lines.map((line) =>
    line
      .map((span) => span.text)
      .join('')
      .trim(),
  );

describe('a window on the conversation', () => {
  test('follows the end until the reader scrolls up, and then stays where the reader is', () => {
    const rows = new TimelineRows();
    const items = [answer(1, 10), answer(2, 10)];
    expect(texts(rows, items)).toEqual(['2.6', '2.7', '2.8', '2.9', '']);
    const anchor = rows.move(items, WIDTH, HEIGHT, undefined, 3);
    const seen = texts(rows, items, anchor);
    expect(seen).toEqual(['2.3', '2.4', '2.5', '2.6', '2.7']);
    expect(anchor?.below).toBe(3);
    const grown = [answer(1, 10), answer(2, 30), answer(3, 10)];
    expect(texts(rows, grown, anchor)).toEqual(seen);
    expect(rows.window(grown, WIDTH, HEIGHT, anchor).below).toBe(3 + 20 + 11);
  });

  test('moves over the edges of entries and stops at both ends', () => {
    const rows = new TimelineRows();
    const items = [answer(1, 3), answer(2, 3), answer(3, 3)];
    const top = rows.move(items, WIDTH, HEIGHT, undefined, Number.MAX_SAFE_INTEGER);
    expect(texts(rows, items, top)).toEqual(['1.0', '1.1', '1.2', '', '2.0']);
    expect(rows.move(items, WIDTH, HEIGHT, top, 1)).toEqual(top);
    const down = rows.move(items, WIDTH, HEIGHT, top, -5);
    expect(texts(rows, items, down)).toEqual(['2.1', '2.2', '', '3.0', '3.1']);
    expect(rows.move(items, WIDTH, HEIGHT, down, -2)).toBeUndefined();
    expect(rows.move(items, WIDTH, HEIGHT, down, Number.MIN_SAFE_INTEGER)).toBeUndefined();
    expect(rows.move(items, WIDTH, 40, undefined, 3)).toBeUndefined();
  });

  test('fills a window that has become taller than what is above the reader', () => {
    const rows = new TimelineRows();
    const items = [answer(1, 6), answer(2, 6)];
    const top = rows.move(items, WIDTH, HEIGHT, undefined, Number.MAX_SAFE_INTEGER);
    expect(texts(rows, items, top, 8)).toEqual(['1.0', '1.1', '1.2', '1.3', '1.4', '1.5', '', '2.0']);
    expect(rows.window(items, WIDTH, 20, top).below).toBe(0);
  });

  test('an anchor whose entry is gone is none, and a long prompt is shown by its beginning', () => {
    const rows = new TimelineRows();
    expect(texts(rows, [answer(5, 6)], { id: 1, row: 0, below: 9 })).toEqual(['5.2', '5.3', '5.4', '5.5', '']);
    const prompt: TimelineItem = { id: 1, kind: 'user', text: 'a row\n'.repeat(40_000) };
    const shown = texts(rows, [prompt], undefined, 60);
    expect(shown).toHaveLength(42);
    expect(shown.at(-2)).toMatch(/^… and 239,761 more characters/);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fit, hardWrap, type Line, takeCells, wrapSpans } from './lines.ts';
import { graphemes, stringWidth } from './width.ts';

const textOf = (line: Line): string => line.map((span) => span.text).join('');

describe('the width of a text', () => {
  test.each([
    ['plain', 5],
    ['日本', 4],
    ['👩‍👧', 2],
    ['é', 1],
    ['\u001b[31mred\u001b[39m', 3],
    ['─│╭•❯', 5],
    ['❤️', 2],
    ['', 0],
  ])('of %j is %i', (text, width) => {
    expect(stringWidth(text)).toBe(width);
  });
});

describe('wrapping', () => {
  test('breaks at blanks and indents what follows', () => {
    expect(wrapSpans([{ text: 'one two three four' }], 9, 2).map(textOf)).toEqual(['one two', '  three', '  four']);
  });

  test('keeps the look of every piece', () => {
    expect(wrapSpans([{ text: 'plain ' }, { text: 'bold', bold: true }], 80)).toEqual([[{ text: 'plain ' }, { text: 'bold', bold: true }]]);
  });

  test('never makes a row wider than asked for, and loses nothing but blanks', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '日', '👩‍👧', 'é') }), fc.integer({ min: 4, max: 30 }), (text, width) => {
        const rows = wrapSpans([{ text }], width).map(textOf);
        expect(rows.every((row) => stringWidth(row) <= width)).toBe(true);
        expect(rows.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        const cut = hardWrap(text, width).map(textOf);
        expect(cut.every((row) => stringWidth(row) <= width)).toBe(true);
        expect(cut.join('')).toBe(text);
      }),
    );
  });

  test('cuts at whole characters', () => {
    expect(takeCells('👩‍👧ab', 3)).toBe('👩‍👧a');
    expect(graphemes('👩‍👧a')).toHaveLength(2);
    expect(fit('a long text', 6)).toBe('a lon…');
    expect(fit('short', 6)).toBe('short');
  });
});

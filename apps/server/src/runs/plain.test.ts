import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPlainText, plainLine } from './plain.ts';

test('B16 text is the same however it is cut into pieces, and holds no control character', () => {
  const letters = fc.constantFrom(
    ...[
      '\u001b',
      '[',
      ']',
      '\u0007',
      '\\',
      '3',
      '1',
      'm',
      'a',
      'P',
      '\n',
      '\t',
      '\r',
      '\u009b',
      '\u009c',
      '\u009d',
      '\u202e',
      '😀',
      '\u0000',
    ],
  );
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 5 }), (parts, cuts) => {
      const text = parts.join('');
      const whole = createPlainText().push(text);
      const pieces = createPlainText();
      const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((one, other) => one - other), text.length];
      const joined = places
        .slice(1)
        .map((end, index) => pieces.push(text.slice(places[index] ?? 0, end)))
        .join('');
      expect(joined).toBe(whole);
      // oxlint-disable-next-line no-control-regex
      expect(whole).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    }),
    { numRuns: 2_000 },
  );
});

test('B16 a string sequence that never ends does not hide what follows for ever', () => {
  expect(createPlainText().push(`\u001b]${'x'.repeat(10_000)}`)).toMatch(/^x{5000,}$/);
});

test('B16 a title is one line', () => {
  expect(plainLine('  a\n\u001b[31mb\u001b[0m \t c ', 120)).toBe('a b c');
  expect(plainLine('x'.repeat(200), 120)).toHaveLength(120);
});

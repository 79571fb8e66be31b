import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStreamSanitiser, sanitise, sanitiseLine } from './sanitise.ts';

const HOSTILE = [
  ['clipboard', 'a\u001b]52;c;ZXZpbA==\u0007b'],
  ['title ended by ST', 'a\u001b]0;owned\u001b\\b'],
  ['title in C1', 'a\u009d2;owned\u009cb'],
  ['clear and move', 'a\u001b[2J\u001b[1;1Hb'],
  ['colours', 'a\u001b[38;2;1;2;3mb'],
  ['C1 sequence', 'a\u009b31mb'],
  ['device control', 'a\u001bPq#0;2;0;0;0\u001b\\b'],
  ['charset', 'a\u001b(0b'],
  ['reset', 'a\u001bcb'],
  ['bell and backspace', 'a\u0007\u0008b'],
  ['bidi override', 'a\u202e\u2066b'],
  ['zero width and tags', 'a\u200b\u{e0041}b'],
] as const;

describe('sanitise', () => {
  test.each(HOSTILE)('removes %s and keeps the text', (_, text) => {
    expect(sanitise(text)).toBe('ab');
  });

  test('keeps what is text: newlines, emoji, accents, other scripts', () => {
    expect(sanitise('a\r\nb\tc')).toBe('a\nb    c');
    expect(sanitise('naïve 日本 👩‍👧 العربية')).toBe('naïve 日本 👩‍👧 العربية');
  });

  test('makes one line of many', () => {
    expect(sanitiseLine('a\nb', 2)).toBe('a ');
  });
});

describe('a sanitiser of pieces', () => {
  test.each(HOSTILE)('finds %s at every seam', (_, text) => {
    for (let cut = 0; cut <= text.length; cut += 1) {
      const stream = createStreamSanitiser();
      expect(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.end()).toBe('ab');
    }
  });

  test('lets nothing through that moves a terminal, whatever comes', () => {
    const piece = fc.string({
      unit: fc.constantFrom('\u001b', '[', ']', '0', ';', 'm', '\u0007', '\u009b', '\r', '\n', 'é', '\u202e', '\\'),
    });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const stream = createStreamSanitiser();
        const out = pieces.map((text) => stream.push(text)).join('') + stream.end();
        // oxlint-disable-next-line no-control-regex
        expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});

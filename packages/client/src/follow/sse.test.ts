import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SseMessage, SseReader } from './sse.ts';

const readAll = (text: string, cuts: readonly number[] = []): SseMessage[] => {
  const reader = new SseReader();
  const ends = [...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) => a - b);
  return ends.flatMap((end, index) => reader.push(text.slice(index === 0 ? 0 : ends[index - 1], end)));
};

test('D7 a message is read the same wherever the stream is cut, whatever ends its lines', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          id: fc.nat(),
          lines: fc.array(
            fc.string({ unit: 'grapheme' }).filter((line) => !/[\r\n]/.test(line)),
            { minLength: 1 },
          ),
        }),
      ),
      fc.constantFrom('\n', '\r', '\r\n'),
      fc.array(fc.nat()),
      (messages, end, cuts) => {
        const text = messages
          .map(({ id, lines }) => [`: heartbeat`, `id: ${id}`, ...lines.map((line) => `data: ${line}`), '', ''].join(end))
          .join('');
        expect(readAll(text, cuts)).toEqual(
          messages.map(({ id, lines }) => ({ id: String(id), event: 'message', data: lines.join('\n') })),
        );
      },
    ),
  );
});

test('D7 half a message is none: only the blank line makes it count', () => {
  expect(readAll('id: 1\ndata: {"a":1}\n')).toEqual([]);
  expect(readAll('event: end\n\nid: 2\n\ndata\n\n:only a comment\n\ndata:x\nunknown: y\nevent: end\n\n')).toEqual([
    { id: undefined, event: 'message', data: '' },
    { id: undefined, event: 'end', data: 'x' },
  ]);
});

test('D7 a line without end is refused before it fills the memory', () => {
  const reader = new SseReader();
  const fill = (piece: string): void => {
    for (let size = 0; size < 6_000_000; size += piece.length) reader.push(piece);
  };
  expect(() => fill('x'.repeat(100_000))).toThrow(/without end/);
  const many = new SseReader();
  expect(() => {
    for (let size = 0; size < 6_000_000; size += 1_000) many.push(`data: ${'x'.repeat(1_000)}\n`);
  }).toThrow(/without end/);
});

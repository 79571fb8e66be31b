import { expect, test } from 'vitest';
import { createEchoMask, createEchoPattern, echoMaskFor } from './mask-echo.ts';

const KEY = 'sk-sk-key-sk-key-0001';

test('D2 a key that comes back is masked wherever its chunks are cut, and nothing else changes', () => {
  const text = `before ${KEY} sk-sk- between ${KEY}${KEY} after sk-sk-key-sk-key-000`;
  const expected = text.replaceAll(KEY, echoMaskFor(KEY));
  const bytes = Buffer.from(text);
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second += 7) {
      const mask = createEchoMask(createEchoPattern(KEY));
      const out = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)].map((chunk) => mask.push(chunk));
      expect(Buffer.concat([...out, mask.end()]).toString()).toBe(expected);
    }
  }
  expect(expected).toHaveLength(text.length);
});

test('B7 what cannot be the key passes at once', () => {
  const mask = createEchoMask(createEchoPattern(KEY));
  expect(mask.push(Buffer.from('data: {"a":1}\n\n')).toString()).toBe('data: {"a":1}\n\n');
  expect(mask.end()).toHaveLength(0);
  expect(mask.seen).toBe(false);
});

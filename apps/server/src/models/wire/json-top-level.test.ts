import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanTopLevel, valueOf } from './json-top-level.ts';

const WANTED = new Set(['model', 'stream', 'n']);

test('B7 what is found at the top level is what a JSON reader finds', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('model', 'stream', 'n')), fc.jsonValue()),
      fc.constantFrom(undefined, 2),
      (object, indent) => {
        const text = JSON.stringify(object, undefined, indent);
        const bytes = Buffer.from(text);
        const scanned = scanTopLevel(bytes, WANTED);
        expect(scanned.ok).toBe(true);
        const parsed = JSON.parse(text) as Record<string, unknown>;
        for (const key of WANTED)
          expect(scanned.ok && valueOf(bytes, scanned.values.get(key))).toEqual(Object.hasOwn(parsed, key) ? parsed[key] : undefined);
      },
    ),
  );
});

test.each([
  ['not an object', '[1]'],
  ['cut', '{"model":"a"'],
  ['cut in a string', '{"model":"a'],
  ['something behind it', '{"model":"a"} x'],
  ['a key twice', '{"model":"a","model":"b"}'],
  ['a key twice, once escaped', '{"model":"a","\\u006dodel":"b"}'],
  ['a comma too many', '{"model":"a",}'],
  ['no quotes', '{model:"a"}'],
  ['nesting without end', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
])('B7 a body that two readers could read differently is refused: %s', (_name, text) => {
  expect(scanTopLevel(Buffer.from(text), WANTED).ok).toBe(false);
});

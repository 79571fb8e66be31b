import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ALLOWED, countReveals, revealsOf, unlisted } from './count-reveals.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

describe('A1 D1 the one door of a secret', () => {
  test('is opened only where the list says why', () => {
    const found = revealsOf(root);
    expect(found.size).toBeGreaterThan(20);
    expect(unlisted(found, ALLOWED)).toEqual([]);
    for (const { reason } of Object.values(ALLOWED)) expect(reason.length).toBeGreaterThan(10);
  });

  test.each([
    ['key.reveal()', 1],
    ['key?.reveal()', 1],
    ['key\n  .reveal()', 1],
    ["key['reveal']()", 1],
    ['key.reveal.call(key)', 1],
    ['list.map(key.reveal)', 1],
    ['const { reveal } = key;', 1],
    ['const { label, reveal: open } = key;', 1],
    ['a.reveal() + b.reveal()', 2],
    ['// key.reveal() in a comment', 0],
    ['/* key.reveal()\n key.reveal() */', 0],
    ['fetch("http://x", key.reveal())', 1],
    ['reveal(): string {', 0],
    ['key.revealed', 0],
  ])('is seen in %j', (source, count) => {
    expect(countReveals(source)).toBe(count);
  });

  test('may not be opened by a new file, or once more by a listed one', () => {
    const allowed = { 'a.ts': { calls: 1, reason: 'a header' } };
    expect(unlisted(new Map([['a.ts', 1]]), allowed)).toEqual([]);
    expect(unlisted(new Map([['a.ts', 2]]), allowed)).toEqual([
      'a.ts opens secrets in 2 places; the list in scripts/count-reveals.ts allows 1',
    ]);
    expect(unlisted(new Map([['b.ts', 1]]), allowed)).toHaveLength(1);
  });
});

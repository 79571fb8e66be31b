import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inspectToken, makeToken, tokenChecksum } from './token.ts';

describe('D6 the offline token check', () => {
  test('D6 every token that is made can be one of ours', () => {
    for (let round = 0; round < 500; round++) {
      expect(inspectToken(makeToken('mog_', randomBytes))).toEqual({ possible: true, kind: 'personal' });
      expect(inspectToken(makeToken('mog_run_', randomBytes))).toEqual({ possible: true, kind: 'run' });
    }
  });

  test('D6 one changed, missing or added character is refused', () => {
    const token = makeToken('mog_', randomBytes);
    for (let index = 4; index < token.length; index++) {
      const other = token[index] === 'a' ? 'b' : 'a';
      expect(inspectToken(token.slice(0, index) + other + token.slice(index + 1)).possible).toBe(false);
    }
    expect(inspectToken(token.slice(0, -1)).possible).toBe(false);
    expect(inspectToken(`${token}0`).possible).toBe(false);
    expect(inspectToken('ghp_something').possible).toBe(false);
    expect(inspectToken('').possible).toBe(false);
  });

  test('the checksum is the CRC-32 of zip', () => {
    const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const decoded = Array.from(tokenChecksum('mog_example')).reduce((sum, character) => sum * 62 + alphabet.indexOf(character), 0);
    expect(decoded).toBe(crc32('mog_example'));
  });

  test('B3 the random characters are unbiased', () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < 2000; round++) {
      for (const character of makeToken('mog_', randomBytes).slice(4, 34)) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const expected = (2000 * 30) / 62;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(62);
    expect(chiSquare).toBeLessThan(150);
  });
});

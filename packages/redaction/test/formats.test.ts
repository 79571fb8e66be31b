import { describe, expect, test } from 'vitest';
import { base62Crc, githubChecksum, mogplexChecksum } from '../src/formats/checksum.ts';
import { lengthOf } from '../src/formats/format.ts';
import { catalogue } from '../src/formats/index.ts';
import { createKnownValues, createRedactor } from '../src/index.ts';
import { isGone, numbers, sample, token } from './samples.ts';

const redactor = createRedactor({ known: createKnownValues() });

describe('D1 every published format', () => {
  test.each(catalogue.map((format, index) => ({ format, index, id: format.id })))(
    'D1 $id ($index) is masked wherever it stands',
    ({ format, index }) => {
      const next = numbers(index + 1);
      const [least] = lengthOf(format);
      for (let round = 0; round < 4; round++) {
        const secret = sample(format, next);
        expect(secret.length).toBeGreaterThanOrEqual(least);
        for (const text of [secret, `before ${secret} after`, `{"a":"${secret}"}`, `x=${secret}\n`, `(${secret})`]) {
          const result = redactor.text(text);
          expect(isGone(result.text, secret)).toBe(true);
          expect(result.masked.length).toBeGreaterThan(0);
          expect(JSON.stringify(result.masked)).not.toContain(secret);
        }
      }
    },
  );

  test('each format says where it is published', () => {
    for (const format of catalogue) expect(format.source).toMatch(/^https:\/\/|^docs\//);
    expect(new Set(catalogue.map(({ id }) => id)).size).toBeGreaterThan(120);
  });

  test('a checksum is recognised, and a token that carries one is masked though letters stand before it', () => {
    const body = token('', 30);
    const github = `ghp_${body}${base62Crc(body)}`;
    expect(githubChecksum(github)).toBe(true);
    expect(githubChecksum(`${github.slice(0, -1)}!`)).toBe(false);
    const ours = `mog_${body}`;
    expect(mogplexChecksum(ours + base62Crc(ours))).toBe(true);
    expect(redactor.text(`prefix${ours}${base62Crc(ours)}`).text).toBe('prefix[redacted:mogplex-token]');
  });

  test('a wrong catalogue fails when the redactor is made', () => {
    const format = { id: 'x', source: 'https://example.com', parts: ['ab', { of: '0-9', least: 4, most: 4 }], anchor: 0, glued: true };
    expect(() => createRedactor({ formats: [format] })).toThrow(RangeError);
  });
});

import { describe, expect, test } from 'vitest';
import { createKnownValues, createRedactor } from '../src/index.ts';
import { isGone, token } from './samples.ts';

const redactor = createRedactor({ known: createKnownValues() });
const secret = `Rk4${token('9v', 12)}`;

describe('D1 text that repeats itself', () => {
  const pieces = [
    `password: ${secret}\n`,
    `set passwd ab key: "${secret}" `,
    `mysql -u root -p${secret} x\n`,
    `login ana password ${secret} `,
    `export API_KEY=${secret}\nexport LEVEL=3\n`,
    `{"token":"${secret}","input_tokens":12}\n`,
    `api key key: ${secret}; bearer a, `,
    `curl -u ana:${secret} password, x\n`,
  ];

  test.each(pieces)('D1 is masked in each repetition as it is in the first ones: %#', (piece) => {
    const few = 12;
    const short = redactor.text(piece.repeat(few)).text;
    const masked = short.slice(0, short.length / few);
    expect(masked).not.toContain(secret);
    expect(short).toBe(masked.repeat(few));
    expect(redactor.text(piece.repeat(2_000)).text).toBe(masked.repeat(2_000));
  });

  test.each([...pieces.slice(0, 3), `\\u0022auth\\u0022:\\u0022${secret}\\u0022,`])(
    'D1 hides no value that stands in it once, wherever that is: %#',
    (piece) => {
      const dull = piece.replace(secret, 'ab');
      const times = (characters: number): number => Math.ceil(characters / dull.length);
      // Around the place up to which a text is compared at first.
      for (let at = times(16_400); at < times(20_000); at++) {
        const { text } = redactor.text(dull.repeat(at) + piece + dull.repeat(times(40_000) - at));
        expect(isGone(text, secret), `after ${at} repetitions`).toBe(true);
      }
    },
  );
});

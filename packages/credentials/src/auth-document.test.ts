import { MogplexError } from '@mogplex/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AUTH_VERSION, formatDocument, parseDocument, type AuthDocument } from './auth-document.ts';

const text = fc.string({ minLength: 1, unit: 'grapheme' });
const time = fc.nat();

const documents: fc.Arbitrary<AuthDocument> = fc.record(
  {
    version: fc.constant(AUTH_VERSION),
    generation: time,
    providers: fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      fc.record({ apiKey: text, savedAt: time }),
    ),
    mogplex: fc.record(
      {
        origin: fc.constantFrom('https://mogplex.example', 'http://127.0.0.1:4100'),
        email: fc.string(),
        clientId: text,
        accessToken: text,
        refreshToken: text,
        expiresAt: time,
      },
      { requiredKeys: ['origin', 'email', 'clientId', 'accessToken'] },
    ),
  },
  { requiredKeys: ['version', 'generation', 'providers'] },
);

/** What `parseDocument` makes of a text: nothing, or the error that it may throw. */
const outcome = (source: string): MogplexError | undefined => {
  try {
    parseDocument(source, '/home/auth.json');
    return undefined;
  } catch (error) {
    if (error instanceof MogplexError) return error;
    throw error;
  }
};

describe('A3 auth.json', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(parseDocument(formatDocument(document), 'auth.json')).toEqual(document);
      }),
    );
  });

  test('of any JSON at all is read or called damaged, and never quoted', () => {
    const canary = 'sk-canary-property-0123456789';
    const shapes = fc.oneof(
      fc.jsonValue(),
      fc.record({ version: fc.constantFrom(1, 2, '1'), generation: fc.jsonValue(), providers: fc.jsonValue(), mogplex: fc.jsonValue() }),
      fc.record({ version: fc.constant(1), providers: fc.dictionary(fc.string(), fc.jsonValue()) }),
    );
    fc.assert(
      fc.property(shapes, fc.nat(40), (shape, cut) => {
        const source = JSON.stringify(Object.assign({}, shape, { canary }));
        for (const damagedText of [source, source.slice(0, -cut - 1), `${canary}${source}`]) {
          const error = outcome(damagedText);
          expect(error?.code ?? 'damaged').toBe('damaged');
          expect(`${error?.stack} ${error?.hint} ${String(error?.cause)}`).not.toContain(canary);
        }
      }),
    );
  });
});

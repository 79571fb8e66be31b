import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formsOf } from '../src/engine/forms.ts';
import { createKnownValues, createRedactor, profiles } from '../src/index.ts';
import { isGone, token } from './samples.ts';

// The same cases in every run of the suite; another seed explores others.
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 2026) });

const around = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019 ./:"\'{}[]=,;%\\\n\t&?<>é→')), maxLength: 40 });
const opaque = fc.stringMatching(/^[A-Za-z0-9_.~+/=-]{12,60}$/).filter((value) => new Set(value).size > 6);
const anyValue = fc.oneof(
  opaque,
  fc
    .string({ unit: fc.constantFrom(...Array.from('aB3$ "\\/&=%+#@:é\n')), minLength: 12, maxLength: 40 })
    .filter((value) => new Set(value).size > 6),
);

function redactorFor(value: string): ReturnType<typeof createRedactor> {
  const known = createKnownValues();
  known.register(value, 'value');
  return createRedactor({ known });
}

describe('D1 A17 properties of the engine', () => {
  test('D1 no known value, in any listed encoding and any surroundings, is left, nor half of it', () => {
    fc.assert(
      fc.property(anyValue, around, around, (value, before, after) => {
        const redactor = redactorFor(value);
        const left = formsOf(value).filter((form) => !isGone(redactor.text(`${before} ${form.text} ${after}`).text, form.text));
        expect(left).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('D1 no value without blanks is left when the text is split anywhere', () => {
    fc.assert(
      fc.property(opaque, around, around, fc.array(fc.nat(120), { maxLength: 8 }), (value, before, after, cuts) => {
        const text = `${before} ${value} ${after}`;
        const chunks = redactorFor(value).chunks();
        let out = '';
        let at = 0;
        for (const cut of cuts.toSorted((a, b) => a - b)) {
          out += chunks.write(text.slice(at, Math.max(at, cut)));
          at = Math.max(at, cut);
        }
        out += chunks.write(text.slice(at)) + chunks.end();
        expect(isGone(out, value)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('D1 redacting twice is redacting once', () => {
    const github = token('ghp_', 36);
    fc.assert(
      fc.property(
        opaque,
        fc.array(
          fc.oneof(around, fc.constant('token='), fc.constant('"password": "'), fc.constant(github), fc.constant('Authorization: Basic ')),
        ),
        (value, parts) => {
          const redactor = redactorFor(value);
          const once = redactor.text(parts.join(value)).text;
          expect(redactor.text(once).text).toBe(once);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('D1 B16 an object becomes valid JSON without the value, whatever it holds', () => {
    const known = createKnownValues();
    const value = token('Known', 30);
    known.register(value, 'value');
    const redactors = [
      createRedactor({ known }),
      createRedactor({ ...profiles.runEvent, known }),
      createRedactor({ ...profiles.audit, known }),
    ];
    const leaf = fc.oneof(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withNullPrototype: true,
        withObjectString: true,
      }),
      fc.constant(value),
      fc.constant(Symbol(value)),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', value)), leaf), (input) => {
        for (const redactor of redactors) {
          const result = redactor.object(input);
          const json = JSON.stringify(result.value);
          expect(json).not.toContain(value);
          expect(JSON.stringify(redactor.object(JSON.parse(json)).value)).toBe(json);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('D1 nothing throws: cycles, Proxy, getters that throw, BigInt, Symbol, lone surrogates', () => {
    const redactor = createRedactor({ known: createKnownValues() });
    const cycle: unknown[] = [];
    cycle.push(cycle, 1n, Symbol('s'), () => 1, '\ud800');
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('ownKeys');
        },
        get: () => {
          throw new Error('get');
        },
        getPrototypeOf: () => {
          throw new Error('proto');
        },
      },
    );
    const inputs = [
      cycle,
      hostile,
      {
        get bad(): string {
          throw new Error('no');
        },
        toJSON() {
          throw new Error('no');
        },
      },
      {
        a: {
          get b(): string {
            throw new Error('no');
          },
        },
      },
      Object.create(null),
      undefined,
      null,
      Number.NaN,
      new Date(Number.NaN),
      revoked(),
    ];
    for (const input of inputs) {
      expect(() => JSON.stringify(redactor.object(input).value)).not.toThrow();
      expect(() => JSON.stringify(redactor.error(input).value)).not.toThrow();
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(typeof redactor.text(text).text).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  test('D1 text without secrets is not changed by a stream, whatever its bytes and their chunks', async () => {
    const redactor = createRedactor({ known: createKnownValues() });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), async (pieces) => {
        const bytes = Buffer.concat(pieces);
        const whole = redactor.text(bytes.toString('latin1')).text;
        const out: Uint8Array[] = [];
        const stream = redactor.stream();
        const reading = (async () => {
          for await (const chunk of stream.readable) out.push(chunk);
        })();
        const writer = stream.writable.getWriter();
        for (const piece of pieces) await writer.write(piece);
        await writer.close();
        await reading;
        expect(whole !== bytes.toString('latin1') || Buffer.concat(out).equals(bytes)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

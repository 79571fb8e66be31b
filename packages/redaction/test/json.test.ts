import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaFor } from '../src/engine/collector.ts';
import { compile } from '../src/engine/engine.ts';
import { NeedleIndex } from '../src/engine/needles.ts';
import { KeyTable, LONGEST_JSON, theUnfolder } from '../src/engine/unfold.ts';
import { catalogue } from '../src/formats/index.ts';
import { createKnownValues, createRedactor, profiles, type Redactor } from '../src/index.ts';
import { isGone, token } from './samples.ts';

fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 2026) });

const value = token('', 40);
const github = token('ghp_', 36);
const known = createKnownValues();
known.register(value, 'value');
known.register('12345678901', 'account');
/** One that is not of Latin-1. */
const wide = 'pfad→zum→schlüssel';
known.register(wide, 'wide');
const redactor = createRedactor({ known });
const needles = new NeedleIndex();
const engine = compile(catalogue, [], needles);

/** What `json()` must give: the text of what `object()` gives. */
const walked = (by: Redactor, input: unknown): { json: string; masked: unknown } => {
  const { value: safe, masked } = by.object(input);
  return { json: JSON.stringify(safe), masked };
};

const word = fc.constantFrom(
  'a',
  'id',
  'name',
  'value',
  'key',
  'token',
  'password',
  '-H',
  'Authorization',
  'x',
  'input_tokens',
  '__proto__',
);
const string = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.string({ unit: fc.constantFrom(...Array.from('abz09 ./:"\'{}[]=,;%\\\n\t&?<>\b\u001b\u0001é')), maxLength: 40 }),
  },
  { weight: 2, arbitrary: word },
  {
    weight: 2,
    arbitrary: fc.constantFrom(value, github, `x${value}y`, `TOKEN=${github}`, `\n${value}`, `"${value}"`, '\ud800', '→', '\u200b', wide),
  },
);
const leaf = fc.oneof(
  string,
  fc.constantFrom(null, true, 0, -1.5, 12_345_678, 12_345_678_901, 1e21, 1.123456789, -0, Number.NaN, undefined),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 6 }),
    fc.array(string, { maxLength: 6 }),
    fc.dictionary(fc.oneof(word, string), tie('tree'), { maxKeys: 6 }),
    fc.record({ name: string, value: tie('tree') }),
  ),
}));

describe('D1 A17 the JSON text of a value', () => {
  const redactors: Record<string, Redactor> = {
    plain: redactor,
    event: createRedactor({ ...profiles.runEvent, known }),
    audit: createRedactor({ ...profiles.audit, known }),
    narrow: createRedactor({ known, caps: { depth: 2, items: 3, string: 12, total: 60 } }),
    nameless: createRedactor({ known, keyNames: false, formats: false }),
  };

  for (const [name, by] of Object.entries(redactors))
    test(`D1 is the text of the walk through it (${name})`, () => {
      fc.assert(
        fc.property(tree, (input) => {
          expect(by.json(input)).toEqual(walked(by, input));
          expect(by.json(input)).toEqual(walked(by, input));
        }),
        { numRuns: 1_500 },
      );
    });

  test('D1 is the text of the walk where it says less than the value: maps, sets, errors, bytes, dates, classes, cycles', () => {
    class Login {
      user = 'ana';
      readonly cause = new Error(`failed with ${github}`);
    }
    const loop: Record<string, unknown> = { text: 'round and round' };
    loop['again'] = loop;
    const coded = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const inputs: unknown[] = [
      new Map([['password', 'hunter2-hunter2']]),
      new Set([value]),
      new Error(`no ${value}`),
      coded,
      { err: coded, list: [new Map([['a', 1]])] },
      Buffer.from(value),
      { bytes: new Uint8Array([115, 107]), none: new ArrayBuffer(3) },
      new Date(0),
      { at: new Date(Number.NaN) },
      new Login(),
      { login: new Login() },
      loop,
      { big: 12n },
      new Headers({ authorization: `Bearer ${github}` }),
      Object.create({ inherited: value }) as unknown,
      { toJSON: () => ({ password: 'hunter2-hunter2', coded }) },
      { toJSON: () => ({ words: 'some words', inner: { coded } }), inner: { coded: { code: 'x' } } },
      { link: new URL('https://ana:hunter2@example.com/') },
      [[], {}, [{}], new Map()],
      'a text',
      7,
      null,
      undefined,
    ];
    for (const input of inputs) expect(redactor.json(input)).toEqual(walked(redactor, input));
  });

  test('D1 a value in which nothing has to be masked is read once', () => {
    let reads = 0;
    const counted = Object.defineProperty({ id: 'some words' }, 'field', { get: () => ((reads += 1), 'plain words'), enumerable: true });
    redactor.json(counted);
    reads = 0;
    expect(redactor.json({ list: [counted] })).toEqual({ json: '{"list":[{"id":"some words","field":"plain words"}]}', masked: [] });
    expect(reads).toBe(1);
  });

  test('D1 is cut by each cap as the walk is', () => {
    const input = { first: 'some words', second: ['more words', { third: 'and more words still' }], fourth: 4 };
    for (const caps of [{ total: 70 }, { total: 20 }, { string: 9 }, { items: 2 }, { depth: 2 }]) {
      const by = createRedactor({ known, caps });
      for (let i = 0; i < 2; i++) expect(by.json(input)).toEqual(walked(by, input));
      expect(by.json(input).masked).not.toEqual([]);
    }
  });

  test('D1 is the text of the walk at every length around the longest that is gone over', () => {
    for (let more = -40; more < 80; more += 3)
      for (const last of ['', value]) {
        const input = {
          text: 'many words '.repeat((LONGEST_JSON + more) / 11 - 6),
          ids: Array.from({ length: 3 }, () => 12_345_678),
          last,
        };
        expect(redactor.json(input)).toEqual(walked(redactor, input));
      }
    const numbers = Array.from({ length: LONGEST_JSON / 9 - 1 }, (_, i) => 10_000_000 + i);
    expect(redactor.json({ numbers })).toEqual(walked(redactor, { numbers }));
    const area = areaFor(0, engine.grams.image, needles.filter);
    expect(theUnfolder().unfold(JSON.stringify(numbers), area, new KeyTable(), true)).toBe(false);
    expect(redactor.json({ numbers: [...numbers.slice(1), 12_345_678_901] }).json).not.toContain('12345678901');
  });

  test('D1 holds a key that was plain to be secret once it is registered, and its text as well', () => {
    const registry = createKnownValues();
    const late = createRedactor({ known: registry });
    const input = { [value.slice(0, 20)]: 'a plain text', text: value.slice(20) };
    for (let i = 0; i < 3; i++) expect(late.json(input).json).toBe(JSON.stringify(input));
    registry.register(value.slice(0, 20), 'key');
    expect(late.json(input).json).toBe(`{"[redacted:known:key]":"a plain text","text":"${value.slice(20)}"}`);
    registry.register(value.slice(20), 'text');
    expect(late.json(input).json).toBe('{"[redacted:known:key]":"a plain text","text":"[redacted:known:text]"}');
  });

  test('D1 keeps what one redactor knows of keys from all others, however many take turns', () => {
    const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];
    const input = Object.fromEntries(names.map((name) => [name, `${name} is here`]));
    const by = names.map((name) => createRedactor({ known, keyNames: [name] }));
    for (let round = 0; round < 3; round++)
      for (const [i, one] of by.entries()) {
        const { json } = one.json(input);
        expect(JSON.parse(json)).toEqual({ ...input, [names[i] as string]: '[redacted:key-name]' });
      }
  });

  test('D1 many keys of one size are all told apart', () => {
    const by = createRedactor({ known });
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 3_000; i++) {
        const plain = { [`field_${i}`]: 'some words here' };
        expect(by.json(plain).json).toBe(JSON.stringify(plain));
        const secret = `${['auth', 'access', 'client'][i % 3]}_${i}_token`;
        expect(by.json({ ...plain, [secret]: 'some words here' }).json).toBe(
          `{"field_${i}":"some words here","${secret}":"[redacted:key-name]"}`,
        );
      }
  });

  test('D1 a key is told by what it says, not by how JSON writes it', () => {
    for (const key of [
      '\tpassword',
      '"token"',
      'x\\password',
      '\npasswd',
      '\u0001secret',
      'pässword',
      'Password→',
      'pass"word',
      '',
      'p\u0000',
    ])
      for (let i = 0; i < 2; i++) expect(redactor.json({ [key]: 'some words' })).toEqual(walked(redactor, { [key]: 'some words' }));
  });

  test('D1 a key beyond Latin-1 is not taken for another one that is like it in bytes', () => {
    const alike = wide.replaceAll('→', '\u00ff');
    for (const key of [alike, alike, wide]) expect(redactor.json({ [key]: '→ words' })).toEqual(walked(redactor, { [key]: '→ words' }));
    expect(redactor.json({ [wide]: '→ words' }).json).toBe('{"[redacted:known:wide]":"→ words"}');
  });

  test('D1 a getter, a toJSON or a Proxy that says something else each time gives away nothing', () => {
    for (const texts of [
      ['harmless', value],
      [value, 'harmless'],
      [value, value],
    ]) {
      const told = (): (() => unknown) => {
        let read = 0;
        return () => texts[read++ % 2];
      };
      const getter = Object.defineProperty({}, 'field', { get: told(), enumerable: true });
      const proxy = new Proxy({ field: '' }, { get: (_, key) => (key === 'field' ? told()() : undefined) });
      for (const shifty of [getter, { inner: [getter] }, { toJSON: told() }, proxy, { proxy }])
        expect(isGone(redactor.json(shifty).json, value)).toBe(true);
    }
  });

  test('D1 code of others that uses the same redactor while it is asked gives away nothing', () => {
    const nested = (): unknown => redactor.json({ other: 'x'.repeat(200), list: [1, { deep: 'plain words' }], fresh: 'so new' });
    const getter = (text: string): unknown =>
      Object.defineProperty({ text }, 'field', {
        get: () => {
          nested();
          return { inner: text };
        },
        enumerable: true,
      });
    for (const text of [value, github, `password=${github}`]) {
      const { json } = redactor.json({ first: getter(text), second: getter('plain'), toJSON: undefined });
      expect(isGone(json, text.slice(-36))).toBe(true);
    }
    expect(redactor.json({ first: getter('plain words') }).json).toBe('{"first":{"text":"plain words","field":{"inner":"plain words"}}}');
  });

  test('D1 the strings of a text are brought together as a walk would', () => {
    const strings = (node: unknown): string[] => {
      if (typeof node === 'string') return node.length < 7 ? [] : [node];
      if (typeof node === 'number') return JSON.stringify(node).length < 8 ? [] : [JSON.stringify(node)];
      return typeof node === 'object' && node !== null ? Object.values(node).flatMap(strings) : [];
    };
    const narrow = fc.string({ unit: fc.constantFrom(...Array.from('ab"\\/\n\r\t\b\f\u0000\u001f\u007fé\u00ff')), maxLength: 70 });
    const json = fc.jsonValue({ stringUnit: fc.constantFrom(...Array.from('ab"\\/\n\r\t\b\f\u0000\u001f\u007fé\u00ff')) });
    fc.assert(
      fc.property(json, narrow, (input, more) => {
        const whole = { input, more, list: [more, input] };
        const text = JSON.stringify(whole);
        const area = areaFor(0, engine.grams.image, needles.filter);
        const done = theUnfolder().unfold(text, area, new KeyTable(), true);
        if (!done) return;
        expect(theUnfolder().textIn(area)).toBe(['', ...strings(JSON.parse(text)), ''].join('\n\0\n'));
      }),
      { numRuns: 2_000 },
    );
  });
});

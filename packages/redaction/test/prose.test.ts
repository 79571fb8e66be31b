import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaFor } from '../src/engine/collector.ts';
import { compile, type Engine } from '../src/engine/engine.ts';
import { NeedleIndex } from '../src/engine/needles.ts';
import { LINKING } from '../src/engine/places.ts';
import { scan } from '../src/engine/scan.ts';
import { TELLING } from '../src/engine/told.ts';
import { catalogue } from '../src/formats/index.ts';
import { token } from './samples.ts';

fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 2026) });

const needles = new NeedleIndex();
const warm = compile(catalogue, [], needles);

/** The same engine, which has learnt nothing yet. */
function cold(): Engine {
  const grams = Object.create(warm.grams, { image: { value: { ...warm.grams.image } } }) as Engine['grams'];
  return { ...warm, grams: Object.assign(grams, { probe: (number: number) => warm.grams.probe(number) }) };
}

const NAMES = ['password', 'passwd', 'secret', 'token', 'credential', 'credentials', 'key', 'apikey', 'pin', 'auth', 'Authtoken', 'bearer'];
const QUIET = 'the module queue branch commit server event table layer string'.split(' ');
const SETTING = [
  'login',
  'user',
  'with',
  'env',
  'arg',
  'set',
  'define',
  'account',
  'reset',
  'target',
  '\nENV',
  '\narg',
  '\nset -x',
  '\n#define',
];
const VALUES = [
  'hunter2x',
  'kQ7zR2pX9w',
  'tr0ub4dor&3xY',
  'sommerzeit',
  'Sommer-2024!',
  '"plain words"',
  "'abc123'",
  token('', 24),
  '12345',
  'a1',
];
const prose = (length: number): string => Array.from({ length }, (_, i) => QUIET[i % QUIET.length]).join(' ');

/** How many keywords a scan looks at, and what it finds. */
function found(engine: Engine, text: string): { hits: unknown[]; keywords: number } {
  const area = areaFor(0, engine.grams.image, engine.needles.filter);
  area.collect(text, 0, text.length);
  let keywords = 0;
  for (let i = 0; i < area.literalCount; i++)
    if (warm.grams.probe((area.literals[i] as number) >>> 16).action.kind === 'keyword') keywords++;
  return { hits: scan(engine, text, 0, text.length, true).hits, keywords };
}

const learn = (): void => {
  for (const name of NAMES) scan(warm, `${prose(20)} ${name} ${prose(20)}`, 0, 400, true);
};

describe('D1 names of secrets in prose', () => {
  test('D1 are passed over once they are known', () => {
    for (const name of ['password', 'secret', 'token', 'auth']) {
      const text = `${prose(20)} ${name} ${prose(20)}`;
      expect([name, found(cold(), text).keywords > 0]).toEqual([name, true]);
      learn();
      expect([name, found(warm, text)]).toEqual([name, { hits: [], keywords: 0 }]);
    }
  });

  test('D1 are looked at where a word or a sign behind them may tell of a value', () => {
    learn();
    const behind = [...TELLING, ...LINKING, 'hunter2x', 'x1y2z3', 'Word', '(', 'string = "a"', 'in this line:\nabc', '= a', ': a', '"a"'];
    for (const words of behind) {
      const text = `${prose(20)} password ${words.trimEnd()} ${prose(20)}`;
      expect([words, found(warm, text).keywords > 0]).toEqual([words, true]);
    }
  });

  test('D1 are looked at where a word or a sign before them may set them', () => {
    learn();
    for (const word of ['login', 'user', 'with', 'env', 'ARG', 'set', 'Define', 'account', '>']) {
      expect([word, found(warm, `${prose(20)} ${word} ana password ${prose(20)}`).keywords > 0]).toEqual([word, true]);
      expect([word, found(warm, `${prose(20)} ${word} -x token ${prose(20)}`).keywords > 0]).toEqual([word, true]);
    }
    for (const sign of ['<', ':', '(', '"', '--'])
      expect([sign, found(warm, `${prose(20)} ${sign}token ${prose(20)}`).keywords > 0]).toEqual([sign, true]);
    for (const word of ['env', 'arg', 'define'])
      expect([word, found(warm, `${prose(20)} ${word} secret ${prose(20)}`).keywords > 0]).toEqual([word, true]);
  });

  test('D1 are passed over where they end one of several texts', () => {
    const texts = (last: string): string => ['', `${prose(20)} ${last}`, prose(20), ''].join('\n\0\n');
    expect(found(cold(), texts('password'))).toEqual({ hits: [], keywords: 0 });
    for (const next of ['\n= kQ7zR2pX9w', '\nvalue', '\nwords', '\n\n'])
      expect([next, found(cold(), `${prose(20)} password${next} ${prose(20)}`).keywords > 0]).toEqual([next, true]);
    for (const last of ['  password', '"password', 'is:\tpassword', 'a,password', 'password:'])
      expect([last, found(cold(), texts(last)).keywords > 0]).toEqual([last, true]);
  });

  test('D1 have the same values, whether they are known or not', () => {
    const piece = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...NAMES, ...NAMES.map((name) => name.toUpperCase())) },
      { weight: 4, arbitrary: fc.constantFrom(...SETTING, ...TELLING, ...LINKING) },
      { weight: 3, arbitrary: fc.constantFrom(...VALUES) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 24 }).map(prose) },
      { weight: 1, arbitrary: fc.constantFrom('=', ':', ':\n', '>', '-p', '#', '|', ',', '(', '\n', '\t', '\\n', '\n\0\n') },
    );
    const blank = fc.oneof({ weight: 8, arbitrary: fc.constant(' ') }, fc.constantFrom('', '  ', '\n', '\t'));
    const text = fc
      .array(fc.tuple(piece, blank), { minLength: 3, maxLength: 14 })
      .map((pieces) => `${pieces.flat().join('')} ${prose(25)}`);
    learn();
    fc.assert(
      fc.property(text, (input) => {
        expect(found(warm, input).hits).toEqual(found(cold(), input).hits);
      }),
      { numRuns: 5_000 },
    );
  });
});

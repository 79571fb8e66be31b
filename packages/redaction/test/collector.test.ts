import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaFor, BLOCK } from '../src/engine/collector.ts';
import { compile } from '../src/engine/engine.ts';
import { NeedleIndex } from '../src/engine/needles.ts';
import { catalogue } from '../src/formats/index.ts';
import { generate } from '../wasm/generate.ts';
import { token } from './samples.ts';

const needles = new NeedleIndex();
const value = token('', 40);
needles.add({ value, label: 'value' });
const engine = compile(catalogue, [], needles);

/** What the collector notes of a text, with places counted from the begin of the text. */
function collected(text: string): { literals: Set<string>; words: number[]; runs: string[]; codes: number[]; high: number } {
  const area = areaFor(0, engine.grams.image, needles.filter);
  const literals = new Set<string>();
  const [words, runs, codes]: [number[], string[], number[]] = [[], [], []];
  let high = 0;
  for (let at = 0; at < text.length; at += BLOCK) {
    area.collect(text, at, Math.min(BLOCK, text.length - at));
    high += area.highCount;
    do
      for (let i = 0; i < area.literalCount; i++) {
        const found = area.literals[i] as number;
        literals.add(`${engine.grams.probe(found >>> 16).literal}@${area.first + (found & 0xffff)}`);
      }
    while (area.more());
    for (let i = 0; i < area.wordCount; i++) words.push(at + (area.words[i] as number));
    for (let i = 0; i < area.codeCount; i++) codes.push(at + (area.codes[i] as number));
    for (let i = 0; i < area.runCount; i++) runs.push([0, 1, 2].map((part) => at + (area.runs[3 * i + part] as number)).join(' '));
  }
  return { literals, words, runs, codes, high };
}

/** Text around pieces that the collector looks for. */
const piece = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from('aZ09 .,"=/_-+~\n:<')), maxLength: 50 }),
  fc.stringMatching(/^[A-Za-z0-9_.~+/=-]{17,80}$/),
  fc.constantFrom(
    'password',
    'ghp_',
    'sk-',
    'TOKEN',
    'AKIA',
    'xoxb-',
    '%41',
    '\\u0041',
    '\\/',
    '&#x41;',
    'a\u001b[1mb',
    '\u001b[2K',
    'user@host',
    '\u00ad',
    'é',
  ),
  fc.nat(value.length - 12).map((at) => value.slice(at, at + 12)),
);
const text = fc.tuple(fc.nat(200), fc.array(piece, { maxLength: 12 })).map(([pad, pieces]) => ' '.repeat(pad) + pieces.join(''));

describe('D1 the collector', () => {
  test('D1 is the program of its source', async () => {
    expect(readFileSync(new URL('../src/engine/collect-wasm.ts', import.meta.url), 'utf8')).toBe(await generate());
  });

  test('D1 finds every literal that a simple search finds, at any alignment and across blocks', () => {
    const probes = Array.from({ length: engine.grams.size }, (_, number) => engine.grams.probe(number));
    fc.assert(
      fc.property(text, fc.boolean(), (short, long) => {
        const input = long ? 'x'.repeat(BLOCK - 100) + short : short;
        const { literals } = collected(input);
        const missing: string[] = [];
        for (const { literal, fold, next } of probes) {
          const haystack = fold ? input.toLowerCase() : input;
          for (let at = haystack.indexOf(literal); at >= 0; at = haystack.indexOf(literal, at + 1)) {
            const end = at + literal.length;
            const rest = Array.from({ length: next?.least ?? 0 }, (_, i) => input.charCodeAt(end + i));
            if (rest.every((unit) => next?.of.has(unit)) && end + rest.length < input.length && !literals.has(`${literal}@${at}`))
              missing.push(`${literal}@${at}`);
          }
        }
        expect(missing).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('D1 finds every run of token characters with a digit, every code and every byte above 127', () => {
    fc.assert(
      fc.property(text, (input) => {
        const { runs, codes, high } = collected(input);
        const expected = [...input.matchAll(/[A-Za-z0-9_.~+/=-]{20,}/g)].filter(([run]) => /\d/.test(run));
        const places = expected.map((match) => `${match.index} ${match.index + match[0].length}`);
        expect(runs.map((run) => run.split(' ').slice(0, 2).join(' '))).toEqual(expect.arrayContaining(places));
        // oxlint-disable-next-line no-control-regex -- the escape character is meant
        for (const match of input.matchAll(/%[0-9a-f]{2}|\\u[0-9a-f{]|\\\/|&#|@|(?<=[A-Za-z0-9])\u001b\[\d*m(?=[A-Za-z0-9])|\u00ad/gi))
          expect(codes).toContain(match.index);
        expect(high).toBe(Array.from(input).filter((unit) => unit.charCodeAt(0) > 127).length);
      }),
      { numRuns: 300 },
    );
  });

  test('D1 finds a word of every piece of a known value, at any alignment', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(value.length - 20), (pad, from) => {
        const { words } = collected(`${' '.repeat(pad)}${value.slice(from, from + 20)} `);
        expect(words.some((at) => at >= pad && at + 4 <= pad + 20)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

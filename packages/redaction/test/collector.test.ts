import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaFor, BLOCK } from '../src/engine/collector.ts';
import { compile } from '../src/engine/engine.ts';
import type { Names } from '../src/engine/names.ts';
import { NeedleIndex } from '../src/engine/needles.ts';
import { judgeRun } from '../src/engine/runs.ts';
import { decodedRun } from '../src/engine/views.ts';
import { catalogue } from '../src/formats/index.ts';
import { generate } from '../wasm/generate.ts';
import { createKnownValues, createRedactor } from '../src/index.ts';
import { isGone, token } from './samples.ts';

const needles = new NeedleIndex();
const value = token('', 40);
needles.add({ value, label: 'value' });
const engine = compile(catalogue, [], needles);
const names = engine.names as Names;

/** What the collector notes of a text, with places counted from the begin of the text. */
function collected(text: string): { literals: Set<string>; words: number[]; runs: string[]; codes: number[]; invisible: boolean } {
  const area = areaFor(0, engine.grams.image, needles.filter);
  const literals = new Set<string>();
  const [words, runs, codes]: [number[], string[], number[]] = [[], [], []];
  let invisible = false;
  for (let at = 0; at < text.length; at += BLOCK) {
    area.collect(text, at, Math.min(BLOCK, text.length - at));
    invisible ||= area.invisible;
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
  return { literals, words, runs, codes, invisible };
}

/** Whether a letter or digit stands at the end of a text, and no escape can end in it. */
const isGlued = (before: string): boolean =>
  /[A-Za-z0-9]$/.test(before) && ['\\', '%', '\u001b'].every((sign) => !before.slice(-16).includes(sign));

/** Whether more is to be done about a run: a run that the collector passes over must never be one of these. */
const matters = (input: string, start: number, end: number): boolean =>
  judgeRun(input, start, end, names) !== undefined || decodedRun(input, start, end) !== undefined;

/** Text around pieces that the collector looks for. */
const piece = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from('aZ09 .,"=/_-+~\n:<')), maxLength: 50 }),
  fc.stringMatching(/^[A-Za-z0-9_.~+/=-]{17,80}$/),
  fc.constantFrom(
    'openai ',
    'algolia key=',
    'token: ',
    'facebook 1234567|',
    'requestId":"',
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
    'ŧ',
    '\u2019',
    '\u200b',
    '\u2064',
    '\ufeff',
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
        for (const { literal, fold, free, next } of probes) {
          const haystack = fold ? input.toLowerCase() : input;
          for (let at = haystack.indexOf(literal); at >= 0; at = haystack.indexOf(literal, at + 1)) {
            const end = at + literal.length;
            const rest = Array.from({ length: next?.least ?? 0 }, (_, i) => input.charCodeAt(end + i));
            if (free === true && isGlued(input.slice(0, at))) continue;
            if (rest.every((unit) => next?.of.has(unit)) && end + rest.length < input.length && !literals.has(`${literal}@${at}`))
              missing.push(`${literal}@${at}`);
          }
        }
        expect(missing).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('D1 finds a literal whatever stands beside it, at any alignment', () => {
    const sides = ['', ' ', '\n', '~', '0', 'Z', '\0', '\u00e9', '\u2019', '\ud83d\ude00'];
    for (let number = 0; number < engine.grams.size; number++) {
      const { literal, free, next } = engine.grams.probe(number);
      const rest = String.fromCharCode([...(next?.of ?? [])][0] ?? 0x20).repeat(next?.least ?? 0);
      const missing = sides.flatMap((side) =>
        [0, 1, 2, 3]
          .map((pad) => ' '.repeat(pad) + side)
          .filter((before) => free !== true || !isGlued(before))
          .filter((before) => !collected(`${before}${literal}${rest}${side}`).literals.has(`${literal}@${before.length}`)),
      );
      expect({ literal, missing }).toEqual({ literal, missing: [] });
    }
  });

  test('D1 passes over the begin of a token that is glued to a word, but not over one behind an escape', () => {
    const noted = (before: string): boolean => collected(`${before}hf_${'A'.repeat(40)}`).literals.has(`hf_@${before.length}`);
    for (const word of ['a', 'Z', '9', 'foo', 'x'.repeat(40)]) expect([word, noted(`words come first ${word}`)]).toEqual([word, false]);
    for (const escape of ['\\n', '%3D', '\u001b[0m', '\\u000a', '\\x0a', '\\u001b[31m', `\\n${'x'.repeat(14)}`, '-', '_', '\u00e9'])
      expect([escape, noted(`word ${escape}`)]).toEqual([escape, true]);
  });

  test('D1 gives literals in the order of their begins, of those that begin at one place the longest first', () => {
    for (const pad of [0, 1, 2, 3]) {
      const { literals } = collected(`${' '.repeat(pad)}passphrase sk-ant-api03-AAAAAAAAAAAAAAAAAAAAAAAA passw`);
      const found = Array.from(literals, (entry) => entry.split('@') as [string, string]);
      expect(found).toEqual(found.toSorted(([one, at], [other, to]) => Number(at) - Number(to) || other.length - one.length));
      expect(found.map(([literal]) => literal)).toEqual(expect.arrayContaining(['passphrase', 'pass', 'sk-', 'sk-ant-']));
    }
  });

  test('D1 finds every run that matters, every code and every invisible character', () => {
    fc.assert(
      fc.property(text, (input) => {
        const { runs, codes, invisible } = collected(input);
        const found = new Set(runs.map((run) => run.split(' ').slice(0, 2).join(' ')));
        const missing = [...input.matchAll(/[A-Za-z0-9_.~+/=-]{20,}/g)].filter(({ 0: run, index }) => {
          const head = index + run.search(/[^=]*=*$/);
          return /\d/.test(run) && !found.has(`${index} ${index + run.length}`) && matters(input, head, index + run.length);
        });
        expect(missing).toEqual([]);
        // oxlint-disable-next-line no-control-regex -- the escape character is meant
        for (const match of input.matchAll(/%[0-9a-f]{2}|\\u[0-9a-f{]|\\\/|&#|@|(?<=[A-Za-z0-9])\u001b\[\d*m(?=[A-Za-z0-9])|\u00ad/gi))
          expect(codes).toContain(match.index);
        expect(invisible).toBe(/[\u200b-\u200f\u2060-\u2064\ufeff]/.test(input));
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

test('D1 a known value in letters beyond Latin-1 is found at any alignment, beside any other', () => {
  const known = createKnownValues();
  const secret = 'ключ-от-ŧŵřя-東京-42';
  known.register(secret, 'wide');
  const own = createRedactor({ known });
  for (const pad of ['', 'a', '東', '✓ ab', 'é', 'ŧŧŧ'])
    expect(own.text(`${pad}${secret}${pad}`).text).toBe(`${pad}[redacted:known:wide]${pad}`);
});

describe('D1 what the collector learns', () => {
  const redactor = createRedactor({ known: createKnownValues() });
  const secret = token('', 36);

  test('D1 names and words that were turned away hide no secret later', () => {
    const dull = `input_tokens: 5 keyboard=1 author: me passed commit ${'0a'.repeat(20)} request_id=${'1b'.repeat(20)}\n`;
    for (let i = 0; i < 50; i++) expect(redactor.text(dull).masked).toEqual([]);
    for (const text of [`api_token: ${secret}`, `openai ${secret}`, `board_token=${secret}`, `author_secret: "${secret}"`])
      for (const sign of ['', '✓ ', 'é', '東京 ']) expect(isGone(redactor.text(`${dull}${sign}${text} `).text, secret)).toBe(true);
  });

  test('D1 letters beyond ASCII are not taken for those that end a name', () => {
    for (let i = 0; i < 50; i++) expect(redactor.text('ŧ author: me ✓ ŧ').masked).toEqual([]);
    // The lower byte of the first letter is that of `a`.
    for (const name of ['\u0161uthor', 'author\u015ftoken']) {
      const text = `ŧ ${name}: ${secret} `;
      expect(redactor.text(text).text).toBe(createRedactor({ known: createKnownValues(), keyNames: ['nothing'] }).text(text).text);
    }
  });

  test('D1 another redactor judges by its own names', () => {
    const text = `mood_author=${secret} `;
    expect(redactor.text(text.repeat(3)).masked).toEqual([]);
    const own = createRedactor({ known: createKnownValues(), keyNames: ['mood_author'] });
    expect(isGone(own.text(text).text, secret)).toBe(true);
    expect(redactor.text(text).masked).toEqual([]);
  });
});

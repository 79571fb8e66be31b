import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSpelledPattern, SpelledMask } from './mask-spelled.ts';

const KEY = 'sk-ant-api03-0123456789-abcdefghijkl-sk-ant-xyz';

const chat = (content: string, index = 0): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', choices: [{ index, delta: { content }, finish_reason: null }] })}\n\n`;
const message = (text: string, index = 0): string =>
  `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } })}\n\n`;

const through = (stream: string, cuts: readonly number[] = []): { out: string; mask: SpelledMask } => {
  const bytes = Buffer.from(stream);
  const mask = new SpelledMask(createSpelledPattern(KEY));
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((one, other) => one - other), bytes.length];
  const parts = places.slice(1).map((end, at) => mask.push(bytes.subarray(places[at], end)));
  return { out: Buffer.concat([...parts, mask.end()]).toString(), mask };
};

const textOf = (stream: string, event: RegExp): string =>
  [...stream.matchAll(event)].map(([, json]) => JSON.parse(json ?? '""') as string).join('');
const CONTENT = /"(?:content|text)":("(?:[^"\\]|\\.)*")/g;

const pieces = fc.array(fc.nat(KEY.length), { maxLength: 8 }).map((cuts) => {
  const places = [0, ...cuts.toSorted((one, other) => one - other), KEY.length];
  return places.slice(1).map((end, at) => KEY.slice(places[at], end));
});

test('D2 a key that events spell piece by piece never comes out, wherever events and chunks are cut', () => {
  fc.assert(
    fc.property(
      pieces,
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.constantFrom(chat, message),
      fc.boolean(),
      (words, cuts, event, escaped) => {
        const spelled = words.map((word) => event(word)).join('');
        const stream = `${event('so: sk-ant-')}${escaped ? spelled.replace('0123', String.raw`\u0030123`) : spelled}${event(' and on')}`;
        const { out, mask } = through(stream, cuts);
        expect(mask.seen).toBe(true);
        expect(out).toHaveLength(stream.length);
        expect(out.replaceAll(/"[^"]*\*[^"]*"/g, '""')).not.toContain('****');
        const text = textOf(out.replaceAll(String.raw`\u0030`, '0'), CONTENT);
        expect(text).not.toContain(KEY.slice(0, 20));
        expect(text).not.toContain(KEY.slice(-20));
        expect(text.startsWith('so: sk-ant-')).toBe(true);
        expect(text.endsWith(' and on')).toBe(true);
      },
    ),
  );
});

test('D2 texts that stand side by side are followed apart', () => {
  const [first, second] = [KEY.slice(0, 25), KEY.slice(25)];
  const stream = `${chat(first, 0)}${chat('other', 1)}${chat(second, 0)}${chat(' end', 1)}`;
  for (let cut = 0; cut <= stream.length; cut++) {
    const { out } = through(stream, [cut]);
    expect(out).not.toContain(second);
    expect(out).toContain('"other"');
    expect(out).toContain('" end"');
  }
});

test('B7 whatever is not the key passes byte for byte, and at once', () => {
  const events = [
    chat('sk-ant-api0'),
    chat('sk-ant-api03-...'),
    chat('"\\ sk \u00e9 \ud83d\ude00\n'),
    ': ping\n\n',
    'data: {"this is": not JSON\n\n',
    'data: [DONE]\n\n',
  ];
  const mask = new SpelledMask(createSpelledPattern(KEY));
  for (const event of events) expect(mask.push(Buffer.from(event)).toString()).toBe(event);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.array(fc.nat(), { maxLength: 5 }), (texts, cuts) => {
      const stream = texts.map((text) => message(text)).join('');
      expect(through(stream, cuts).out).toBe(stream);
    }),
  );
});

test('D2 a key that is begun and never ended does not come out with the end of the stream, nor hold it up for long', () => {
  expect(textOf(through(chat(KEY.slice(0, -1))).out, CONTENT)).toMatch(/^sk-ant-api03-0?\*+$/);
  const mask = new SpelledMask(createSpelledPattern(KEY));
  mask.push(Buffer.from(chat(KEY.slice(0, 30))));
  expect(mask.holding).toBe(true);
  const later = mask.push(Buffer.from(chat('x'.repeat(70_000), 1)));
  expect(mask.holding).toBe(false);
  expect(later.length).toBeGreaterThan(70_000);
  expect(later.toString()).not.toContain(KEY.slice(14, 30));
});

import { expect, test } from 'vitest';
import type { Operation } from '../types.ts';
import { createMeter } from './meter.ts';

const meterOf = (operation: Operation, events: boolean, requestBytes: number, searching = false) =>
  createMeter({ operation, requestBytes, searching }, events);

const sse = (...events: object[]): string => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

const CHAT = `${sse({ choices: [{ delta: { content: 'a "usage" word: prompt_tokens' } }] }, { choices: [], usage: { prompt_tokens: 30, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 10 } } })}data: [DONE]\n\n`;
const MESSAGES = sse(
  {
    type: 'message_start',
    message: { usage: { input_tokens: 20, cache_read_input_tokens: 7, cache_creation_input_tokens: 3, output_tokens: 1 } },
  },
  { type: 'content_block_delta', delta: { text: 'hi' } },
  { type: 'message_delta', usage: { output_tokens: 9 } },
).replaceAll('data: ', 'event: x\r\ndata: ');
const RESPONSES = sse(
  { type: 'response.output_text.delta', delta: 'x' },
  { type: 'response.completed', response: { usage: { input_tokens: 12, input_tokens_details: { cached_tokens: 2 }, output_tokens: 5 } } },
);
const GEMINI = sse(
  { candidates: [{ content: { parts: [{ text: 'x' }] } }], usageMetadata: { promptTokenCount: 8, totalTokenCount: 9 } },
  {
    candidates: [{ finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 8, candidatesTokenCount: 6, thoughtsTokenCount: 4, totalTokenCount: 18 },
  },
);

const STREAMS = [
  ['chat', CHAT, { input: 20, cachedInput: 10, cacheWrite: 0, output: 4, exact: true }],
  ['messages', MESSAGES, { input: 20, cachedInput: 7, cacheWrite: 3, output: 9, exact: true }],
  ['responses', RESPONSES, { input: 10, cachedInput: 2, cacheWrite: 0, output: 5, exact: true }],
  ['stream-generate', GEMINI, { input: 8, cachedInput: 0, cacheWrite: 0, output: 10, exact: true }],
] as const;

test.each(STREAMS)('B7 the usage of a %s stream is read wherever its chunks are cut', (operation, text, usage) => {
  const bytes = Buffer.from(text);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const meter = meterOf(operation, true, 100);
    meter.push(bytes.subarray(0, cut));
    meter.push(bytes.subarray(cut));
    expect(meter.finish()).toEqual(usage);
  }
});

test('B7 reasoning that a provider counts apart from the answer is in the total, and is booked', () => {
  const meter = meterOf('chat', false, 100);
  const usage = { prompt_tokens: 12, completion_tokens: 1, completion_tokens_details: { reasoning_tokens: 386 }, total_tokens: 399 };
  meter.push(Buffer.from(JSON.stringify({ choices: [], usage })));
  expect(meter.finish()).toEqual({ input: 12, cachedInput: 0, cacheWrite: 0, output: 387, exact: true });
});

test.each([true, false])('B7 what is kept for an hour in the cache is told apart (stream: %s)', (stream) => {
  const usage = {
    input_tokens: 2,
    cache_creation_input_tokens: 30,
    cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    output_tokens: 4,
  };
  const meter = meterOf('messages', stream, 100);
  const events = sse({ type: 'message_start', message: { usage } }, { type: 'message_delta', usage: { output_tokens: 4 } });
  meter.push(Buffer.from(stream ? events : JSON.stringify({ content: [], usage })));
  expect(meter.finish()).toEqual({ input: 2, cachedInput: 0, cacheWrite: 30, cacheWriteHour: 20, output: 4, exact: true });
});

test('B7 a stream that never says is counted by its events, and marked so', () => {
  const meter = meterOf('chat', true, 400);
  meter.push(
    Buffer.from(
      sse(
        { choices: [{ delta: { content: '' } }] },
        { choices: [{ delta: { content: 'one' } }] },
        { choices: [{ delta: { content: 'two' } }] },
      ),
    ),
  );
  expect(meter.finish()).toEqual({ input: 100, cachedInput: 0, cacheWrite: 0, output: 2, exact: false });
});

test('B7 a cut messages stream keeps the input it was told of', () => {
  const meter = meterOf('messages', true, 400);
  meter.push(Buffer.from(MESSAGES.slice(0, MESSAGES.indexOf('message_delta'))));
  expect(meter.finish()).toMatchObject({ input: 20, cachedInput: 7, output: 1, exact: false });
});

test('B7 the usage of a whole body is read, also behind fifty megabytes', () => {
  const meter = meterOf('chat', false, 100);
  meter.push(Buffer.from('{"choices":[{"text":"'));
  for (let piece = 0; piece < 50; piece++) meter.push(Buffer.alloc(1024 * 1024, 'x'));
  meter.push(Buffer.from('"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}'));
  expect(meter.finish()).toMatchObject({ input: 3, output: 2, exact: true });
});

test.each([
  ['at the end', '{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n', 3],
  ['in the midst', '{"usage":{"prompt_tokens":3,"completion_tokens":4},"choices":[]}', 3],
  ['beside one of another object', '{"x_groq":{"id":1,"usage":{"prompt_tokens":9}},"usage":{"prompt_tokens":3,"completion_tokens":4}}', 3],
  ['not at all, but in an inner object', '{"choices":[{"a":1,"usage":{"prompt_tokens":9,"completion_tokens":9}}]}', undefined],
  ['not at all, but in an object at the end', '{"id":1,"more":{"a":1,"usage":{"prompt_tokens":9,"completion_tokens":9}}}', undefined],
  ['and in a text', '{"choices":[{"content":",\\"usage\\":{}"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}', 3],
])('B7 the usage of a whole body is the outermost one: %s', (_name, body, input) => {
  const meter = meterOf('chat', false, 400);
  meter.push(Buffer.from(body));
  expect(meter.finish()).toMatchObject(input === undefined ? { exact: false } : { exact: true, input });
});

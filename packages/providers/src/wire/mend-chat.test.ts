import { expect, test } from 'vitest';
import { createDirectClient } from '../client.ts';

const openai = { id: 'openai', label: 'OpenAI', envVar: 'OPENAI_API_KEY', baseUrlEnvVar: 'OPENAI_BASE_URL' } as const;

const answering =
  (pieces: readonly string[]): typeof fetch =>
  async () => {
    const encoder = new TextEncoder();
    const body = ReadableStream.from(pieces.map((piece) => encoder.encode(piece)));
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  };

const ask = async (pieces: readonly string[]) => {
  const key = { reveal: () => 'sk-test' };
  const client = createDirectClient({
    provider: openai,
    key,
    credential: 'test',
    baseUrl: 'http://127.0.0.1:9/v1',
    fetch: answering(pieces),
  });
  const events = [];
  for await (const event of client.stream({ model: 'any', messages: [{ role: 'user', content: 'hello' }] })) events.push(event);
  return events;
};

const texts = (events: readonly { type: string; text?: string }[]): string => events.map(({ text }) => text ?? '').join('');

test.each([
  [
    'no index and no reason of the finish',
    ['data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n', 'data: {"choices":[{"delta":{"content":"lo"}}]}\n\n', 'data: [DONE]\n\n'],
  ],
  [
    'CR LF, and an event cut anywhere',
    ['data: {"choices":[{"delta":{"con', 'tent":"Hello"},"finish_reason":"st', 'op"}]}\r\n\r\nda', 'ta: [DONE]\r\n\r\n'],
  ],
  ['no [DONE] but a reason', ['data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}\n\n']],
  ['comments and a last line without its end', [': ping\n\ndata: {"choices":[{"delta":{"content":"Hello"}}]}\n\n', 'data: [DONE]']],
])('A20 a compatible server that sends %s is understood', async (_, pieces) => {
  const events = await ask(pieces);
  expect(texts(events)).toBe('Hello');
  expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
});

test('A20 a tool call without an index is understood', async () => {
  const call = '{"id":"c1","type":"function","function":{"name":"look","arguments":"{}"}}';
  const events = await ask([
    `data: {"choices":[{"delta":{"tool_calls":[${call}]}}]}\n\n`,
    'data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\n',
    'data: [DONE]\n\n',
  ]);
  expect(events).toContainEqual(expect.objectContaining({ type: 'tool-call', id: 'c1', name: 'look', input: '{}' }));
});

test('A20 an answer that just ends is still a cut one', async () => {
  await expect(ask(['data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n'])).rejects.toMatchObject({ code: 'upstream_error' });
  await expect(ask(['data: {"choices":[{"delta":{"content":"Hel"}\n\n'])).rejects.toMatchObject({ code: 'upstream_error' });
});

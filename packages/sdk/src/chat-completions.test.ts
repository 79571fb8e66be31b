import { expect, test } from 'vitest';
import { chatCompletionsClient } from './chat-completions.ts';
import type { ChatEvent } from './chat.ts';
import type { CredentialSource } from './provider.ts';

const credentials: CredentialSource = {
  hosts: ['api.acme.example'],
  current: () => Promise.resolve({ secret: { reveal: () => 'first' } }),
  renew: () => Promise.resolve({ secret: { reveal: () => 'second' } }),
};

const ask = async (answers: (token: string | null) => Response, baseUrl = 'https://api.acme.example/v1'): Promise<ChatEvent[]> => {
  const send: typeof fetch = (input, init) => Promise.resolve(answers(new Request(input, init).headers.get('authorization')));
  const client = chatCompletionsClient({ provider: 'acme', baseUrl, credentials, fetch: send });
  const events: ChatEvent[] = [];
  for await (const event of client.stream({ model: 'one', messages: [{ role: 'user', content: 'hi' }] })) events.push(event);
  return events;
};

const stream = (...data: string[]): Response => new Response(data.map((line) => `data: ${line}\r\n\r\n`).join(''));

test('C7 text, reasoning and usage are streamed; a 401 is renewed once', async () => {
  const events = await ask((token) =>
    token === 'Bearer first'
      ? new Response('', { status: 401 })
      : stream(
          '{"choices":[{"delta":{"reasoning_content":"hm"}}]}',
          '{"choices":[{"delta":{"content":"hé"},"finish_reason":"stop"}]}',
          '{"usage":{"prompt_tokens":3,"completion_tokens":1}}',
          '[DONE]',
        ),
  );
  expect(events).toEqual([
    { type: 'reasoning', text: 'hm' },
    { type: 'text', text: 'hé' },
    { type: 'usage', inputTokens: 3, outputTokens: 1 },
    { type: 'finish', reason: 'stop' },
  ]);
});

test('C7 answers that are no success are named, and a stream that breaks off is an error', async () => {
  await expect(ask(() => new Response('secret body', { status: 401 }))).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(ask(() => new Response('', { status: 429, headers: { 'retry-after': '7' } }))).rejects.toMatchObject({
    code: 'rate_limited',
    retryAfter: 7,
  });
  await expect(ask(() => new Response('', { status: 403 }))).rejects.toMatchObject({ code: 'forbidden' });
  await expect(ask(() => new Response('', { status: 503 }))).rejects.toMatchObject({ code: 'upstream_error' });
  await expect(ask(() => stream('{"choices":[{"delta":{"content":"half"}}]}'))).rejects.toMatchObject({
    message: 'the answer of acme broke off',
  });
  await expect(ask(() => stream('not json'))).rejects.toMatchObject({ code: 'upstream_error' });
});

test('C7 the token goes to the hosts of the login, or to this machine, and nowhere else', async () => {
  const done = (): Response => stream('{"choices":[{"delta":{},"finish_reason":"stop"}]}');
  for (const url of ['https://api.acme.example/v1', 'http://127.0.0.1:8080/v1']) expect(await ask(done, url)).toHaveLength(1);
  for (const url of ['https://evil.example/v1', 'http://api.acme.example/v1', 'https://api.acme.example:8443/v1', 'nonsense']) {
    await expect(ask(done, url)).rejects.toMatchObject({ code: 'forbidden' });
  }
});

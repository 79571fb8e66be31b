import { Secret } from '@mogplex/credentials';
import type { RunEvent } from '@mogplex/protocol';
import { expect, test } from 'vitest';
import type { World } from '../world.ts';
import { attachToRun } from './attach.ts';

const RUN = {
  id: 'run_00000000000000000000000000',
  status: 'running',
  agent: 'chat',
  model: 'openai/gpt-5',
  title: 'hello',
  source: 'cli',
  startedBy: { kind: 'personal', accountId: 'a', tokenId: 't', name: 'ci' },
  createdAt: 1,
  usage: { inputTokens: 0, outputTokens: 0, costMicros: 0 },
  lastSeq: 2,
};

const TOKEN = new Secret('mog_0123456789abcdef0123456789', 'test').reveal();

const worldOf = (env: Record<string, string>, answer: (path: string) => Response): World => ({
  env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
  fetch: (input) => Promise.resolve(answer(new URL(input instanceof Request ? input.url : input).pathname)),
  home: '/nonexistent',
  cwd: '/',
  interrupted: () => new AbortController().signal,
});

const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

const refusal = (status: number, code: string): Response =>
  json(status, { ok: false, error: { code, message: 'the credential is not valid', boundary: 'token', requestId: 'req_12345678' } });

const account = { MOGPLEX_API_KEY: TOKEN, MOGPLEX_URL: 'https://mogplex.example' };

test('A15 attaching gives the run and each of its events, past ones first', async () => {
  const events = [
    { runId: RUN.id, seq: 1, at: 1, type: 'message.delta', data: { text: 'hi' } },
    { runId: RUN.id, seq: 2, at: 2, type: 'status', data: { status: 'succeeded' } },
  ];
  const stream = events.map((event) => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  const world = worldOf(account, (path) =>
    path.endsWith('/stream')
      ? new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
      : json(200, { ok: true, data: { run: RUN } }),
  );
  const attached = await attachToRun(world, RUN.id);
  expect(attached.run).toEqual(RUN);
  const seen: RunEvent[] = [];
  for await (const event of attached.events) seen.push(event);
  expect(seen).toEqual(events);
});

test('A15 B22 what is no id, no account and a refused credential each have their words, the last with its name and request id', async () => {
  const refused = worldOf(account, () => refusal(401, 'unauthenticated'));
  await expect(attachToRun(refused, '../me')).rejects.toMatchObject({ code: 'usage', boundary: 'run' });
  await expect(attachToRun(refused, RUN.id)).rejects.toMatchObject({
    code: 'unauthenticated',
    boundary: 'token',
    requestId: 'req_12345678',
    message: 'the platform at https://mogplex.example refused env MOGPLEX_API_KEY',
  });
  await expect(
    attachToRun(
      worldOf({}, () => json(500, {})),
      RUN.id,
    ),
  ).rejects.toMatchObject({
    code: 'unauthenticated',
    hint: expect.stringContaining('MOGPLEX_API_KEY') as string,
  });
  const late = worldOf(account, (path) =>
    path.endsWith('/stream') ? refusal(401, 'unauthenticated') : json(200, { ok: true, data: { run: RUN } }),
  );
  const { events } = await attachToRun(late, RUN.id);
  await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    message: 'the platform at https://mogplex.example refused env MOGPLEX_API_KEY',
  });
});

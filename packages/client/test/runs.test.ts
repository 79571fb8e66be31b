import { Secret } from '@mogplex/credentials';
import { expect, test } from 'vitest';
import { createClient, type TokenSource } from '../src/index.ts';
import { begin, eventNumber, messageOf, refuse, scriptedPlatform, type Turn } from './platform.ts';

const RUN = {
  id: 'run_00000000000000000000000000',
  status: 'pending',
  agent: 'chat',
  model: 'openai/gpt-5',
  title: 'hello',
  source: 'cli',
  startedBy: { kind: 'personal', accountId: 'a', tokenId: 't', name: 'ci' },
  createdAt: 1,
  usage: { inputTokens: 0, outputTokens: 0, costMicros: 0 },
  lastSeq: 0,
};

const token = new Secret('mog_a-token-for-a-test', 'test');

const answer =
  (data: unknown, status = 200): Turn =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, data }));

const fast = { wait: () => Promise.resolve() };

test('D7 a start that is lost, limited or still under way is sent again under the same key, so that it starts once', async () => {
  await using platform = await scriptedPlatform(
    (_request, response) => void response.destroy(),
    refuse(409, 'conflict', { retryAfter: 1 }),
    (_request, response) => void response.writeHead(502).end('bad gateway'),
    answer({ run: RUN }, 201),
  );
  const { runs } = createClient({ baseUrl: platform.url, token, ...fast });
  expect(await runs.start({ prompt: 'hello', source: 'cli' })).toEqual(RUN);
  const keys = platform.requests.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(4);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(platform.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual(
    Array.from({ length: 4 }, () => ({ prompt: 'hello', source: 'cli' })),
  );
});

test('D7 a key that came with another prompt, and a refusal, are not sent again', async () => {
  for (const turn of [refuse(409, 'conflict'), refuse(403, 'insufficient_scope'), refuse(402, 'out_of_credit')]) {
    await using platform = await scriptedPlatform(turn);
    const { runs } = createClient({ baseUrl: platform.url, token, ...fast });
    await expect(runs.start({ prompt: 'hello' }, { idempotencyKey: 'mine' })).rejects.toMatchObject({ requestId: 'req_12345678' });
    expect(platform.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['mine']);
  }
});

test('B4 runs are read, listed, cancelled, and their events paged', async () => {
  const unknown = { runId: RUN.id, seq: 2, at: 1, type: 'hologram', data: {} };
  await using platform = await scriptedPlatform(
    answer({ run: RUN }),
    answer({ items: [RUN], nextCursor: null }),
    answer({ run: { ...RUN, cancelRequestedAt: 5 } }),
    answer({ items: [eventNumber(1, 9), unknown], lastSeq: 9, done: false }),
    answer({ agents: [] }),
  );
  const client = createClient({ baseUrl: platform.url, token });
  expect(await client.runs.get('a/b')).toEqual(RUN);
  expect(await client.runs.list({ status: 'failed', limit: 3 })).toEqual({ items: [RUN], nextCursor: null });
  expect(await client.runs.cancel(RUN.id)).toMatchObject({ cancelRequestedAt: 5 });
  expect(await client.runs.events(RUN.id, { after: 0, limit: 2 })).toEqual({
    items: [eventNumber(1, 9)],
    next: 2,
    lastSeq: 9,
    done: false,
  });
  expect(await client.agents()).toEqual([]);
  expect(platform.requests.map(({ method, path }) => `${method} ${path.slice('/api/v1/mogplex'.length)}`)).toEqual([
    'GET /runs/a%2Fb',
    'GET /runs?status=failed&limit=3',
    `POST /runs/${RUN.id}/cancel`,
    `GET /runs/${RUN.id}/events?after=0&limit=2`,
    'GET /agents',
  ]);
});

test('A9 a login whose token is refused is renewed once, for a call and for a stream', async () => {
  const renewed: string[] = [];
  const login: TokenSource = {
    current: async () => new Secret('mog_at_old-token-of-a-test', 'test'),
    renew: async (refused) => {
      renewed.push(refused.reveal());
      return new Secret('mog_at_new-token-of-a-test', 'test');
    },
  };
  await using platform = await scriptedPlatform(
    refuse(401, 'unauthenticated'),
    answer({ run: RUN }),
    refuse(401, 'unauthenticated'),
    (_request, response) => begin(response, messageOf(eventNumber(1, 1))),
    refuse(401, 'unauthenticated'),
  );
  const { runs } = createClient({ baseUrl: platform.url, token: login });
  expect(await runs.get(RUN.id)).toEqual(RUN);
  const seen = [];
  for await (const { seq } of runs.follow(RUN.id)) seen.push(seq);
  expect(seen).toEqual([1]);
  await expect(runs.get(RUN.id)).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(renewed).toEqual(Array.from({ length: 3 }, () => 'mog_at_old-token-of-a-test'));
  expect(platform.requests.map(({ headers }) => headers.authorization?.slice(7, 17))).toEqual(
    ['old', 'new', 'old', 'new', 'old', 'new'].map((kind) => `mog_at_${kind}`),
  );
});

test('a platform that does not answer is given up in time, and an abort counts at once', async () => {
  await using platform = await scriptedPlatform(() => undefined);
  const { runs } = createClient({ baseUrl: platform.url, token, timeout: 50, tries: 2, ...fast });
  await expect(runs.get(RUN.id)).rejects.toMatchObject({ code: 'unavailable', boundary: 'network' });
  expect(platform.requests).toHaveLength(2);
  const leave = new AbortController();
  const patient = createClient({ baseUrl: platform.url, token });
  const work = patient.runs.get(RUN.id, { signal: leave.signal });
  leave.abort();
  await expect(work).rejects.toMatchObject({ name: 'AbortError' });
});

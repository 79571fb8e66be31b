import { makeTokenFor } from '@mogplex/server/test/people';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnthropicUpstream, startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { expectWhole, type Runs, runsOf, said, statusesOf } from './support/run-watch.ts';
import { describeStores, type StorePlace } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0001';

describeStores('D7 B16 runs of the chat agent', (stores) => {
  let place: StorePlace;
  let gateway: TestGateway;
  let upstream: Upstream;
  let runs: Runs;

  beforeAll(async () => {
    upstream = await startOpenAiUpstream();
    place = await stores.place();
    gateway = await startGateway(place);
    await gateway.plan({ parallelRuns: 4 });
    await gateway.upstream('openai', upstream.url, KEY);
    runs = runsOf(gateway.url, gateway.token);
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const idle = () => (upstream.answer = {});

  test('B16 the agents that exist are listed, and say what they cannot do', async () => {
    const { data } = await runs.call<{ agents: unknown[] }>('GET', '/agents');
    expect(data.agents).toMatchObject([
      { id: 'chat', needs: { model: true, repository: false, sandbox: false }, capabilities: { repository: false, tools: false } },
    ]);
    const { status, error } = await runs.start({ agent: 'codex', prompt: 'x' });
    expect([status, error.code, error.boundary]).toEqual([400, 'invalid_request', 'request']);
    expect(error.message).toContain('chat');
  });

  test('D7 B16 a run answers, its events are gapless and replayable, and the ledger knows whom, what and from where', async () => {
    idle();
    const started = await runs.start({ prompt: 'Say hello', system: 'Be brief', repository: 'acme/shop' });
    expect(started.status).toBe(201);
    const { run } = started.data;
    expect(run).toMatchObject({
      status: 'pending',
      agent: 'chat',
      model: 'openai/gpt-5',
      repository: 'acme/shop',
      source: 'api',
      title: 'Say hello',
    });
    expect(run.startedBy).toMatchObject({ kind: 'personal', accountId: gateway.accountId, name: 'test' });
    expect(run.id).toMatch(/^run_[0-9a-z]{26}$/);
    const ended = await runs.until(run.id, 'succeeded');
    const events = await runs.events(run.id);
    expectWhole(events);
    expect(statusesOf(events)).toEqual(['pending', 'running', 'succeeded']);
    expect(events[1]).toMatchObject({ type: 'message', data: { role: 'user', text: 'Say hello', truncated: false } });
    expect(events[2]).toMatchObject({ type: 'notice', data: { code: 'no_repository' } });
    expect(said(events)).toBe('Hello from the model.');
    expect(events.at(-3)).toMatchObject({ type: 'message', data: { role: 'assistant', text: 'Hello from the model.', truncated: false } });
    expect(events.at(-2)).toMatchObject({ type: 'usage', data: { inputTokens: 11, outputTokens: 5 } });
    expect(ended.usage).toMatchObject({ inputTokens: 11, outputTokens: 5 });
    expect(ended.usage.costMicros).toBeGreaterThan(0);
    expect(ended.lastSeq).toBe(events.length);
    expect(ended.endedAt ?? 0).toBeGreaterThanOrEqual(ended.startedAt ?? Number.POSITIVE_INFINITY);
    expect(upstream.requests.at(-1)?.body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief' },
        { role: 'user', content: 'Say hello' },
      ],
    });
    expect(upstream.requests.at(-1)?.body).not.toHaveProperty('tools');
    expect(await runs.events(run.id, 2)).toEqual(events);
    const { events: streamed, end } = await runs.watch(run.id);
    expect(streamed).toEqual(events);
    expect(end).toEqual({ reason: 'done', lastSeq: events.length });
    const row = await gateway.store.db.selectFrom('model_ledger').selectAll().where('run_id', '=', run.id).executeTakeFirst();
    expect(row).toMatchObject({ account_id: gateway.accountId, source: 'api', model: 'openai/gpt-5', output_tokens: 5 });
    const token = await gateway.store.db
      .selectFrom('token')
      .selectAll()
      .where('id', '=', row?.token_id ?? '')
      .executeTakeFirst();
    expect(token).toMatchObject({ kind: 'run', run_id: run.id, revoked_why: 'ended' });
    const kept = await gateway.store.db.selectFrom('run').select(['prompt', 'system']).where('id', '=', run.id).executeTakeFirst();
    expect(kept).toEqual({ prompt: null, system: null });
  });

  test('D7 the stream starts behind any event, and Last-Event-ID outranks the query', async () => {
    const { data } = await runs.start({ prompt: 'again' });
    await runs.until(data.run.id, 'succeeded');
    const events = await runs.events(data.run.id);
    expect((await runs.watch(data.run.id, { after: 2 })).events).toEqual(events.slice(2));
    expect((await runs.watch(data.run.id, { after: 1, last: 3 })).events).toEqual(events.slice(3));
    const head = await fetch(`${gateway.url}/api/v1/mogplex/runs/${data.run.id}/stream`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${gateway.token}` },
    });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'text/event-stream', '']);
    expect(await runs.watch(data.run.id, { after: 100_000 })).toMatchObject({ events: [], end: { reason: 'done' } });
    for (const path of ['stream?after=x', 'stream?after=-1', 'events?after=x', 'events?limit=0', 'events?limit=5000']) {
      expect((await runs.call('GET', `/runs/${data.run.id}/${path}`)).error.code).toBe('invalid_request');
    }
  });

  test('D7 runs are listed newest first, page by page and by state', async () => {
    const all = await runs.call<{ items: { id: string; createdAt: number }[]; nextCursor: string | null }>('GET', '/runs?limit=100');
    const first = await runs.call<{ items: { id: string }[]; nextCursor: string }>('GET', '/runs?limit=1');
    const rest = await runs.call<{ items: { id: string }[] }>('GET', `/runs?limit=100&cursor=${first.data.nextCursor}`);
    expect([...first.data.items, ...rest.data.items]).toEqual(all.data.items);
    expect(all.data.items.length).toBeGreaterThanOrEqual(2);
    expect((await runs.call<{ items: unknown[] }>('GET', '/runs?status=failed')).data.items).toEqual([]);
    expect((await runs.call<{ items: unknown[] }>('GET', '/runs?status=succeeded')).data.items).toEqual(all.data.items);
  });

  test('B4 B16 the same start is one run, however often and how many at once it is sent', async () => {
    idle();
    const calls = upstream.requests.length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => runs.start({ prompt: 'once' }, 'key-of-twenty')));
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const replay = await runs.start({ prompt: 'once' }, 'key-of-twenty');
    expect(replay.status).toBe(201);
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    const ids = new Set([...answers, replay].flatMap(({ data }) => (data ? [data.run.id] : [])));
    expect(ids.size).toBe(1);
    expect((await runs.start({ prompt: 'another' }, 'key-of-twenty')).status).toBe(409);
    await runs.until([...ids][0] ?? '', 'succeeded');
    expect(upstream.requests).toHaveLength(calls + 1);
  });

  test('B16 a start whose answer was lost with its server is found again by its key', async () => {
    const first = await runs.start({ prompt: 'lost' }, 'key-of-the-lost');
    await gateway.store.db.deleteFrom('idempotency').execute();
    const again = await runs.start({ prompt: 'lost' }, 'key-of-the-lost');
    expect(again.data.run.id).toBe(first.data.run.id);
    await runs.until(first.data.run.id, 'succeeded');
  });

  test('B16 A10 what the model refuses is told as an event and as the error of the run, with its boundary', async () => {
    const { data: catalog } = await runs.call<{ models: { id: string; provider: string }[] }>('GET', '/models');
    const unreachable = catalog.models.find(({ provider }) => provider === 'anthropic')?.id;
    const cases = [
      { body: { prompt: 'x', model: unreachable }, code: 'no_model_access', words: 'no model access' },
      { body: { prompt: 'x', model: 'openai/gpt-99' }, code: 'not_found', words: 'gpt-99' },
      { body: { prompt: 'x' }, fault: 'server-error' as const, code: 'upstream_error', words: '' },
      { body: { prompt: 'x' }, fault: 'rate-limited' as const, code: 'rate_limited', words: '' },
      { body: { prompt: 'x' }, fault: 'cut' as const, code: 'upstream_error', words: '' },
    ];
    for (const { body, fault, code, words } of cases) {
      upstream.fault = fault;
      const { data } = await runs.start(body);
      const run = await runs.until(data.run.id, 'failed', 'succeeded');
      upstream.fault = undefined;
      expect({ status: run.status, code: run.error?.code, boundary: run.error?.boundary }).toEqual({
        status: 'failed',
        code,
        boundary: 'model',
      });
      expect(run.error?.message).toContain(words);
      const events = await runs.events(run.id);
      expectWhole(events);
      expect(events.at(-2)).toMatchObject({ type: 'error', data: run.error });
      // B22: the request id of the error finds the call of the run in the log.
      expect(gateway.platform.logged()).toContain(`"requestId":"${run.error?.requestId}"`);
      expect(
        gateway.platform
          .logged()
          .split('\n')
          .some((line) => line.includes(run.id) && line.includes(run.error?.requestId ?? '-')),
      ).toBe(true);
    }
  });

  test('D7 models of another wire format answer as well', async () => {
    const anthropic = await startAnthropicUpstream();
    await gateway.upstream('anthropic', anthropic.url, 'sk-ant-hosted-key-of-the-operator-1');
    const { data } = await runs.call<{ models: { id: string; provider: string; reachable: boolean }[] }>('GET', '/models');
    const model = data.models.find(({ provider, reachable }) => provider === 'anthropic' && reachable)?.id ?? '';
    const started = await runs.start({ prompt: 'hi', model });
    await runs.until(started.data.run.id, 'succeeded');
    expect(said(await runs.events(started.data.run.id))).toBe('Hello from the model.');
    await anthropic.close();
  });

  test('D7 no more runs of an owner are under way than may be, and each waiting one gets its turn', async () => {
    upstream.answer = { text: ['a', 'b', 'c'], gapMs: 60 };
    const started = await Promise.all(Array.from({ length: 12 }, (_one, index) => runs.start({ prompt: `number ${index}` })));
    const ids = started.map(({ data }) => data.run.id);
    let most = 0;
    await expect
      .poll(
        async () => {
          const rows = await gateway.store.db.selectFrom('run').select('status').where('id', 'in', ids).execute();
          most = Math.max(most, rows.filter(({ status }) => status === 'running').length);
          return rows.filter(({ status }) => status === 'succeeded').length;
        },
        { timeout: 60_000, interval: 20 },
      )
      .toBe(12);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    idle();
  });

  test('B4 a read token neither starts nor cancels, and another account finds nothing', async () => {
    const { data } = await runs.start({ prompt: 'mine' });
    const reader = runsOf(gateway.url, await gateway.makeToken(gateway.accountId, ['read']));
    expect((await reader.start({ prompt: 'x' })).error.code).toBe('insufficient_scope');
    expect((await reader.cancel(data.run.id)).error.code).toBe('insufficient_scope');
    expect((await reader.get(data.run.id)).id).toBe(data.run.id);
    const stranger = runsOf(gateway.url, (await gateway.account('stranger@example.com')).token);
    for (const path of ['', '/events', '/stream']) {
      expect((await stranger.call('GET', `/runs/${data.run.id}${path}`)).error).toMatchObject({ code: 'not_found', boundary: 'run' });
    }
    expect((await stranger.cancel(data.run.id)).status).toBe(404);
    expect((await stranger.call<{ items: unknown[] }>('GET', '/runs')).data.items).toEqual([]);
    await runs.until(data.run.id, 'succeeded');
  });

  test("B4 a team's runs are seen by its members and viewers, started and cancelled by its members, and nobody else's business", async () => {
    const { db } = gateway.store;
    const people = {
      member: await gateway.account('member@example.com'),
      viewer: await gateway.account('viewer@example.com'),
      outsider: await gateway.account('outsider@example.com'),
    };
    await db.insertInto('team').values({ id: 'acme', name: 'Acme', personal_of: null, created_at: Date.now() }).execute();
    const member = (user_id: string, role: 'owner' | 'member' | 'viewer') => ({ team_id: 'acme', user_id, role, created_at: Date.now() });
    const members = [
      member(gateway.accountId, 'owner'),
      member(people.member.accountId, 'member'),
      member(people.viewer.accountId, 'viewer'),
    ];
    await db.insertInto('team_member').values(members).execute();
    const as = (name: keyof typeof people): Runs => runsOf(gateway.url, people[name].token);

    upstream.answer = { text: Array.from({ length: 200 }, () => 'word '), gapMs: 50 };
    const { data } = await as('member').start({ prompt: 'for the team', teamId: 'acme' });
    const { id } = data.run;
    expect(data.run.teamId).toBe('acme');
    for (const reader of [runs, as('viewer')]) {
      expect((await reader.get(id)).title).toBe('for the team');
      expect((await reader.call<{ items: { id: string }[] }>('GET', '/runs')).data.items.map((run) => run.id)).toContain(id);
    }
    expect((await as('viewer').cancel(id)).error).toMatchObject({ code: 'forbidden', boundary: 'account' });
    expect((await as('viewer').start({ prompt: 'x', teamId: 'acme' })).error.code).toBe('forbidden');
    for (const path of ['', '/events', '/stream']) expect((await as('outsider').call('GET', `/runs/${id}${path}`)).status).toBe(404);
    expect((await as('outsider').cancel(id)).status).toBe(404);
    expect((await as('outsider').start({ prompt: 'x', teamId: 'acme' })).status).toBe(404);
    expect((await runs.cancel(id)).status).toBe(200);
    await runs.until(id, 'cancelled');
    const row = await db.selectFrom('model_ledger').selectAll().where('run_id', '=', id).executeTakeFirst();
    expect(row?.team_id ?? 'acme').toBe('acme');

    // Own runs and those of teams are one list, also across its pages.
    type Page = { items: { id: string; createdAt: number }[]; nextCursor: string | null };
    const { items } = (await runs.call<Page>('GET', '/runs?limit=100')).data;
    expect(items).toEqual(items.toSorted((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1)));
    expect(new Set(items.map((run) => run.id)).size).toBe(items.length);
    const walked: Page['items'] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = (await runs.call<Page>('GET', `/runs?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)).data;
      walked.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(walked).toEqual(items);

    const own = await as('member').start({ prompt: 'my own' });
    expect((await runs.call('GET', `/runs/${own.data.run.id}`)).status).toBe(404);
    await as('member').cancel(own.data.run.id);
    await db.deleteFrom('team_member').where('user_id', '=', people.member.accountId).execute();
    expect((await as('member').call('GET', `/runs/${id}`)).status).toBe(404);
    idle();
  });

  test("B4 a service account's runs belong to its team, and act for it at the gateway", async () => {
    const { db } = gateway.store;
    await db
      .insertInto('service_account')
      .values({ id: 'robot', team_id: 'acme', name: 'CI', created_by: 'x', created_at: Date.now() })
      .execute();
    const made = await makeTokenFor(gateway.store, { accountId: 'robot', teamId: 'acme' });
    const robot = runsOf(gateway.url, made.token);
    const { data } = await robot.start({ prompt: 'x' });
    expect(data.run.teamId).toBe('acme');
    await robot.until(data.run.id, 'succeeded');
    expect((await runs.get(data.run.id)).status).toBe('succeeded');
    const row = await db.selectFrom('model_ledger').selectAll().where('run_id', '=', data.run.id).executeTakeFirst();
    expect(row).toMatchObject({ account_id: 'robot', team_id: 'acme' });
  });
});

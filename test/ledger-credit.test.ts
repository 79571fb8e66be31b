import { expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { type ChildServer, openOperator, putPennyModel, startChildServer, type TestOperator } from './support/gateway.ts';
import { describeStores, type StorePlace } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0002';
const PER_CALL = 100;
const CREDIT = 10 * PER_CALL;
const LEASE = { MOGPLEX_MODEL_LEASE_SECONDS: '3' };

const call = async (url: string, token: string): Promise<number> => {
  try {
    const response = await fetch(`${url}/gateway/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ model: 'penny', max_tokens: PER_CALL, messages: [{ role: 'user', content: 'x' }] }),
    });
    const body = await response.text();
    if (response.status === 402) expect(body).toContain('out of credit');
    return response.status;
  } catch {
    return 0;
  }
};

const sums = async ({ store, accountId }: TestOperator) => {
  const entries = await store.db
    .selectFrom('model_ledger')
    .selectAll()
    .where('payer', '=', `account:${accountId}`)
    .orderBy('created_at')
    .execute();
  const credit = await store.db.selectFrom('model_credit').selectAll().where('payer', '=', `account:${accountId}`).executeTakeFirst();
  let running = 0;
  const lowest = Math.min(...entries.map(({ amount }) => (running += amount)));
  const spent = entries.filter(({ kind }) => kind !== 'grant').reduce((sum, { amount }) => sum - amount, 0);
  const open = await store.db.selectFrom('model_reservations').select('id').execute();
  return { entries, balance: running, lowest, spent, stored: credit?.balance, reserved: credit?.reserved, open: open.length };
};

const settled = async (operator: TestOperator, calls: number) => {
  const enough = async (): Promise<boolean> => {
    const { entries, open } = await sums(operator);
    return open === 0 && entries.filter(({ kind }) => kind !== 'grant').length >= calls;
  };
  await expect.poll(enough, { timeout: 60_000, interval: 200 }).toBe(true);
  return sums(operator);
};

const prepare = async (place: StorePlace, upstream: Upstream): Promise<TestOperator> => {
  const operator = await openOperator(place);
  await operator.upstream('openai', upstream.url, KEY);
  await putPennyModel(operator.store, 'penny', 1_000);
  await operator.plan({ name: 'Ten calls', monthlyCredit: CREDIT });
  return operator;
};

describeStores('B7 no cent is spent that was not there', (stores) => {
  const startServers = (place: StorePlace): Promise<ChildServer[]> =>
    Promise.all(Array.from({ length: stores.dialect === 'postgres' ? 2 : 1 }, () => startChildServer(place, LEASE)));

  test('B7 of 200 parallel calls with credit for 10, ten reach the upstream, and the ledger ends at zero', async () => {
    const upstream = await startOpenAiUpstream({ answer: { usage: { inputTokens: 7, outputTokens: PER_CALL }, gapMs: 50 } });
    const place = await stores.place();
    const operator = await prepare(place, upstream);
    const servers = await startServers(place);
    const statuses = await Promise.all(
      Array.from({ length: 200 }, (_, index) => call(servers[index % servers.length]?.url ?? '', operator.token)),
    );
    expect(upstream.requests).toHaveLength(10);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 402)).toHaveLength(190);
    expect(await settled(operator, 10)).toMatchObject({ balance: 0, stored: 0, reserved: 0, spent: CREDIT, lowest: 0 });
    await Promise.all(servers.map((server) => server.stop()));
    await operator.close();
    await upstream.close();
  });

  test('B7 what a call did not use is there for the next, and the sum is what the upstream counted', async () => {
    const upstream = await startOpenAiUpstream({ answer: { usage: { inputTokens: 7, outputTokens: 30 } } });
    const place = await stores.place();
    const operator = await prepare(place, upstream);
    const servers = await startServers(place);
    let refused = 0;
    while (refused === 0) {
      const statuses = await Promise.all(
        Array.from({ length: 20 }, (_, index) => call(servers[index % servers.length]?.url ?? '', operator.token)),
      );
      refused = statuses.filter((status) => status === 402).length === 20 ? 1 : 0;
    }
    const calls = upstream.requests.length;
    // Each call may cost 100: the last one that starts does so with at least 100 left.
    expect(calls).toBe(31);
    expect(await settled(operator, calls)).toMatchObject({ spent: calls * 30, balance: CREDIT - calls * 30, reserved: 0 });
    await Promise.all(servers.map((server) => server.stop()));
    await operator.close();
    await upstream.close();
  });

  test('B7 a server that stops right after its calls, or is killed a little later, leaves nothing that was not used', async () => {
    const upstream = await startOpenAiUpstream({ answer: { usage: { inputTokens: 7, outputTokens: 30 } } });
    const place = await stores.place();
    const operator = await prepare(place, upstream);
    await operator.plan({ name: 'Rich', monthlyCredit: 1_000_000 });
    for (const [round, end] of (['stop', 'kill', 'stop'] as const).entries()) {
      const server = await startChildServer(place, LEASE);
      const statuses = await Promise.all(Array.from({ length: 20 }, () => call(server.url, operator.token)));
      expect(statuses.filter((status) => status === 200)).toHaveLength(20);
      if (end === 'kill') await settled(operator, 20 * (round + 1));
      await server[end]();
    }
    const last = await startChildServer(place, LEASE);
    const { entries, spent, reserved } = await settled(operator, 60);
    expect([spent, reserved, entries.some(({ kind }) => kind === 'expired')]).toEqual([60 * 30, 0, false]);
    await last.stop();
    await operator.close();
    await upstream.close();
  });

  test('B7 a server killed in the midst of calls gives nothing out twice', async () => {
    const upstream = await startOpenAiUpstream({ answer: { usage: { inputTokens: 7, outputTokens: PER_CALL }, gapMs: 3_000 } });
    const place = await stores.place();
    const operator = await prepare(place, upstream);
    const servers = await startServers(place);
    // Half of the credit is under way on the server that dies; the rest is fought for.
    const first = Array.from({ length: 5 }, () => call(servers[0]?.url ?? '', operator.token));
    await expect.poll(() => upstream.requests.length, { timeout: 30_000, interval: 5 }).toBe(5);
    let refused = 0;
    const others = Array.from({ length: 195 }, async (_, index) => {
      const status = await call(servers[index % servers.length]?.url ?? '', operator.token);
      refused += Number(status === 402);
    });
    await expect.poll(() => upstream.requests.length === 10 && refused > 0, { timeout: 30_000, interval: 5 }).toBe(true);
    await servers[0]?.kill();
    await Promise.all([...first, ...others]);
    const survivor = servers[1] ?? (await startChildServer(place, LEASE));
    await expect
      .poll(() => sums(operator), { timeout: 60_000, interval: 200 })
      .toMatchObject({ spent: CREDIT, balance: 0, stored: 0, reserved: 0, lowest: 0, open: 0 });
    expect((await sums(operator)).entries.some(({ kind }) => kind === 'expired')).toBe(true);
    expect(await call(survivor.url, operator.token)).toBe(402);
    expect(upstream.requests).toHaveLength(10);
    await survivor.stop();
    await operator.close();
    await upstream.close();
  });

  test('B7 the ledger only grows', async () => {
    const { db } = await stores.open();
    const row = {
      reference: 'a',
      payer: 'account:a',
      kind: 'adjustment' as const,
      amount: 5,
      cost: 0,
      uncovered: 0,
      input_tokens: 0,
      cached_input_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 0,
      searches: 0,
      exact: 1,
      day: '2026-01-01',
      created_at: 1,
    };
    await db.insertInto('model_ledger').values(row).execute();
    await expect(db.updateTable('model_ledger').set({ amount: 6 }).execute()).rejects.toThrow('the ledger only grows');
    await expect(db.deleteFrom('model_ledger').execute()).rejects.toThrow('the ledger only grows');
    await expect(db.insertInto('model_ledger').values(row).execute()).rejects.toThrow(/unique/i);
  });
});

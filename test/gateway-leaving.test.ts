import { Secret } from '@mogplex/credentials';
import { waitingForLocks } from '@mogplex/server/test/locks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { createDatabase, temporaryFolder } from './support/stores.ts';

describe('B7 a client that leaves while its credit is set aside', () => {
  let gateway: TestGateway;
  let upstream: Upstream;

  beforeAll(async () => {
    upstream = await startOpenAiUpstream();
    const databaseUrl = new Secret(await createDatabase(), 'DATABASE_URL');
    gateway = await startGateway({ dataDir: await temporaryFolder(), databaseUrl });
    await gateway.upstream('openai', upstream.url, 'sk-hosted-key-of-the-operator-0014');
    await gateway.plan({ monthlyCredit: 10_000_000 });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const ask = (signal?: AbortSignal): Promise<Response> =>
    fetch(`${gateway.url}/gateway/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.token}` },
      body: JSON.stringify({ model: 'gpt-5', max_tokens: 50, messages: [{ role: 'user', content: 'x'.repeat(4_000) }] }),
      ...(signal ? { signal } : {}),
    });

  const used = () => gateway.store.db.selectFrom('model_ledger').select('reference').where('kind', '=', 'usage').execute();

  test('B7 nothing is sent for it, and nothing is booked', async () => {
    expect((await ask()).status).toBe(200);
    await expect.poll(async () => (await used()).length).toBe(1);
    const [locked, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = gateway.store.db.transaction().execute(async (tx) => {
      await tx.selectFrom('model_credit').selectAll().forUpdate().execute();
      locked.resolve();
      await free.promise;
    });
    await locked.promise;
    const leaving = new AbortController();
    const asked = ask(leaving.signal).catch(() => undefined);
    await expect.poll(() => waitingForLocks(gateway.store)).toBe(1);
    leaving.abort();
    await asked;
    // The server sees the end of the connection while it still waits for the lock.
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
    free.resolve();
    await holding;
    await expect.poll(() => gateway.platform.logged()).toContain('"outcome":"cancelled before it was sent"');
    const rows = () => gateway.store.db.selectFrom('model_reservations').select('id').execute();
    await expect.poll(rows).toEqual([]);
    expect(await used()).toHaveLength(1);
    expect(upstream.requests).toHaveLength(1);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { createDatabase, openStore, temporaryFolder } from '../../../test/stores.ts';
import { Secret } from '@mogplex/credentials';
import type { Coherence } from './coherence.ts';
import { openPostgresCoherence } from './postgres.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const fail = (error: unknown): never => {
  throw error;
};

const openPool = (url: string): pg.Pool => {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  ends.push(() => pool.end());
  return pool;
};

const openServer = async (pool: pg.Pool): Promise<Coherence> => {
  const coherence = await openPostgresCoherence(pool, { serve: true, onError: fail });
  ends.push(() => coherence.close());
  return coherence;
};

/** The same pool over a line on which an answer takes its time; what a server hears comes over another line. */
const slow = (pool: pg.Pool, milliseconds: number): pg.Pool =>
  new Proxy(pool, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'query') return value.bind(target) as unknown;
      return async (...args: unknown[]) => {
        const answer: unknown = await Reflect.apply(value, target, args);
        await sleep(milliseconds);
        return answer;
      };
    },
  });

/** A server that may answer from memory and takes its time over notices: it acknowledges when it is told to. */
const openSlowServer = async (url: string): Promise<{ heard: Promise<void>; acknowledge: () => Promise<void> }> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  ends.push(() => client.end());
  const { promise, resolve } = Promise.withResolvers<{ id: string; from: string }>();
  client.on('notification', ({ payload = '' }) => resolve(JSON.parse(payload) as { id: string; from: string }));
  await client.query('listen mogplex_notice');
  await client.query("insert into cache_lease values ('slow', (extract(epoch from clock_timestamp()) * 1000)::bigint + 600000)");
  return {
    heard: promise.then(() => undefined),
    acknowledge: async () => {
      const { id, from } = await promise;
      await client.query('select pg_notify($1, $2)', [`mogplex_ack_${from}`, JSON.stringify({ id, server: 'slow' })]);
    },
  };
};

test('B3 a change is acknowledged when every server has dropped it, also where the first says so before the others are known', async () => {
  const url = await createDatabase();
  const teller = await openServer(slow(openPool(url), 200));
  await openServer(openPool(url));
  const last = await openSlowServer(url);
  let acknowledged = false;
  const change = teller.invalidate('topic', ['key']).then(() => {
    acknowledged = true;
  });
  await last.heard;
  await sleep(600);
  expect(acknowledged).toBe(false);
  await last.acknowledge();
  await change;
});

test('B3 what a transaction says is void is dropped by every server once it commits, even if nothing follows', async () => {
  const url = await createDatabase();
  const server = await openServer(openPool(url));
  const store = await openStore({ dataDir: await temporaryFolder(), databaseUrl: new Secret(url, 'DATABASE_URL') });
  ends.push(() => store.close());
  const dying = await openServer(openPool(url));
  let loads = 0;
  const read = async (): Promise<number> => {
    const answer = await server.cached('topic', 'key', () => Promise.resolve({ load: (loads += 1) }));
    return answer?.load ?? 0;
  };
  expect([await read(), await read()]).toEqual([1, 1]);
  const refused = store.db.transaction().execute(async (trx) => {
    await dying.tell(trx, 'topic', ['key']);
    throw new Error('rolled back');
  });
  await expect(refused).rejects.toThrow('rolled back');
  expect(await read()).toBe(1);
  await store.db.transaction().execute((trx) => dying.tell(trx, 'topic', ['key']));
  await expect.poll(read).toBe(2);
});

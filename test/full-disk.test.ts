import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startOpenAiUpstream } from './fakes/index.ts';
import { putPennyModel, startGateway } from './support/gateway.ts';
import { expectWhole, runsOf } from './support/run-watch.ts';
import { describeStores, type StorePlace, type TestStores } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0003';
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** Mounts a disk of so many megabytes over a folder, until the test ends. */
const mountSmallDisk = (folder: string, megabytes: number): void => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
};

const asAdmin = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** A store on a disk of its own, and how to fill that disk and to make room on it again. */
const placeOnSmallDisk = async (
  stores: TestStores,
): Promise<{ place: StorePlace; fill: () => Promise<void>; clear: () => Promise<void> }> => {
  const place = await stores.place();
  let disk = place.dataDir;
  if (place.databaseUrl === undefined) {
    mountSmallDisk(disk, 16);
  } else {
    const { dataDir } = await stores.place();
    disk = dataDir;
    mountSmallDisk(disk, 64);
    const name = new URL(place.databaseUrl.reveal()).pathname.slice(1);
    await asAdmin(async (client) => {
      const { rows } = await client.query<{ data_directory: string }>('show data_directory');
      const { uid, gid } = statSync(rows[0]?.data_directory ?? '');
      chownSync(disk, uid, gid);
      chmodSync(disk, 0o700);
      await client.query(`create tablespace "small_${name}" location '${disk}'`);
      await client.query(`alter database "${name}" set tablespace "small_${name}"`);
      // PostgreSQL stops altogether when a file that it has to write is gone.
      onTestFinished(() =>
        asAdmin(async (after) => {
          await after.query(`drop database "${name}" with (force)`);
          await after.query(`drop tablespace "small_${name}"`);
        }),
      );
    });
  }
  const filler = join(disk, 'filler');
  const fill = async (): Promise<void> => {
    await writeFile(filler, '');
    for (const size of [1024 * 1024, 4_096, 1]) {
      const piece = Buffer.alloc(size);
      await expect(
        (async () => {
          for (;;) await writeFile(filler, piece, { flag: 'a' });
        })(),
      ).rejects.toThrow('ENOSPC');
    }
  };
  return { place, fill, clear: () => rm(filler) };
};

describeStores('D8 a full disk', (stores) => {
  test.runIf(isRoot)('D8 B7 B3 D7 refuses what cannot be kept, loses nothing that was answered, and needs no restart', async () => {
    const { place, fill, clear } = await placeOnSmallDisk(stores);
    const upstream = await startOpenAiUpstream({ answer: { usage: { inputTokens: 7, outputTokens: 30 } } });
    const gateway = await startGateway(place, { MOGPLEX_MODEL_LEASE_SECONDS: '3' });
    onTestFinished(async () => {
      await gateway.close();
      await upstream.close();
    });
    await gateway.upstream('openai', upstream.url, KEY);
    await putPennyModel(gateway.store, 'penny', 1_000);
    await gateway.plan({ parallelRuns: 8, monthlyCredit: 1_000_000 });
    const runs = runsOf(gateway.url, gateway.token);
    expect((await call(gateway.url, gateway.token)).status).toBe(200);
    const before = await runs.start({ prompt: 'before', model: 'openai/penny' });
    await runs.until(before.data.run.id, 'succeeded');

    await fill();
    const started = new Set<string>();
    let refused: Awaited<ReturnType<typeof runs.start>> | undefined;
    for (let at = 0; refused === undefined && at < 3_000; at += 1) {
      const answer = await runs.start({ prompt: 'x'.repeat(30_000), model: 'openai/penny' });
      if (answer.status === 201) started.add(answer.data.run.id);
      else if (answer.status !== 402 && answer.status !== 409) refused = answer;
    }
    expect([refused?.status, refused?.error]).toMatchObject([
      503,
      { code: 'unavailable', message: 'the disk of the store is full', boundary: 'storage', requestId: expect.stringMatching(/^req_/) },
    ]);
    expect(gateway.platform.logged()).not.toContain(KEY);

    const asked = upstream.requests.length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(gateway.url, gateway.token)));
    expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    expect(upstream.requests.length - asked).toBe(answers.filter(({ status }) => status === 200).length);
    const me = await runs.call('GET', '/me');
    expect(me.status).toBe(200);

    await clear();
    await expect.poll(async () => (await call(gateway.url, gateway.token)).status, { timeout: 60_000 }).toBe(200);
    const open = async () => (await gateway.store.db.selectFrom('model_reservations').select('id').execute()).length;
    await expect.poll(open, { timeout: 60_000 }).toBe(0);
    const ledger = await gateway.store.db.selectFrom('model_ledger').select('amount').where('kind', '!=', 'grant').execute();
    const spent = ledger.reduce((sum, { amount }) => sum - amount, 0);
    expect(spent).toBeGreaterThanOrEqual(30 * upstream.requests.length);
    for (const id of started) {
      await expect
        .poll(async () => (await runs.call<{ run: { status: string } }>('GET', `/runs/${id}`)).data.run.status, { timeout: 60_000 })
        .toMatch(/succeeded|failed/);
      expectWhole(await runs.events(id));
    }
  });
});

const call = async (url: string, token: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${url}/gateway/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ model: 'penny', max_tokens: 100, messages: [{ role: 'user', content: 'x' }] }),
  });
  return { status: response.status, text: await response.text() };
};

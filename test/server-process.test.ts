import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPerson, makeTokenFor, signIn } from '@mogplex/server/test/people';
import { describe, expect, test, vi } from 'vitest';
import { runMogplex } from './support/run.ts';
import { freePort, spawnServer, startServerProcess } from './support/server-process.ts';
import { describeStores, temporaryFolder } from './support/stores.ts';

const API = '/api/v1/mogplex';

describe('D8 mogplex server as a process', () => {
  test('D8 it prints one set-up link while there is no owner; the link works once', async () => {
    const folder = await temporaryFolder();
    const env = { HOME: folder };
    const server = await startServerProcess(env);
    await expect.poll(() => server.stdout()).toContain('/set-up#');
    const links = [...server.stdout().matchAll(/http\S+\/set-up#(\S+)/g)];
    expect(links).toHaveLength(1);
    const code = links[0]?.[1] ?? '';
    const setUp = (email: string) =>
      fetch(`${server.url}${API}/auth/set-up`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: server.url },
        body: JSON.stringify({ code, email, password: 'a long enough password' }),
      });
    expect((await setUp('owner@example.com')).status).toBe(200);
    const second = await setUp('thief@example.com');
    expect(second.status).toBe(410);
    expect(await second.json()).toMatchObject({ error: { boundary: 'account' } });
    expect((await server.end('SIGTERM')).code).toBe(0);
    expect(server.stderr()).not.toContain(code);

    const next = await startServerProcess(env);
    expect(next.stdout()).not.toContain('/set-up#');
    await next.end('SIGTERM');
  });

  test('D8 a second start says who holds the folder, a taken port says so', async () => {
    const folder = await temporaryFolder();
    const port = String(await freePort());
    const server = await startServerProcess({ HOME: folder, MOGPLEX_PORT: port });
    const second = await runMogplex(['server'], { HOME: folder, MOGPLEX_PORT: '0' });
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(new RegExp(`held by process ${server.pid} since \\d{4}-\\d\\d-\\d\\dT`));
    const other = await runMogplex(['server'], { HOME: await temporaryFolder(), MOGPLEX_PORT: port });
    expect(other.code).toBe(69);
    expect(other.stderr).toContain(`port ${port} of 127.0.0.1 is taken`);
    await server.end('SIGKILL');
    // The kernel gave the folder back with the process.
    const third = await startServerProcess({ HOME: folder });
    await third.end('SIGTERM');
  });
});

describeStores('D8 kill -9', (stores) => {
  const rounds = stores.dialect === 'sqlite' ? 20 : 3;

  test(`D8 killed ${rounds} times at random moments it starts again and nothing acknowledged is lost`, async () => {
    const place = await stores.place();
    const env = {
      HOME: place.dataDir,
      MOGPLEX_DATA_DIR: place.dataDir,
      ...(place.databaseUrl ? { DATABASE_URL: place.databaseUrl.reveal() } : {}),
      MOGPLEX_RATE_LIMIT: '1000000',
      MOGPLEX_START_LIMIT: '1000000',
      MOGPLEX_ADDRESS_LIMIT: '1000000',
    };
    const store = await stores.open(place);
    const person = await createPerson(store);
    const kept = await makeTokenFor(store, { accountId: person.id });
    const key = await readFile(join(place.dataDir, 'master.key'), 'utf8');
    const created = new Map<string, string>();
    /** true: the revocation was acknowledged; false: it was asked for, and the server died. */
    const revoked = new Map<string, boolean>();
    let cookie: string | undefined;

    for (let round = 0; round < rounds; round++) {
      if (round % 4 === 3) {
        // Some die while they start.
        const { child } = spawnServer(env);
        await sleep(randomInt(20, 900));
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await gone;
        continue;
      }
      const server = await startServerProcess(env);
      cookie ??= await signIn(server.url, person);
      const headers = { cookie, origin: server.url, 'content-type': 'application/json' };
      const work = async (): Promise<void> => {
        for (let number = 0; ; number++) {
          const body = JSON.stringify({ name: `${round}.${number}`, scopes: ['read'], expires: null });
          const made = await fetch(`${server.url}${API}/tokens`, { method: 'POST', headers, body });
          if (made.status !== 201) throw new Error(`making a token answered ${made.status}`);
          const { data } = (await made.json()) as { data: { id: string; token: string } };
          created.set(data.id, data.token);
          if (number % 2 === 1) {
            revoked.set(data.id, false);
            const gone = await fetch(`${server.url}${API}/tokens/${data.id}`, { method: 'DELETE', headers });
            if (gone.status !== 200) throw new Error(`revoking a token answered ${gone.status}`);
            revoked.set(data.id, true);
          }
        }
      };
      const died = work().catch((error: unknown) => error);
      // Some die before anything was acknowledged, most in the middle of it.
      const before = created.size;
      if (round % 4 !== 0) await vi.waitUntil(() => created.size > before, { timeout: 30_000, interval: 5 });
      await sleep(randomInt(5, 300));
      await server.end('SIGKILL');
      // The line breaks under the client; an answer of the server's would be an error of ours.
      expect(await died).toMatchObject({ message: expect.not.stringContaining('answered') as string });
    }

    const last = await startServerProcess(env);
    const use = async (token: string): Promise<number> =>
      (await fetch(`${last.url}${API}/me`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await use(kept.token)).toBe(200);
    expect(created.size).toBeGreaterThan(rounds / 2 - 1);
    const statuses = await Promise.all([...created].map(async ([id, token]) => ({ id, status: await use(token) })));
    // A revocation that was asked for but not acknowledged may have happened or not.
    const certain = statuses.filter(({ id }) => revoked.get(id) !== false);
    expect(certain).toEqual(certain.map(({ id }) => ({ id, status: revoked.has(id) ? 401 : 200 })));
    expect(await readFile(join(place.dataDir, 'master.key'), 'utf8')).toBe(key);
    await last.end('SIGTERM');
  });
});

import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '@mogplex/credentials';
import { makeToken } from '@mogplex/protocol';
import { createPerson, makeTokenFor } from '@mogplex/server/test/people';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPlatform } from './support/platform.ts';
import { runMogplex } from './support/run.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';
import { createDatabase, openStore, temporaryFolder } from './support/stores.ts';

const API = '/api/v1/mogplex';

const use = async (url: string, token: string): Promise<number> => {
  const response = await fetch(`${url}${API}/me`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
};

describe('B3 revocation on two servers over one PostgreSQL', () => {
  let servers: ServerProcess[];
  let place: { dataDir: string; databaseUrl: Secret };
  let env: Record<string, string>;

  beforeAll(async () => {
    place = { dataDir: await temporaryFolder(), databaseUrl: new Secret(await createDatabase(), 'DATABASE_URL') };
    env = {
      HOME: place.dataDir,
      MOGPLEX_DATA_DIR: place.dataDir,
      DATABASE_URL: place.databaseUrl.reveal(),
      MOGPLEX_RATE_LIMIT: '1000000',
      MOGPLEX_ADDRESS_LIMIT: '1000000',
      MOGPLEX_LOG: 'error',
    };
    servers = [await startServerProcess(env), await startServerProcess(env)];
  });
  afterAll(async () => {
    for (const server of servers) await server.end('SIGTERM');
  });
  const urlOf = (index: number): string => servers[index % 2]?.url ?? '';

  test('B3 of 100 tokens in use on both, none is let in once its revocation was answered', async () => {
    const store = await openStore(place);
    const person = await createPerson(store);
    const revoker = await makeTokenFor(store, { accountId: person.id });
    const late: string[] = [];
    let uses = 0;
    const one = async (index: number): Promise<void> => {
      const { token, id } = await makeTokenFor(store, { accountId: person.id });
      let answered = false;
      const keepUsing = async (server: number): Promise<void> => {
        for (let after = 0; after < 3;) {
          const startedAfter = answered;
          const status = await use(urlOf(server), token);
          uses += 1;
          if (startedAfter) {
            after += 1;
            if (status !== 401) late.push(`token ${index} on server ${server}: ${status}`);
          }
        }
      };
      const users = [keepUsing(0), keepUsing(1)];
      await sleep(randomInt(20, 400));
      const response = await fetch(`${urlOf(index)}${API}/tokens/${id}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${revoker.token}` },
      });
      expect(response.status).toBe(200);
      answered = true;
      await Promise.all(users);
    };
    await Promise.all(Array.from({ length: 100 }, (_, index) => one(index)));
    expect(late).toEqual([]);
    expect(uses).toBeGreaterThan(600);
    await store.close();
  });

  test('B3 a server that stands still cannot let a token in that was revoked meanwhile', async () => {
    const store = await openStore(place);
    const person = await createPerson(store);
    const [token, revoker] = [await makeTokenFor(store, { accountId: person.id }), await makeTokenFor(store, { accountId: person.id })];
    expect([await use(urlOf(0), token.token), await use(urlOf(1), token.token)]).toEqual([200, 200]);
    const frozen = servers[1]?.pid ?? 0;
    process.kill(frozen, 'SIGSTOP');
    try {
      const response = await fetch(`${urlOf(0)}${API}/tokens/${token.id}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${revoker.token}` },
      });
      expect(response.status).toBe(200);
    } finally {
      process.kill(frozen, 'SIGCONT');
    }
    expect([await use(urlOf(0), token.token), await use(urlOf(1), token.token)]).toEqual([401, 401]);
    await store.close();
  });

  test('B5 both servers refuse a bad token with the same bytes', async () => {
    const refused = (server: number, token: string): Promise<string> =>
      fetch(`${urlOf(server)}${API}/me`, { headers: { authorization: `Bearer ${token}` } }).then((response) => response.text());
    const answers = await Promise.all([refused(0, 'mog_nonsense'), refused(1, 'mog_nonsense'), refused(1, makeToken('mog_', randomBytes))]);
    expect(answers[0]).toMatch(/"requestId":"req_[0-9a-f]{32}"/);
    expect(new Set(answers).size).toBe(1);
  });

  test("B3 the operator's command returns once both servers refuse the token", async () => {
    const store = await openStore(place);
    const person = await createPerson(store);
    const token = await makeTokenFor(store, { accountId: person.id });
    expect([await use(urlOf(0), token.token), await use(urlOf(1), token.token)]).toEqual([200, 200]);
    expect((await runMogplex(['admin', 'token', 'revoke', token.id], env)).code).toBe(0);
    expect([await use(urlOf(0), token.token), await use(urlOf(1), token.token)]).toEqual([401, 401]);
    await store.close();
  });
});

describe('B3 revocation on the embedded store', () => {
  test('B3 another process revokes, and the platform knows at the next use', async () => {
    const place = { dataDir: await temporaryFolder() };
    const platform = await startPlatform(place);
    const store = await openStore(place);
    const person = await createPerson(store);
    const token = await makeTokenFor(store, { accountId: person.id });
    expect(await use(platform.url, token.token)).toBe(200);
    const env = { HOME: place.dataDir, MOGPLEX_DATA_DIR: place.dataDir };
    expect((await runMogplex(['admin', 'token', 'revoke', token.id], env)).code).toBe(0);
    expect(await use(platform.url, token.token)).toBe(401);
    await store.close();
    await platform.close();
  });
});

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeToken } from '@mogplex/protocol';
import { createPerson, makeTokenFor } from '@mogplex/server/test/people';
import { expect, test } from 'vitest';
import { startPlatform } from './support/platform.ts';
import { describeStores } from './support/stores.ts';

const API = '/api/v1/mogplex';

const send = (url: string, body: string, key: KeyObject, keyId = 'key-1', signed = body): Promise<Response> =>
  fetch(`${url}${API}/secret-scanning`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'github-public-key-identifier': keyId,
      'github-public-key-signature': sign('sha256', Buffer.from(signed), key).toString('base64'),
    },
    body,
  });

describeStores('D6 leaked tokens', (stores) => {
  test('D6 a signed report revokes the token, tells its owner and is written down; anything else is refused', async () => {
    const place = await stores.place();
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const keys = join(place.dataDir, 'keys.json');
    const key = publicKey.export({ type: 'spki', format: 'pem' });
    await writeFile(keys, JSON.stringify({ public_keys: [{ key_identifier: 'key-1', key, is_current: true }] }));
    const platform = await startPlatform(place, { MOGPLEX_SECRET_SCANNING_KEYS: keys });
    const store = await stores.open(place);
    const person = await createPerson(store);
    const leaked = await makeTokenFor(store, { accountId: person.id, name: 'ci' });
    const other = await makeTokenFor(store, { accountId: person.id });
    const use = async (token: string): Promise<number> =>
      (await fetch(`${platform.url}${API}/me`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await use(leaked.token)).toBe(200);

    const entry = (token: string) => ({ token, type: 'mogplex_token', url: 'https://github.com/o/r/blob/1/x?t=secret', source: 'content' });
    const unknown = makeToken('mog_', randomBytes);
    const body = JSON.stringify([entry(leaked.token), entry(unknown), entry('not-one-of-ours')]);
    for (const refused of [
      await send(platform.url, body, stranger),
      await send(platform.url, body, privateKey, 'key-2'),
      await send(platform.url, body, privateKey, 'key-1', `${body} `),
    ]) {
      expect(refused.status).toBe(403);
    }
    expect(await use(leaked.token)).toBe(200);

    const answer = await send(platform.url, body, privateKey);
    expect(answer.status).toBe(200);
    const hash = (token: string) => createHash('sha256').update(token).digest('base64');
    expect(await answer.json()).toEqual([
      { token_hash: hash(leaked.token), token_type: 'mogplex_token', label: 'true_positive' },
      { token_hash: hash(unknown), token_type: 'mogplex_token', label: 'false_positive' },
      { token_hash: hash('not-one-of-ours'), token_type: 'mogplex_token', label: 'false_positive' },
    ]);
    expect(await use(leaked.token)).toBe(401);
    expect(await use(other.token)).toBe(200);
    // The same report again: still ours, but no second notice.
    expect(await (await send(platform.url, body, privateKey)).json()).toMatchObject([{ label: 'true_positive' }, {}, {}]);

    const notices = await fetch(`${platform.url}${API}/notifications`, { headers: { authorization: `Bearer ${other.token}` } });
    const { data } = (await notices.json()) as { data: { items: { id: string; text: string }[] } };
    expect(data.items).toHaveLength(1);
    expect(data.items[0]).toMatchObject({ kind: 'token-leaked', readAt: null });
    expect(data.items[0]?.text).toContain('"ci" was found in public at https://github.com/o/r/blob/1/x and');
    const read = await fetch(`${platform.url}${API}/notifications/${data.items[0]?.id}/read`, {
      method: 'POST',
      headers: { authorization: `Bearer ${other.token}` },
    });
    expect(await read.json()).toMatchObject({ data: { readAt: expect.any(Number) as number } });

    const trail = await store.db.selectFrom('audit_event').selectAll().where('subject', '=', leaked.id).orderBy('at').execute();
    expect(trail.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'operator token.created',
      'secret-scanning token.revoked',
      'secret-scanning token.leaked',
    ]);
    expect(JSON.stringify(trail)).not.toContain(leaked.token.slice(8));

    // What is odd in one entry keeps no other one from being revoked.
    const odd = [
      { token: '', type: 'mogplex_token', url: null, source: null },
      { token: 'x'.repeat(5_000), type: 'mogplex_token', url: `https://github.com/${'o/'.repeat(3_000)}`, source: 'content' },
      { ...entry(unknown), url: '', more: 'of a later version' },
      entry(leaked.token),
    ];
    const labels = (await (await send(platform.url, JSON.stringify(odd), privateKey)).json()) as { label: string }[];
    expect(labels.map(({ label }) => label)).toEqual(['false_positive', 'false_positive', 'false_positive', 'true_positive']);
    expect((await send(platform.url, 'nonsense', privateKey)).status).toBe(400);
    expect((await send(platform.url, '{}', privateKey)).status).toBe(400);
    await platform.close();
    expect(platform.logged()).not.toContain(leaked.token.slice(8));
  });

  test('D6 a report that cannot be told to the owner changes nothing, and the next one does all of it', async () => {
    const place = await stores.place();
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = join(place.dataDir, 'keys.json');
    const key = publicKey.export({ type: 'spki', format: 'pem' });
    await writeFile(keys, JSON.stringify({ public_keys: [{ key_identifier: 'key-1', key, is_current: true }] }));
    const platform = await startPlatform(place, { MOGPLEX_SECRET_SCANNING_KEYS: keys });
    const store = await stores.open(place);
    const person = await createPerson(store);
    const leaked = await makeTokenFor(store, { accountId: person.id, name: 'ci' });
    const body = JSON.stringify([{ token: leaked.token, type: 'mogplex_token', url: 'https://github.com/o/r', source: 'commit' }]);
    const revokedAt = async () => (await store.db.selectFrom('token').select('revoked_at').where('id', '=', leaked.id).execute())[0];
    await store.db.schema.alterTable('notification').renameTo('away').execute();
    expect((await send(platform.url, body, privateKey)).status).toBe(500);
    expect(await revokedAt()).toEqual({ revoked_at: null });
    await store.db.schema.alterTable('away').renameTo('notification').execute();
    expect((await send(platform.url, body, privateKey)).status).toBe(200);
    expect(await revokedAt()).toEqual({ revoked_at: expect.any(Number) });
    expect(await store.db.selectFrom('notification').select('account_id').execute()).toEqual([{ account_id: person.id }]);
    await platform.close();
  });

  test("D6 a leaked token of a team's machine is told to the people who run the team, and to nobody else in it", async () => {
    const place = await stores.place();
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = join(place.dataDir, 'keys.json');
    const key = publicKey.export({ type: 'spki', format: 'pem' });
    await writeFile(keys, JSON.stringify({ public_keys: [{ key_identifier: 'key-1', key, is_current: true }] }));
    const platform = await startPlatform(place, { MOGPLEX_SECRET_SCANNING_KEYS: keys });
    const store = await stores.open(place);
    const people = [await createPerson(store), await createPerson(store), await createPerson(store)];
    const roles = ['owner', 'admin', 'member'] as const;
    await store.db.insertInto('team').values({ id: 'crew', name: 'Crew', personal_of: null, created_at: 1 }).execute();
    for (const [index, { id }] of people.entries()) {
      await store.db
        .insertInto('team_member')
        .values({ team_id: 'crew', user_id: id, role: roles[index] ?? 'viewer', created_at: 1 })
        .execute();
    }
    const machine = { id: 'robot-1', team_id: 'crew', name: 'robot', created_by: people[0]?.id ?? '', created_at: 1 };
    await store.db.insertInto('service_account').values(machine).execute();
    const leaked = await makeTokenFor(store, { accountId: machine.id, teamId: 'crew', name: 'deploy' });
    const body = JSON.stringify([{ token: leaked.token, type: 'mogplex_token', url: 'https://github.com/o/r', source: 'commit' }]);
    // The same report many times at once: revoked once, told once.
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(platform.url, body, privateKey)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const notices = await store.db.selectFrom('notification').select(['account_id', 'text']).execute();
    expect(notices.map((notice) => notice.account_id).toSorted()).toEqual(
      people
        .slice(0, 2)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(notices[0]?.text).toMatch(/^Your team's token "deploy" was found in public/);
    await platform.close();
  });

  test('D6 keys are looked up where they are published: a new one is found, an invented one asks once a minute, a silent address says so', async () => {
    const place = await stores.place();
    const makeKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [old, young, stranger] = [makeKeys(), makeKeys(), makeKeys()];
    const shown = (id: string, { publicKey }: typeof old) => ({
      key_identifier: id,
      key: publicKey.export({ type: 'spki', format: 'pem' }),
      is_current: true,
    });
    let published: object[] = [shown('old', old)];
    let asked = 0;
    const github = createServer((_incoming, outgoing) => {
      asked += 1;
      if (published.length === 0) outgoing.writeHead(503).end();
      else outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ public_keys: published }));
    });
    await new Promise<void>((resolve) => {
      github.listen(0, '127.0.0.1', resolve);
    });
    const address = `http://127.0.0.1:${(github.address() as AddressInfo).port}/meta/public_keys/secret_scanning`;
    let now = Date.now();
    const platform = await startPlatform(place, { MOGPLEX_SECRET_SCANNING_KEYS: address }, () => now);
    const report = async (key: typeof old, id: string): Promise<number> => (await send(platform.url, '[]', key.privateKey, id)).status;

    expect([await report(old, 'old'), await report(old, 'old'), await report(stranger, 'old')]).toEqual([200, 200, 403]);
    expect(asked).toBe(1);
    published = [shown('old', old), shown('young', young)];
    expect([await report(young, 'young'), await report(stranger, 'invented')]).toEqual([403, 403]);
    expect(asked).toBe(1);
    now += 61_000;
    expect([await report(young, 'young'), await report(old, 'old')]).toEqual([200, 200]);
    expect(asked).toBe(2);

    published = [];
    now += 61_000;
    const silent = await send(platform.url, '[]', stranger.privateKey, 'newer');
    expect(silent.status).toBe(503);
    expect(silent.headers.get('retry-after')).toBe('60');
    expect(await silent.json()).toMatchObject({ error: { code: 'unavailable', boundary: 'configuration' } });
    expect(await report(old, 'old')).toBe(200);
    // A key that was withdrawn is good for a day at most.
    published = [shown('young', young)];
    now += 24 * 3_600_000;
    expect([await report(old, 'old'), await report(young, 'young')]).toEqual([403, 200]);
    await platform.close();
    github.closeAllConnections();
    github.close();
  });

  test('D6 a file that holds no keys is named to the reporter as ours to mend', async () => {
    const place = await stores.place();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = join(place.dataDir, 'keys.json');
    const platform = await startPlatform(place, { MOGPLEX_SECRET_SCANNING_KEYS: keys });
    for (const text of ['', '{}', JSON.stringify({ public_keys: [{ key_identifier: 'key-1', key: '-----BEGIN PUBLIC KEY-----\nx' }] })]) {
      await writeFile(keys, text);
      const answer = await send(platform.url, '[]', privateKey);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ error: { boundary: 'configuration' } });
    }
    await platform.close();
  });
});

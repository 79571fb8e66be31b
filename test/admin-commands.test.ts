import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { makeToken } from '@mogplex/protocol';
import { describe, expect, test } from 'vitest';
import { Person } from './support/person.ts';
import { runMogplex } from './support/run.ts';
import { startServerProcess } from './support/server-process.ts';
import { describeStores, type StorePlace, temporaryFolder } from './support/stores.ts';

const environmentOf = ({ dataDir, databaseUrl }: StorePlace): Record<string, string> => ({
  HOME: dataDir,
  MOGPLEX_DATA_DIR: join(dataDir, 'server'),
  ...(databaseUrl ? { DATABASE_URL: databaseUrl.reveal() } : {}),
});

describeStores("D8 the operator's commands", (stores) => {
  test('D8 B3 owner, token and provider key without a browser, with the platform down and up', async () => {
    const env = environmentOf(await stores.place());
    const password = `pass-${randomBytes(8).toString('hex')}`;
    const key = `sk-operator-${randomBytes(12).toString('hex')}`;

    const owner = await runMogplex(['admin', 'create-owner', '--email', 'Owner@Example.com', '--password-stdin'], env, `${password}\n`);
    expect(owner).toMatchObject({ code: 0, stdout: '' });
    const again = await runMogplex(['admin', 'create-owner', '--email', 'two@example.com', '--password-stdin'], env, password);
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('owner already') as string });

    const server = await startServerProcess(env);
    expect(server.stdout()).not.toContain('/set-up#');
    const make = ['admin', 'token', 'create', '--email', 'owner@example.com', '--name', 'cli'];
    const made = await runMogplex([...make, '--scope', 'read,write', '--expires', '30d'], env);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/^mog_[0-9A-Za-z]{36}\n$/);
    const token = made.stdout.trim();
    const me = () => fetch(`${server.url}/api/v1/mogplex/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(await (await me()).json()).toEqual({
      ok: true,
      data: { account: { email: 'owner@example.com' }, token: { name: 'cli', scopes: ['read', 'write'] } },
    });

    const short = await runMogplex([...make, '--scope', 'read', '--expires', '1s'], env);
    const shortLived = () => fetch(`${server.url}/api/v1/mogplex/me`, { headers: { authorization: `Bearer ${short.stdout.trim()}` } });
    await expect.poll(async () => (await shortLived()).status, { timeout: 10_000 }).toBe(401);

    expect(
      (await runMogplex(['admin', 'upstream', 'set', 'openai', '--base-url', 'http://127.0.0.1:9/v1', '--key-stdin'], env, key)).code,
    ).toBe(0);
    const upstreams = await runMogplex(['admin', 'upstream', 'list'], env);
    expect(upstreams.stdout).toContain('openai');
    expect(upstreams.stdout + upstreams.stderr).not.toContain(key);

    const list = await runMogplex(['admin', 'token', 'list', '--json'], env);
    const rows = JSON.parse(list.stdout) as { id: string; name: string; expiresAt: number | null; prefix: string }[];
    const row = rows.find(({ prefix, expiresAt }) => prefix === token.slice(0, 8) && (expiresAt ?? 0) > Date.now());
    expect((await runMogplex(['admin', 'token', 'revoke', row?.id ?? ''], env)).code).toBe(0);
    expect((await me()).status).toBe(401);

    // A team's machine has no address, and its tokens stand in the list all the same.
    const boss = new Person(server.url);
    await boss.signIn('owner@example.com', password);
    const team = (await boss.call<{ items: { id: string }[] }>('GET', '/teams')).data.items[0]?.id ?? '';
    const machine = (await boss.call<{ id: string }>('POST', `/teams/${team}/service-accounts`, { name: 'robot' })).data.id;
    await boss.call('POST', '/tokens', { name: 'deploy', scopes: ['write'], expires: null, serviceAccountId: machine });
    expect((await runMogplex(['admin', 'token', 'list'], env)).stdout).toMatch(/robot \(service account\) +deploy/);
    expect((await runMogplex(['admin', 'token', 'revoke', 'nothing'], env)).code).toBe(1);

    const ended = await server.end('SIGTERM');
    expect(ended.code).toBe(0);
    for (const secret of [password, key, token.slice(8)]) expect(server.stdout() + server.stderr()).not.toContain(secret);
    // On PostgreSQL there are no such files, and nothing is read.
    const files = ['mogplex.db', 'mogplex.db-wal'].map((name) => join(env['MOGPLEX_DATA_DIR'] ?? '', name));
    const bytes = await Promise.all(files.map((path) => readFile(path).catch(() => Buffer.alloc(0))));
    expect([password, key, token].filter((secret) => bytes.some((content) => content.includes(secret)))).toEqual([]);
  });
});

describe('bad input to the operator', () => {
  test.each([
    ['a password on no stdin', ['create-owner', '--email', 'a@example.com', '--password-stdin'], '', 2, 'no password came on stdin'],
    ['a short password', ['create-owner', '--email', 'a@example.com', '--password-stdin'], 'short', 1, 'at least 12'],
    ['no address', ['create-owner', '--email', 'nobody', '--password-stdin'], 'long enough password', 1, 'not an email'],
    ['an unknown account', ['token', 'create', '--email', 'x@example.com', '--name', 'n', '--scope', 'read'], '', 1, 'no account'],
    ['an unknown scope', ['token', 'create', '--email', 'x@example.com', '--name', 'n', '--scope', 'admin'], '', 1, 'scopes must be'],
    [
      'a malformed expiry',
      ['token', 'create', '--email', 'x@example.com', '--name', 'n', '--scope', 'read', '--expires', 'soon'],
      '',
      1,
      'not an expiry',
    ],
    ['an unknown provider', ['upstream', 'set', 'nobody', '--key-stdin'], 'sk-1234567890', 2, 'not a provider'],
    ['an unknown command', ['nothing'], '', 2, 'unknown command'],
  ])('%s is refused and says why', async (_what, args, input, code, words) => {
    const folder = await temporaryFolder();
    const result = await runMogplex(['admin', ...args], { HOME: folder, MOGPLEX_DATA_DIR: join(folder, 'server') }, input);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) as string });
  });
});

describe('D6 the offline check', () => {
  test('D6 mogplex token check knows our tokens without any platform, and never repeats them', async () => {
    const env = { HOME: await temporaryFolder() };
    const token = makeToken('mog_', randomBytes);
    const good = await runMogplex(['token', 'check'], env, `${token}\n`);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('can be a personal access token') as string });
    const mistyped = await runMogplex(['token', 'check'], env, `${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}\n`);
    expect(mistyped).toMatchObject({ code: 1, stdout: expect.stringContaining('checksum') as string });
    expect(good.stdout + mistyped.stdout).not.toContain(token.slice(0, 12));
  });
});

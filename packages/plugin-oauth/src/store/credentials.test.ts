import { Secret } from '@mogplex/credentials';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contextAt, makeHome, type TestHome } from '../../test/home.ts';
import { runJob } from '../../test/processes.ts';
import { logInAtStrict, strictProfile } from '../../test/strict-login.ts';
import { startStrictServer, type StrictServer } from '../../test/strict-server.ts';
import { oauthCredentials, settleRefreshes } from './credentials.ts';

let server: StrictServer;
let home: TestHome;

beforeEach(async () => {
  [server, home] = await Promise.all([startStrictServer(), makeHome()]);
});

afterEach(async () => {
  await server.close();
  await home[Symbol.asyncDispose]();
});

const here = (provider = 'strict') => contextAt(home.path, provider);

const refreshNow = async (): Promise<void> => {
  const credentials = oauthCredentials(strictProfile(server), here());
  await credentials.renew((await credentials.current()).secret);
};

test('C8 failure 1: processes that write the vault at once lose none of each other’s entries', async () => {
  await logInAtStrict(here(), strictProfile(server));
  const card = { serviceName: 'Other', issuer: server.issuer, refreshable: false, loggedInAt: 0 };
  const names = Array.from({ length: 12 }, (_, index) => `other-${index}`);
  const writing = names.map((name) => here(name).vault.write({ secrets: { accessToken: new Secret(`token-of-${name}`, name) }, card }));
  const plain = { issuer: server.issuer, clientId: server.clientId };
  const reports = await Promise.all([
    runJob({ home: home.path, server: plain, work: { kind: 'refresh', own: 5 } }),
    runJob({ home: home.path, server: plain, work: { kind: 'refresh', own: 5 } }),
    ...writing,
  ]);
  expect(reports.slice(0, 2)).toMatchObject([{ sent: 5 }, { sent: 5 }]);
  for (const name of names) expect((await here(name).vault.read())?.secrets['accessToken']?.reveal()).toBe(`token-of-${name}`);
  await refreshNow();
});

test('C8 failure 2: two refreshes at once send one request; who waited uses the answer', async () => {
  await logInAtStrict(here(), strictProfile(server));
  const [one, two] = [oauthCredentials(strictProfile(server), here()), oauthCredentials(strictProfile(server), here())];
  const { secret } = await one.current();
  const [first, second] = await Promise.all([one.renew(secret), two.renew(secret)]);
  expect(server.refreshed()).toBe(1);
  expect(first.secret.reveal()).toBe(second.secret.reveal());
});

test('C8 failure 4: a server that never answers holds nobody for longer than the time-out, and the login survives', async () => {
  await logInAtStrict(here(), strictProfile(server));
  server.faults.push({ kind: 'hang' });
  const credentials = oauthCredentials(strictProfile(server), here(), { callerMs: 200, requestMs: 800 });
  const { secret } = await credentials.current();
  await expect(credentials.renew(secret)).rejects.toMatchObject({ code: 'upstream_timeout' });
  await settleRefreshes();
  await refreshNow();
});

test('C8 failure 4: who gives up during a refresh does not lose its answer', async () => {
  await logInAtStrict(here(), strictProfile(server));
  server.faults.push({ kind: 'late', ms: 300 });
  const person = new AbortController();
  const credentials = oauthCredentials(strictProfile(server), contextAt(home.path, 'strict', { signal: person.signal }));
  const { secret } = await credentials.current();
  const refreshing = credentials.renew(secret).catch((error: unknown) => error);
  await expect.poll(() => server.refreshed()).toBe(1);
  person.abort();
  expect(await refreshing).toMatchObject({ code: 'interrupted' });
  await settleRefreshes();
  await refreshNow();
});

test('C8 failure 5: a logout during a refresh stays a logout, and the late token is revoked', async () => {
  const auth = await logInAtStrict(here(), strictProfile(server));
  server.faults.push({ kind: 'late', ms: 500 });
  const credentials = oauthCredentials(strictProfile(server), here());
  const { secret } = await credentials.current();
  const refreshing = credentials.renew(secret).catch((error: unknown) => error);
  await expect.poll(() => server.refreshed()).toBe(1);
  await auth.logout(here());
  expect(await refreshing).toMatchObject({ code: 'unauthenticated' });
  expect(await here().vault.read()).toBeUndefined();
  expect(server.requests.filter((line) => line === 'POST /token/revocation')).toHaveLength(2);
});

test('C8 failure 6: a login replaces the record whole', async () => {
  await logInAtStrict(here(), strictProfile(server));
  const before = await here().vault.read();
  if (!before) throw new Error('no login');
  await here().vault.write({ ...before, secrets: { ...before.secrets, accountId: new Secret('old-account-id', 'account') } });
  await logInAtStrict(here(), strictProfile(server));
  expect(Object.keys((await here().vault.read())?.secrets ?? {}).toSorted()).toEqual(['accessToken', 'refreshToken']);
});

test('C8 failure 11: a refresh survives sloppy answers', async () => {
  await logInAtStrict(here(), strictProfile(server));
  const before = Date.now();
  server.faults.push({
    kind: 'rewrite',
    rewrite: ({ access_token, refresh_token }) => ({ access_token, refresh_token, expires_in: '120', id_token: 'x' }),
  });
  await refreshNow();
  const { expiresAt } = (await here().vault.card()) ?? {};
  expect(expiresAt).toBeGreaterThan(before + 119_000);
  expect(expiresAt).toBeLessThan(Date.now() + 121_000);
  for (const expires_in of [null, 'soon', -5, {}]) {
    server.faults.push({ kind: 'rewrite', rewrite: (body) => ({ ...body, expires_in }) });
    await refreshNow();
  }
});

test('C8 failure 11: no token and nothing of a body is in an error text', async () => {
  await logInAtStrict(here(), strictProfile(server));
  const login = await here().vault.read();
  const token = login?.secrets['refreshToken']?.reveal() ?? '';
  server.faults.push(...Array.from({ length: 3 }, () => ({ kind: 'status' as const, status: 500 })));
  const error = await refreshNow().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'upstream_error', message: 'Strict answered the refresh with status 500' });
  const echo = { error: 'invalid_scope', error_description: `\u001b[31mnot with ${token}` };
  server.faults.push({ kind: 'rewrite', status: 400, rewrite: () => echo });
  const refused = await refreshNow().catch((reason: unknown) => reason);
  expect(refused).toMatchObject({ message: 'Strict refused the refresh: invalid_scope (not with [secret])' });
});

test('C8 a login that the service ended says so once and for all, without asking again', async () => {
  await logInAtStrict(here(), strictProfile(server));
  const stolen = await here().vault.read();
  await refreshNow();
  if (stolen) await here().vault.write(stolen);
  await expect(refreshNow()).rejects.toMatchObject({ code: 'unauthenticated', message: 'Strict has ended this login' });
  const asked = server.requests.length;
  await expect(refreshNow()).rejects.toMatchObject({ code: 'unauthenticated', hint: 'Log in again: moxxy login strict' });
  expect(server.requests.slice(asked).filter((line) => line.startsWith('POST'))).toEqual([]);
  expect(await here().vault.card()).toMatchObject({ lost: 'refused' });
});

test('C8 a token goes to no other issuer than its own', async () => {
  await logInAtStrict(here(), strictProfile(server));
  const other = await startStrictServer();
  await expect(oauthCredentials(strictProfile(other), here()).current()).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(other.requests).toEqual([]);
  await other.close();
});

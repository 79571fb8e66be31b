import { afterAll, beforeAll, expect, test } from 'vitest';
import { owner, type Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores } from './support/stores.ts';

const WILD = ['', 'word', '\u0000', 'a\u0000b', '\ud800', "'; drop table user; --", '9'.repeat(5000)];

describeStores('B22 wild input to the sign-in and OAuth endpoints', (stores) => {
  let platform: TestPlatform;
  let person: Person;

  beforeAll(async () => {
    platform = await startPlatform(await stores.place());
    person = await owner(platform);
  });
  afterAll(() => platform.close());

  const form = (path: string, fields: Record<string, string>) =>
    fetch(platform.url + path, { method: 'POST', body: new URLSearchParams(fields) });

  test.each(WILD.map((wild, index) => ({ wild, index })))('B22 wild input $index is refused, never a failure of ours', async ({ wild }) => {
    const encoded = encodeURIComponent(wild.toWellFormed());
    const answers = await Promise.all([
      person.fetch(`/oauth/authorize?client_id=${encoded}&redirect_uri=${encoded}&state=${encoded}`),
      person.fetch(`/oauth/authorize?client_id=mogplex-cli&redirect_uri=http://127.0.0.1:1/callback&state=${encoded}&scope=${encoded}`),
      person.fetch(`/api/v1/mogplex/oauth/request?client_id=${encoded}`),
      person.fetch(`/api/v1/mogplex/oauth/device-request?code=${encoded}`),
      person.fetch(`/.well-known/oauth-protected-resource/${encoded}`),
      person.fetch(`/api/auth/callback/github?code=${encoded}&state=${encoded}`),
      form('/oauth/token', { grant_type: wild, client_id: 'mogplex-cli' }),
      form('/oauth/token', { grant_type: 'authorization_code', client_id: wild, code: wild }),
      form('/oauth/token', { grant_type: 'refresh_token', client_id: 'mogplex-cli', refresh_token: wild, scope: wild }),
      form('/oauth/token', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'mogplex-cli', device_code: wild }),
      form('/oauth/revoke', { client_id: 'mogplex-cli', token: wild }),
      form('/oauth/device', { client_id: wild, device_name: wild, scope: wild }),
      form('/oauth/device', { client_id: 'mogplex-cli', device_name: wild }),
      person.fetch('/oauth/register', {
        method: 'POST',
        body: JSON.stringify({ client_name: wild, client_uri: wild, redirect_uris: ['https://a.example/'] }),
      }),
      person.fetch('/oauth/register', { method: 'POST', body: JSON.stringify({ redirect_uris: [`https://a.example/${wild}`] }) }),
      person.fetch('/oauth/register', { method: 'POST', body: wild }),
      person.fetch('/api/v1/mogplex/account', { headers: { cookie: `mogplex.session_token=${encoded}` } }),
      person.fetch('/api/v1/mogplex/account', { headers: { cookie: `mogplex.session_token=%E0%A4%A` } }),
    ]);
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    const calls = await Promise.all([
      person.call('POST', '/auth/sign-in', { email: wild, password: wild }),
      person.call('POST', '/auth/sign-in', { email: 'wild@example.com', password: wild }),
      person.call('POST', '/auth/set-up', { code: wild, email: wild, password: wild, name: wild }),
      person.call('POST', '/auth/second-factor', { method: 'totp', code: wild }),
      person.call('POST', '/auth/second-factor', { method: 'backup', code: wild }),
      person.call('POST', '/auth/passkey', {
        response: { id: wild, rawId: wild, type: 'public-key', response: { clientDataJSON: wild }, clientExtensionResults: {} },
      }),
      person.call('POST', '/invitations/preview', { code: wild }),
      person.call('POST', '/invitations/accept', { code: wild, name: wild, password: wild }),
      person.call('POST', '/oauth/request', { query: wild, approve: true }),
      person.call('POST', '/oauth/device-request', { code: wild, approve: true }),
      person.call('POST', '/teams', { name: wild }),
      person.call('PATCH', '/account', { name: wild }),
      person.call('DELETE', `/apps/${encoded}`),
      person.call('DELETE', `/sessions/${encoded}`),
      person.call('GET', `/teams/${encoded}`),
      person.call('POST', '/account/two-factor', { password: wild }),
      person.call('POST', '/account/password', { current: wild, next: wild }),
      person.call('POST', '/account/email', { email: wild, password: wild }),
    ]);
    expect(calls.filter(({ status }) => status >= 500).map(({ status, error }) => ({ status, error }))).toEqual([]);
  });
});

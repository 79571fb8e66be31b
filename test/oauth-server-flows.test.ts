import { createHash, randomBytes } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { owner, type Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores } from './support/stores.ts';

const CLI: oauth.Client = { client_id: 'mogplex-cli' };
const REDIRECT = 'http://127.0.0.1:53682/callback';
const insecure = { [oauth.allowInsecureRequests]: true };

interface Consent {
  kind: string;
  client: { name: string; firstParty: boolean };
  deviceName: string | null;
  scopes: string[];
  redirectHost: string;
  email: string;
  location?: string;
}

/** Follows the authorization URL as a browser does, and lets the person decide on the page. */
const decide = async (person: Person, url: URL, approve = true): Promise<{ consent: Consent; location: URL }> => {
  const redirect = await person.fetch(url.href);
  expect(redirect.status).toBe(302);
  const page = new URL(redirect.headers.get('location') ?? '');
  expect(page.pathname).toBe('/authorize');
  const consent = await person.call<Consent>('GET', `/oauth/request${page.search}`);
  const decided = await person.call<{ location: string }>('POST', '/oauth/request', { query: page.search.slice(1), approve });
  expect(decided.status).toBe(200);
  return { consent: consent.data, location: new URL(decided.data.location) };
};

const discover = async (platform: TestPlatform): Promise<oauth.AuthorizationServer> => {
  const issuer = new URL(platform.url);
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  return oauth.processDiscoveryResponse(issuer, response);
};

const browserLogin = async (platform: TestPlatform, person: Person, extra: Record<string, string> = {}) => {
  const server = await discover(platform);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    client_id: CLI.client_id,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'read write',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    device_name: 'build-host',
    ...extra,
  }).toString();
  const { consent, location } = await decide(person, url);
  const parameters = oauth.validateAuthResponse(server, CLI, location, state);
  const exchange = () => oauth.authorizationCodeGrantRequest(server, CLI, oauth.None(), parameters, REDIRECT, verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(server, CLI, await exchange());
  return { server, consent, location, tokens, exchange };
};

const refresh = async (server: oauth.AuthorizationServer, token: string | undefined) =>
  oauth.refreshTokenGrantRequest(server, CLI, oauth.None(), token ?? '', insecure);

/** A route for browser sessions alone: a live token is known there (403), a dead one is not (401). */
const ALIVE = 403;

const useToken = (platform: TestPlatform, token: string | undefined) =>
  fetch(`${platform.url}/api/v1/mogplex/apps`, { headers: { authorization: `Bearer ${token}` } });

describeStores('A8 B1 the authorization server', (stores) => {
  let platform: TestPlatform;
  let person: Person;
  let place: Awaited<ReturnType<typeof stores.place>>;

  beforeAll(async () => {
    place = await stores.place();
    platform = await startPlatform(place);
    person = await owner(platform);
  });
  afterAll(() => platform.close());

  test('A8 oauth4webapi completes the browser login of the terminal: PKCE, any loopback port, iss, opaque tokens', async () => {
    const { consent, location, tokens, server } = await browserLogin(platform, person);
    expect(server).toMatchObject({ issuer: platform.url, authorization_response_iss_parameter_supported: true });
    expect(consent).toMatchObject({
      kind: 'ok',
      client: { name: 'Mogplex CLI', firstParty: true },
      deviceName: 'build-host',
      scopes: ['read', 'write'],
      redirectHost: '127.0.0.1:53682',
      email: 'owner@example.com',
    });
    expect(location.searchParams.get('iss')).toBe(platform.url);
    expect(tokens.access_token).toMatch(/^mog_at_[\w-]{43}$/);
    expect(tokens.refresh_token).toMatch(/^mog_rt_[\w-]{43}$/);
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'read write', expires_in: 3600 });
    expect((await useToken(platform, tokens.access_token)).status).toBe(ALIVE);
  });

  test('A8 the code, the tokens and the device code are hashed at rest', async () => {
    const { location, tokens } = await browserLogin(platform, person);
    const store = await stores.open(place);
    const stored = JSON.stringify([
      await store.db.selectFrom('oauth_code').selectAll().execute(),
      await store.db.selectFrom('oauth_access_token').selectAll().execute(),
      await store.db.selectFrom('oauth_refresh_token').selectAll().execute(),
    ]);
    for (const secret of [location.searchParams.get('code'), tokens.access_token, tokens.refresh_token]) {
      expect(stored).not.toContain(secret);
      expect(stored).toContain(
        createHash('sha256')
          .update(secret ?? '')
          .digest('hex'),
      );
    }
  });

  test('A8 a code is good once: its second use ends the sign-in', async () => {
    const { server, tokens, exchange } = await browserLogin(platform, person);
    await expect(oauth.processAuthorizationCodeResponse(server, CLI, await exchange())).rejects.toMatchObject({ error: 'invalid_grant' });
    expect((await useToken(platform, tokens.access_token)).status).toBe(401);
  });

  test('A8 refresh tokens rotate, and one that comes back ends its family and no other', async () => {
    const { server, tokens } = await browserLogin(platform, person);
    const other = await browserLogin(platform, person);
    const second = await oauth.processRefreshTokenResponse(server, CLI, await refresh(server, tokens.refresh_token));
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    expect((await useToken(platform, second.access_token)).status).toBe(ALIVE);
    await expect(oauth.processRefreshTokenResponse(server, CLI, await refresh(server, tokens.refresh_token))).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const after = await useToken(platform, second.access_token);
    expect(after.status).toBe(401);
    expect(await after.json()).toMatchObject({ error: { code: 'unauthenticated', boundary: 'token' } });
    await expect(oauth.processRefreshTokenResponse(server, CLI, await refresh(server, second.refresh_token))).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect((await useToken(platform, other.tokens.access_token)).status).toBe(ALIVE);
  });

  test('A8 of many refreshes at once with one token, one wins and the family ends', async () => {
    const { server, tokens } = await browserLogin(platform, person);
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(server, tokens.refresh_token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await useToken(platform, tokens.access_token)).status).toBe(401);
  });

  test('A8 refreshing can narrow the scope and never widen it', async () => {
    const { server, tokens } = await browserLogin(platform, person, { scope: 'read' });
    const widened = await oauth.refreshTokenGrantRequest(server, CLI, oauth.None(), tokens.refresh_token ?? '', {
      ...insecure,
      additionalParameters: { scope: 'read write' },
    });
    expect(await widened.json()).toMatchObject({ error: 'invalid_scope' });
    expect(tokens.scope).toBe('read');
  });

  test('A14 revocation by the terminal ends the sign-in; an unknown token is answered the same', async () => {
    const { server, tokens } = await browserLogin(platform, person);
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, CLI, oauth.None(), tokens.refresh_token ?? '', insecure));
    expect((await useToken(platform, tokens.access_token)).status).toBe(401);
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, CLI, oauth.None(), 'mog_rt_unknown', insecure));
  });

  test('A8 connected terminals are listed, and ending one is said in clear words at its next call', async () => {
    const { server, tokens } = await browserLogin(platform, person, { device_name: 'laptop\u001b[31m of\nmine' });
    const list = await person.call<{ items: { id: string; deviceName: string }[] }>('GET', '/apps');
    const mine = list.data.items[0];
    expect(mine).toMatchObject({
      deviceName: 'laptop [31m of mine',
      client: { firstParty: true },
      flow: 'browser',
      scopes: ['read', 'write'],
    });
    expect((await person.call('DELETE', `/apps/${mine?.id}`)).data).toEqual({ status: 'ended' });
    expect((await person.call('DELETE', `/apps/${mine?.id}`)).status).toBe(404);
    const refused = await useToken(platform, tokens.access_token);
    expect(refused.status).toBe(401);
    // To the API it is one bad token among others; whoever holds the refresh token is told what happened.
    expect(await refused.text()).not.toContain('ended');
    const renewed = await refresh(server, tokens.refresh_token);
    expect(await renewed.json()).toMatchObject({ error: 'invalid_grant', error_description: 'this sign-in was ended; sign in again' });
  });

  test('A8 nothing is issued for a wrong verifier, another redirect, another client, or a plain challenge', async () => {
    const server = await discover(platform);
    const base = { client_id: 'mogplex-cli', redirect_uri: REDIRECT, response_type: 'code', code_challenge_method: 'S256', state: 's' };
    const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url');
    const authorize = (query: Record<string, string>) => person.fetch(`/oauth/authorize?${new URLSearchParams(query)}`);
    for (const wrong of [
      { code_challenge: '' },
      { code_challenge_method: 'plain' },
      { response_type: 'token' },
      { scope: 'admin' },
      { resource: 'https://other.example' },
    ]) {
      const response = await authorize({ ...base, code_challenge: challenge, ...wrong });
      const location = new URL(response.headers.get('location') ?? '');
      expect(location.origin + location.pathname).toBe(REDIRECT);
      expect(location.searchParams.get('error')).toMatch(/^(invalid_request|unsupported_response_type|invalid_scope|invalid_target)$/);
      expect(location.searchParams.get('iss')).toBe(platform.url);
      expect(location.searchParams.get('state')).toBe('s');
    }
    for (const evil of [
      'https://evil.example/callback',
      'http://127.0.0.1:1/other',
      'http://127.0.0.1.evil.example/callback',
      'http://user@127.0.0.1/callback',
      `${REDIRECT}#x`,
      'javascript:alert(1)',
    ]) {
      const response = await authorize({ ...base, code_challenge: challenge, redirect_uri: evil });
      expect(new URL(response.headers.get('location') ?? '').origin).toBe(platform.url);
      const shown = await person.call(
        'GET',
        `/oauth/request?${new URLSearchParams({ ...base, code_challenge: challenge, redirect_uri: evil })}`,
      );
      expect(shown.data).toMatchObject({ kind: 'page' });
      expect(
        (
          await person.call('POST', '/oauth/request', {
            query: new URLSearchParams({ ...base, code_challenge: challenge, redirect_uri: evil }).toString(),
            approve: true,
          })
        ).status,
      ).toBe(400);
    }
    const { location } = await decide(
      person,
      new URL(`${server.authorization_endpoint}?${new URLSearchParams({ ...base, code_challenge: challenge })}`),
    );
    const form = {
      grant_type: 'authorization_code',
      code: location.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT,
      client_id: 'mogplex-cli',
    };
    const wrongVerifier = await fetch(server.token_endpoint ?? '', {
      method: 'POST',
      body: new URLSearchParams({ ...form, code_verifier: 'w'.repeat(43) }),
    });
    expect(await wrongVerifier.json()).toMatchObject({ error: 'invalid_grant' });
    const later = await fetch(server.token_endpoint ?? '', {
      method: 'POST',
      body: new URLSearchParams({ ...form, code_verifier: 'v'.repeat(43) }),
    });
    expect(await later.json()).toMatchObject({ error: 'invalid_grant' });
  });

  test('A8 a refused request goes back to the terminal as access_denied', async () => {
    const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url');
    const query = new URLSearchParams({
      client_id: 'mogplex-cli',
      redirect_uri: REDIRECT,
      response_type: 'code',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const { location } = await decide(person, new URL(`${platform.url}/oauth/authorize?${query}`), false);
    expect(location.searchParams.get('error')).toBe('access_denied');
  });

  test('A8 openid-client completes the device login: pending, slow_down, approval, one use', async () => {
    const config = await client.discovery(new URL(platform.url), 'mogplex-cli', undefined, client.None(), {
      algorithm: 'oauth2',
      execute: [client.allowInsecureRequests],
    });
    const started = await client.initiateDeviceAuthorization(config, { scope: 'read', device_name: 'ci-runner' });
    expect(started.user_code).toMatch(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/);
    expect(started).toMatchObject({ verification_uri: `${platform.url}/device`, expires_in: 900, interval: 5 });
    const poll = () =>
      fetch(`${platform.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: started.device_code,
          client_id: 'mogplex-cli',
        }),
      }).then((response) => response.json());
    expect(await poll()).toMatchObject({ error: 'authorization_pending' });
    expect(await poll()).toMatchObject({ error: 'slow_down' });
    const shown = await person.call('GET', `/oauth/device-request?code=${started.user_code.toLowerCase().replace('-', ' ')}`);
    expect(shown.data).toMatchObject({ client: { name: 'Mogplex CLI' }, deviceName: 'ci-runner', address: '127.0.0.1', scopes: ['read'] });
    expect((await person.call('POST', '/oauth/device-request', { code: started.user_code, approve: true })).data).toEqual({
      status: 'approved',
    });
    expect((await person.call('POST', '/oauth/device-request', { code: started.user_code, approve: true })).status).toBe(404);
    const store = await stores.open(place);
    await store.db.updateTable('oauth_device').set({ last_polled_at: 0, poll_interval: 0 }).execute();
    const tokens = await client.pollDeviceAuthorizationGrant(config, { ...started, interval: 0.01 });
    expect(tokens.access_token).toMatch(/^mog_at_/);
    expect(tokens.scope).toBe('read');
    expect(await poll()).toMatchObject({ error: 'invalid_grant' });
    expect((await useToken(platform, tokens.access_token)).status).toBe(ALIVE);
  });

  test('A8 a refused or expired device code says so', async () => {
    const start = async () =>
      (await (
        await fetch(`${platform.url}/oauth/device`, { method: 'POST', body: new URLSearchParams({ client_id: 'mogplex-cli' }) })
      ).json()) as { device_code: string; user_code: string };
    const poll = async (code: string) =>
      (
        await fetch(`${platform.url}/oauth/token`, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
            device_code: code,
            client_id: 'mogplex-cli',
          }),
        })
      ).json();
    const denied = await start();
    await person.call('POST', '/oauth/device-request', { code: denied.user_code, approve: false });
    expect(await poll(denied.device_code)).toMatchObject({ error: 'access_denied' });
    const late = await start();
    const store = await stores.open(place);
    await store.db
      .updateTable('oauth_device')
      .set({ expires_at: 1 })
      .where('hash', '=', createHash('sha256').update(late.device_code).digest('hex'))
      .execute();
    expect(await poll(late.device_code)).toMatchObject({ error: 'expired_token' });
    expect((await person.call('GET', `/oauth/device-request?code=${late.user_code}`)).status).toBe(404);
  });

  test('B1 anybody can register an application, and it gets nothing before a person approves it', async () => {
    const server = await discover(platform);
    const registration = await oauth.dynamicClientRegistrationRequest(
      server,
      {
        client_name: '<img src=x onerror=alert(1)>\u202e',
        redirect_uris: ['https://app.example/cb'],
        token_endpoint_auth_method: 'client_secret_post',
      },
      insecure,
    );
    const registered = await oauth.processDynamicClientRegistrationResponse(registration);
    expect(registered).toMatchObject({ client_name: '<img src=x onerror=alert(1)>', client_secret_expires_at: 0 });
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id: registered.client_id,
      redirect_uri: 'https://app.example/cb',
      response_type: 'code',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    for (let round = 0; round < 2; round++) {
      const direct = await person.fetch(`/oauth/authorize?${query}`);
      expect(new URL(direct.headers.get('location') ?? '').pathname).toBe('/authorize');
    }
    const { consent, location } = await decide(person, new URL(`${platform.url}/oauth/authorize?${query}`));
    expect(consent.client.firstParty).toBe(false);
    const exchange = (secret: string) =>
      fetch(`${platform.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: location.searchParams.get('code') ?? '',
          redirect_uri: 'https://app.example/cb',
          code_verifier: verifier,
          client_id: registered.client_id,
          client_secret: secret,
        }),
      });
    const wrong = await exchange('mog_cs_wrong');
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toMatchObject({ error: 'invalid_client' });
    const right = (await (await exchange(registered.client_secret as string)).json()) as { access_token: string; refresh_token?: string };
    expect(right.access_token).toMatch(/^mog_at_/);
    expect(right.refresh_token).toBeUndefined();
    for (const uris of [['http://evil.example/cb'], ['javascript:alert(1)'], ['https://a.example/#x'], []]) {
      const refused = await fetch(`${platform.url}/oauth/register`, { method: 'POST', body: JSON.stringify({ redirect_uris: uris }) });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: 'invalid_redirect_uri' });
    }
  });

  test('A8 the protected resource says which authorization server guards it', async () => {
    const refused = await fetch(`${platform.url}/api/v1/mogplex/apps`);
    expect(refused.status).toBe(401);
    const url = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    expect(await (await fetch(url)).json()).toMatchObject({
      resource: platform.url,
      authorization_servers: [platform.url],
      scopes_supported: ['read', 'write'],
    });
    const deeper = await fetch(`${platform.url}/.well-known/oauth-protected-resource/api/v1/mogplex`);
    expect(await deeper.json()).toMatchObject({ resource: `${platform.url}/api/v1/mogplex` });
  });
});

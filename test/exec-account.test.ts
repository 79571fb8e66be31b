import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openVault, Secret } from '@mogplex/credentials';
import * as oauth from 'oauth4webapi';
import { describe, expect, test } from 'vitest';
import { type Fault, startAnthropicUpstream, startGoogleUpstream, startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway } from './support/gateway.ts';
import { makeMogplexHome } from './support/mogplex-home.ts';
import { owner, type Person } from './support/person.ts';
import { temporaryFolder } from './support/stores.ts';

const KEY = `sk-${randomBytes(16).toString('hex')}`;

describe('through the platform', () => {
  test('A5 A9 A20 a personal token answers headless, in the wire format of each provider', async () => {
    await using home = await makeMogplexHome();
    await using openai = await startOpenAiUpstream({ answer: { text: ['from', ' openai'] } });
    await using anthropic = await startAnthropicUpstream({ answer: { text: ['from', ' anthropic'] } });
    await using google = await startGoogleUpstream({ answer: { text: ['from', ' google'] } });
    const gateway = await startGateway({ dataDir: await temporaryFolder() });
    try {
      for (const [provider, upstream] of Object.entries({ openai, anthropic, google })) await gateway.upstream(provider, upstream.url, KEY);
      const env = { MOGPLEX_API_KEY: gateway.token, MOGPLEX_URL: gateway.url };
      const ask = (...args: string[]) => home.run(['exec', ...args, 'hello'], env);
      expect(await ask('--model', 'openai/gpt-5')).toEqual({ code: 0, stdout: 'from openai\n', stderr: '' });
      expect(await ask('--model', 'anthropic/claude-sonnet-4-5')).toEqual({ code: 0, stdout: 'from anthropic\n', stderr: '' });
      expect(await ask('--model', 'google/gemini-2.5-flash')).toEqual({ code: 0, stdout: 'from google\n', stderr: '' });
      // No model named: the account's default from its catalog.
      const unnamed = await ask('--json');
      expect(unnamed).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(unnamed.stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'start', source: 'env MOGPLEX_API_KEY' });
      for (const upstream of [openai, anthropic, google])
        expect(upstream.requests.every((request) => request.credentialIs(KEY))).toBe(true);
      const unknown = await ask('--model', 'openai/gpt-0-none');
      expect(unknown.code).toBe(1);
      expect(unknown.stderr).toMatch(/\[model\][\s\S]*Request id: /);
    } finally {
      await gateway.close();
    }
  });

  test('A20 B22 what goes wrong at the provider behind the platform keeps its meaning, boundary and request id', async () => {
    await using home = await makeMogplexHome();
    await using openai = await startOpenAiUpstream();
    const gateway = await startGateway({ dataDir: await temporaryFolder() });
    try {
      await gateway.upstream('openai', openai.url, KEY);
      const env = { MOGPLEX_API_KEY: gateway.token, MOGPLEX_URL: gateway.url };
      const cases: [Fault, number, RegExp][] = [
        ['rate-limited', 75, /Try again in \d+ s/],
        ['unauthorized', 69, /the provider refused the key that the platform holds/],
        ['overloaded', 69, /the provider/],
        ['not-found', 1, /does not exist/],
        ['cut', 69, /the provider cut the answer/],
      ];
      for (const [fault, expected, words] of cases) {
        openai.fault = fault;
        const { code, stderr } = await home.run(['exec', '--model', 'openai/gpt-5', 'hello'], env);
        expect({ fault, code }).toEqual({ fault, code: expected });
        expect(stderr).toMatch(words);
        expect(stderr).toContain('[model]');
        expect(stderr).not.toContain(KEY);
        expect(stderr).toMatch(/[Rr]equest (?:id: )?\S+/);
      }
    } finally {
      await gateway.close();
    }
  });

  test('A10 an account without model access is told so, and where to mend it', async () => {
    await using home = await makeMogplexHome();
    const gateway = await startGateway({ dataDir: await temporaryFolder() });
    try {
      const env = { MOGPLEX_API_KEY: gateway.token, MOGPLEX_URL: gateway.url };
      for (const args of [['--model', 'openai/gpt-5'], []]) {
        const { code, stdout, stderr } = await home.run(['exec', ...args, 'hello'], env);
        expect({ code, stdout }).toEqual({ code: 65, stdout: '' });
        expect(stderr).toContain('no model access');
        expect(stderr).toContain('Settings > API Keys');
      }
      const refused = await home.run(['exec', 'hello'], { ...env, MOGPLEX_API_KEY: 'mog_wrong0123456789' });
      expect(refused).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('MOGPLEX_API_KEY') as string });
      expect(refused.stderr).not.toContain('mog_wrong');
    } finally {
      await gateway.close();
    }
    const down = await home.run(['exec', 'hello'], { MOGPLEX_API_KEY: 'mog_any', MOGPLEX_URL: gateway.url });
    expect(down).toMatchObject({ code: 69, stderr: expect.stringMatching(/could not be reached \(ECONNREFUSED\)/) as string });
  });
});

interface OAuthPlatform extends AsyncDisposable {
  origin: string;
  /** Refreshes that were answered with new tokens. */
  refreshes: number;
  /** Requests that carried a token to a platform that did not issue it, or an old one. */
  refused: number;
  accessToken: string;
  refreshToken: string;
}

const tokenOf = ({ headers }: IncomingMessage): string => headers.authorization?.replace('Bearer ', '') ?? '';

/** A platform that issues single-use refresh tokens and passes prompts on to an upstream. */
const startOAuthPlatform = async (upstream: Upstream): Promise<OAuthPlatform> => {
  const state = {
    refreshes: 0,
    refused: 0,
    accessToken: `mog_at_${randomBytes(16).toString('hex')}`,
    refreshToken: `mog_rt_${randomBytes(16).toString('hex')}`,
  };
  const send = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
  };
  const refresh = (response: ServerResponse, form: URLSearchParams): void => {
    if (form.get('refresh_token') !== state.refreshToken || form.get('client_id') !== 'mogplex-cli') {
      send(response, 400, { error: 'invalid_grant' });
      return;
    }
    state.refreshes += 1;
    state.accessToken = `mog_at_${randomBytes(16).toString('hex')}`;
    state.refreshToken = `mog_rt_${randomBytes(16).toString('hex')}`;
    send(response, 200, { access_token: state.accessToken, refresh_token: state.refreshToken, token_type: 'Bearer', expires_in: 3600 });
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    if (request.url === '/.well-known/oauth-authorization-server') {
      send(response, 200, {
        issuer: origin,
        token_endpoint: `${origin}/oauth/token`,
        authorization_endpoint: `${origin}/oauth/authorize`,
        response_types_supported: ['code'],
      });
    } else if (request.url === '/oauth/token') refresh(response, new URLSearchParams(body));
    else if (tokenOf(request) !== state.accessToken) {
      state.refused += 1;
      send(response, 401, { error: { message: 'invalid token' } });
    } else {
      const answer = await fetch(`${upstream.url}/chat/completions`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(await answer.text());
    }
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    origin,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
};

const CLI: oauth.Client = { client_id: 'mogplex-cli' };
const REDIRECT = 'http://127.0.0.1:53682/callback';

/** Signs a person in at the platform as the terminal does, with code and PKCE. */
const signIn = async (url: string, person: Person): Promise<oauth.TokenEndpointResponse> => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(url);
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
  const verifier = oauth.generateRandomCodeVerifier();
  const page = new URL(server.authorization_endpoint ?? '');
  page.search = new URLSearchParams({
    client_id: CLI.client_id,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'read write',
    state: 'state-of-this-test',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const consent = new URL((await person.fetch(page.href)).headers.get('location') ?? '');
  const decided = await person.call<{ location: string }>('POST', '/oauth/request', { query: consent.search.slice(1), approve: true });
  const parameters = oauth.validateAuthResponse(server, CLI, new URL(decided.data.location), 'state-of-this-test');
  const answer = await oauth.authorizationCodeGrantRequest(server, CLI, oauth.None(), parameters, REDIRECT, verifier, insecure);
  return await oauth.processAuthorizationCodeResponse(server, CLI, answer);
};

test('A5 A9 D4 only an account login of the real platform: its catalog, its model access, its refresh tokens, three processes at once', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream();
  const made: { person?: Person } = {};
  const gateway = await startGateway({ dataDir: await temporaryFolder() }, {}, async (platform) => {
    made.person = await owner(platform);
  });
  try {
    if (!made.person) throw new Error('no owner was made');
    await gateway.upstream('openai', upstream.url, KEY);
    const tokens = await signIn(gateway.url, made.person);
    const login = {
      origin: gateway.url,
      email: 'owner@example.com',
      clientId: 'mogplex-cli',
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
    };
    await home.storeAuth({ mogplex: { ...login, expiresAt: Date.now() - 1 } });
    const runs = await Promise.all([1, 2, 3].map(() => home.run(['exec', '--json', 'hello'])));
    for (const { code, stdout, stderr } of runs) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
        type: 'start',
        model: expect.stringMatching(/^openai\//) as string,
        source: `account owner@example.com at ${gateway.url}`,
      });
    }
    const stored = (await home.readAuth()).mogplex;
    expect(stored?.['accessToken']).not.toBe(tokens.access_token);
    expect(stored?.['refreshToken']).not.toBe(tokens.refresh_token);
    expect(await home.run(['exec', 'hello'])).toEqual({ code: 0, stdout: 'Hello from the model.\n', stderr: '' });
  } finally {
    await gateway.close();
  }
});

describe('with a stored account login', () => {
  const login = (platform: OAuthPlatform, expiresAt: number) => ({
    origin: platform.origin,
    email: 'me@example.com',
    clientId: 'mogplex-cli',
    accessToken: platform.accessToken,
    refreshToken: platform.refreshToken,
    expiresAt,
  });
  const ask = ['exec', '--model', 'openai/gpt-5', 'hello'];

  test('A5 A9 D4 four processes with a login that has run out refresh it once, and the new one is stored', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startOpenAiUpstream();
    await using platform = await startOAuthPlatform(upstream);
    await home.storeAuth({ mogplex: login(platform, Date.now() - 1_000) });
    const runs = await Promise.all([1, 2, 3, 4].map(() => home.run(ask)));
    for (const run of runs) expect(run).toEqual({ code: 0, stdout: 'Hello from the model.\n', stderr: '' });
    expect(platform).toMatchObject({ refreshes: 1, refused: 0 });
    expect((await home.readAuth()).mogplex).toMatchObject({ accessToken: platform.accessToken, refreshToken: platform.refreshToken });
  });

  test('A9 a token that the platform refuses is renewed once; a login that it has ended asks for a new one', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startOpenAiUpstream();
    await using platform = await startOAuthPlatform(upstream);
    await home.storeAuth({
      mogplex: { ...login(platform, Date.now() + 3_600_000), accessToken: 'mog_at_0123456789abcdef0123456789abcdef' },
    });
    expect(await home.run(ask)).toMatchObject({ code: 0, stdout: 'Hello from the model.\n' });
    expect(platform).toMatchObject({ refreshes: 1, refused: 1 });
    await home.storeAuth({ mogplex: { ...login(platform, 1), refreshToken: 'mog_rt_0123456789abcdef0123456789abcdef' } });
    const ended = await home.run(ask);
    expect(ended).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('mogplex login') as string });
    expect(ended.stderr).not.toMatch(/mog_[ar]t_/);
  });

  test('A8 the token of an account goes to the platform that issued it and nowhere else', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startOpenAiUpstream();
    await using platform = await startOAuthPlatform(upstream);
    await using other = await startOAuthPlatform(upstream);
    await home.storeAuth({ mogplex: login(platform, Date.now() + 3_600_000) });
    const { code, stdout, stderr } = await home.run(ask, { MOGPLEX_URL: other.origin });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain('an account token goes only to the platform that issued it');
    expect(other).toMatchObject({ refreshes: 0, refused: 0 });
  });
});

test('A1 C7 C11 a stored ChatGPT login answers prompts to OpenAI, and its token stays sealed until it is sent', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream({ answer: { text: ['by', ' subscription'] } });
  const token = `eyJ${randomBytes(24).toString('hex')}`;
  const env = { MOGPLEX_VAULT_KEY: 'file', OPENAI_CODEX_BASE_URL: upstream.url };
  await home.storeAuth({});
  await openVault(home.path, { env, now: Date.now }).put('oauth/openai-codex/tokens', {
    secrets: { accessToken: new Secret(token, 'test token') },
    meta: {
      serviceName: 'ChatGPT Pro/Plus',
      issuer: 'https://auth.openai.com',
      refreshable: false,
      loggedInAt: 1,
      expiresAt: Date.now() + 3_600_000,
    },
  });
  const named = await home.run(['exec', '--json', '--model', 'openai/gpt-5.3-codex', 'hello'], env);
  expect(named).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(named.stdout.split('\n')[0] ?? '')).toMatchObject({ source: 'stored login (openai-codex)' });
  const unnamed = await home.run(['exec', 'hello'], env);
  expect(unnamed).toEqual({ code: 0, stdout: 'by subscription\n', stderr: '' });
  expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/responses', '/v1/responses']);
  expect(upstream.requests.every((request) => request.credentialIs(token))).toBe(true);
  for (const text of (await home.logs()).values()) expect(text).not.toContain(token);
});

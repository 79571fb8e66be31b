import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ChatEvent, LoginContext, ProviderDef } from '@moxxy/sdk';
import { expect, test } from 'vitest';
import { contextAt, makeHome } from '../../test/home.ts';
import { visit } from '../../test/person.ts';
import { startStrictServer } from '../../test/strict-server.ts';
import { gitlab } from './gitlab.ts';
import { huggingFace } from './hugging-face.ts';

const agreeing: Partial<LoginContext> = {
  openUrl: (url) => {
    visit(url).catch(() => undefined);
    return Promise.resolve(true);
  },
};

const oauthOf = ({ auth }: ProviderDef) => {
  if (auth.kind !== 'oauth') throw new Error('not OAuth');
  return auth;
};

const ask = async (provider: ProviderDef, context: LoginContext, baseUrl: string): Promise<ChatEvent[]> => {
  const events: ChatEvent[] = [];
  const request = { model: provider.models[0]?.id ?? '', messages: [{ role: 'user' as const, content: 'hi' }] };
  for await (const event of provider.createClient({ ...context, baseUrl }).stream(request)) events.push(event);
  return events;
};

/** An API that takes any bearer token once it is not the first: the first request is a 401. */
const startApi = async (answer: string, type: string): Promise<{ url: string; paths: string[]; close: () => void }> => {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    const refused = paths.length === 1;
    response.writeHead(refused ? 401 : 200, { 'content-type': type }).end(refused ? '' : answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths, close: () => server.close() };
};

test('C2 C5 C6 Hugging Face: discovery, PKCE, device flow, refresh after a 401', async () => {
  await using home = await makeHome();
  const server = await startStrictServer();
  const api = await startApi(
    'data: {"choices":[{"delta":{"content":"hello"}}]}\n\ndata: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    'text/event-stream',
  );
  const env = { HF_ENDPOINT: server.issuer, HF_OAUTH_CLIENT_ID: server.clientId };
  const context = contextAt(home.path, 'hugging-face', {
    env,
    browser: false,
    report: (event) => {
      if (event.type === 'device')
        visit(event.verificationUri, { user_code: event.userCode, login: 'ada', password: 'x' }).catch(() => undefined);
    },
    sleep: () => new Promise((resolve) => setTimeout(resolve, 20)),
  });
  // The strict server knows no scope of this name; the definition asks for it all the same.
  const { card } = await oauthOf(huggingFace).login(context);
  expect(card).toMatchObject({ serviceName: 'Hugging Face', account: 'ada@example.test' });
  expect(server.requests).toContain('GET /.well-known/openid-configuration');
  expect(await ask(huggingFace, context, api.url)).toEqual([
    { type: 'text', text: 'hello' },
    { type: 'finish', reason: 'stop' },
  ]);
  expect(api.paths).toEqual(['/chat/completions', '/chat/completions']);
  expect(server.refreshed()).toBe(1);
  api.close();
  await server.close();
});

test('C2 C6 C8 GitLab: fixed endpoints, fixed port, rotating refresh', async () => {
  await using home = await makeHome();
  const server = await startStrictServer({
    paths: { '/oauth/authorize': '/auth', '/oauth/token': '/token', '/oauth/revoke': '/token/revocation' },
  });
  const api = await startApi('"hello"', 'application/json');
  const env = { GITLAB_URL: server.issuer, GITLAB_OAUTH_CLIENT_ID: server.clientId };
  const context = contextAt(home.path, 'gitlab', { env, ...agreeing, port: 0 });
  const events: string[] = [];
  await oauthOf(gitlab).login({
    ...context,
    report: (event) => void events.push(event.type === 'browser' ? event.redirectUri : event.type),
  });
  expect(server.requests).not.toContain('GET /.well-known/openid-configuration');
  expect(await ask(gitlab, context, api.url)).toEqual([
    { type: 'text', text: 'hello' },
    { type: 'finish', reason: 'stop' },
  ]);
  expect(server.refreshed()).toBe(1);
  expect(await oauthOf(gitlab).logout(context)).toMatchObject({ removed: true, revoked: 'yes' });
  api.close();
  await server.close();
});

test('C6 a provider without a client of the person’s own says how to get one', async () => {
  await using home = await makeHome();
  const login = oauthOf(gitlab).login(contextAt(home.path, 'gitlab'));
  await expect(login).rejects.toMatchObject({
    message: 'GitLab Duo needs a client of your own',
    hint: expect.stringContaining('GITLAB_OAUTH_CLIENT_ID'),
  });
});

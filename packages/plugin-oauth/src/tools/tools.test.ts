import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineProvider, MogplexError, type ToolHost } from '@moxxy/sdk';
import { contextAt, makeHome } from '../../test/home.ts';
import { visit } from '../../test/person.ts';
import { strictProfile } from '../../test/strict-login.ts';
import { startStrictServer, type StrictServer } from '../../test/strict-server.ts';
import { oauth } from '../oauth-auth.ts';
import { createHandleFetch, createHandles, HANDLE_PREFIX } from './handles.ts';
import { createOAuthTools } from './tools.ts';

let server: StrictServer;

beforeAll(async () => {
  server = await startStrictServer();
});

afterAll(() => server.close());

const setUp = (home: string) => {
  const strict = defineProvider({
    name: 'strict',
    models: [],
    createClient: () => ({ stream: () => (async function* () {})() }),
    auth: oauth(strictProfile(server, { hosts: ['api.acme.example', new URL(server.issuer).host] })),
  });
  const host: ToolHost = {
    provider: (name) =>
      name === 'strict' ? Promise.resolve(strict) : Promise.reject(new MogplexError('not_found', name, { boundary: 'configuration' })),
    contextFor: (name) =>
      contextAt(home, name, {
        openUrl: (url) => {
          visit(url).catch(() => undefined);
          return Promise.resolve(true);
        },
      }),
  };
  const handles = createHandles();
  const tools = new Map(createOAuthTools(host, handles).map((tool) => [tool.name, tool]));
  const call = async (name: string, input: unknown): Promise<unknown> => tools.get(name)?.call(input);
  return { call, handles, names: [...tools.keys()], vault: host.contextFor('strict').vault };
};

test('C9 C8 failure 12: the three tools log in, hand out a handle and log out, and never show a token', async () => {
  await using home = await makeHome();
  const { call, names, vault } = setUp(home.path);
  expect(names).toEqual(['oauth_authorize', 'oauth_get_token', 'oauth_clear_token']);
  const shown = [await call('oauth_authorize', { provider: 'strict' }), await call('oauth_get_token', { provider: 'strict' })];
  const secrets = Object.values((await vault.read())?.secrets ?? {}).map((secret) => secret.reveal());
  expect(secrets).toHaveLength(2);
  for (const secret of secrets) expect(JSON.stringify(shown)).not.toContain(secret);
  expect(shown[1]).toMatchObject({ provider: 'strict', account: 'ada@example.test', handle: expect.stringMatching(`^${HANDLE_PREFIX}`) });
  expect(await call('oauth_clear_token', { provider: 'strict' })).toEqual({ provider: 'strict', removed: true, revoked: 'yes' });
  await expect(call('oauth_get_token', { provider: 'strict' })).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(call('oauth_get_token', { provider: 3 })).rejects.toMatchObject({ code: 'invalid_request' });
});

test('C8 failure 12: only the HTTP layer swaps a handle, and only for the hosts of its provider', async () => {
  await using home = await makeHome();
  const { call, handles, vault } = setUp(home.path);
  await call('oauth_authorize', { provider: 'strict' });
  const { handle } = (await call('oauth_get_token', { provider: 'strict' })) as { handle: string };
  const sent: Request[] = [];
  const http = createHandleFetch(handles, (input) => {
    sent.push(new Request(input));
    return Promise.resolve(new Response('{}'));
  });
  const headers = { authorization: `Bearer ${handle}` };
  await http('https://api.acme.example/v1/models', { headers });
  const token = (await vault.read())?.secrets['accessToken']?.reveal();
  expect(sent[0]?.headers.get('authorization')).toBe(`Bearer ${token}`);
  expect(sent[0]?.redirect).toBe('manual');
  const refused = [
    'https://evil.example/',
    'http://api.acme.example/',
    'https://api.acme.example:8443/',
    'https://api.acme.example.evil.example/',
  ];
  for (const url of refused) await expect(http(url, { headers })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(http(`https://api.acme.example/?t=${handle}`)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(http('https://api.acme.example/', { headers: { authorization: `Bearer ${HANDLE_PREFIX}forged` } })).rejects.toMatchObject({
    code: 'not_found',
  });
  handles.revoke('strict');
  await expect(http('https://api.acme.example/', { headers })).rejects.toMatchObject({ code: 'not_found' });
  expect(sent).toHaveLength(1);
});

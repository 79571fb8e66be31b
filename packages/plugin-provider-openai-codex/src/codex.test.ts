import { afterEach, beforeEach, expect, test } from 'vitest';
import { contextAt, makeHome, type TestHome } from '@moxxy/plugin-oauth/test/home';
import { visit } from '@moxxy/plugin-oauth/test/person';
import type { ChatEvent, LoginContext, LoginEvent } from '@moxxy/sdk';
import { type CodexService, startCodexService } from '../test/codex-service.ts';
import { openaiCodexProviderDef } from './index.ts';

let service: CodexService;
let home: TestHome;

beforeEach(async () => {
  [service, home] = await Promise.all([startCodexService(), makeHome()]);
});

afterEach(async () => {
  await service.close();
  await home[Symbol.asyncDispose]();
});

const context = (changes: Partial<LoginContext> = {}): LoginContext =>
  contextAt(home.path, 'openai-codex', {
    env: service.env,
    port: 0,
    openUrl: (url) => {
      visit(url).catch(() => undefined);
      return Promise.resolve(true);
    },
    ...changes,
  });

const { auth } = openaiCodexProviderDef;

const logIn = async (changes: Partial<LoginContext> = {}): Promise<void> => {
  if (auth.kind === 'oauth') await auth.login(context(changes));
};

const ask = async (): Promise<ChatEvent[]> => {
  const client = openaiCodexProviderDef.createClient(context());
  const events: ChatEvent[] = [];
  for await (const event of client.stream({ model: 'gpt-5.3-codex', messages: [{ role: 'user', content: 'hi' }] })) events.push(event);
  return events;
};

const to = (path: string) => service.requests.filter((request) => request.path === path);

test('C6 C7 the definition is the one of the document', () => {
  expect(openaiCodexProviderDef).toMatchObject({ name: 'openai-codex', auth: { kind: 'oauth', serviceName: 'ChatGPT Pro/Plus' } });
});

test('C7 a browser login, then an answer streamed with the account, under our own name', async () => {
  await logIn();
  const events = await ask();
  expect(events.filter(({ type }) => type === 'text').map((event) => ('text' in event ? event.text : ''))).toEqual([
    'hello ',
    'from ',
    'a ',
    'subscription',
  ]);
  expect(events).toContainEqual({ type: 'reasoning', text: 'thinking' });
  expect(events.slice(-2)).toEqual([
    { type: 'usage', inputTokens: 12, outputTokens: 5 },
    { type: 'finish', reason: 'stop' },
  ]);
  const [request] = to('/backend-api/codex/responses');
  expect(request?.headers).toMatchObject({ 'chatgpt-account-id': 'account-7f3a', originator: 'moxxy', 'user-agent': 'moxxy/0.1.0' });
  expect(JSON.parse(request?.body ?? '')).toMatchObject({ model: 'gpt-5.3-codex', store: false, stream: true });
  for (const { headers } of service.requests.filter(({ method }) => method === 'POST')) expect(headers['user-agent']).toBe('moxxy/0.1.0');
});

test('C5 C7 its own device flow in JSON, with its own polling', async () => {
  const shown: LoginEvent[] = [];
  await logIn({
    browser: false,
    report: (event) => {
      shown.push(event);
      if (event.type === 'device') setTimeout(() => service.agree(event.userCode), 50);
    },
    sleep: () => new Promise((resolve) => setTimeout(resolve, 20)),
  });
  expect(shown[0]).toMatchObject({ type: 'device', userCode: 'CODE-12345', verificationUri: `${service.url}/codex/device` });
  expect(to('/api/accounts/deviceauth/token').length).toBeGreaterThan(1);
  expect((await ask()).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
});

test('C7 C8 a 401 leads to one refresh and one replay; the new token is stored', async () => {
  await logIn();
  service.refuse(1);
  expect((await ask()).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  expect(to('/backend-api/codex/responses')).toHaveLength(2);
  expect(to('/oauth/token')).toHaveLength(2);
  await ask();
  expect(to('/oauth/token')).toHaveLength(2);
});

test('C7 a second 401 is a clear call to log in again, and nothing of the answer is repeated', async () => {
  await logIn();
  service.refuse(2);
  const error = await ask().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'unauthenticated', hint: 'Log in again: moxxy login openai-codex' });
  expect(String(error)).not.toContain('at-');
  expect(to('/backend-api/codex/responses')).toHaveLength(2);
});

test('C7 a login that was ended at the service asks for a new one', async () => {
  await logIn();
  service.endLogins();
  await expect(ask()).rejects.toMatchObject({ code: 'unauthenticated', message: 'ChatGPT Pro/Plus has ended this login' });
  await logIn();
  expect((await ask()).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
});

test('C4 C7 logout removes what is stored and says that the service cannot revoke it', async () => {
  await logIn();
  if (auth.kind !== 'oauth') throw new Error('not OAuth');
  expect(await auth.status(context())).toMatchObject({ state: 'usable', card: { account: 'ada@example.test' } });
  expect(await auth.logout(context())).toMatchObject({ removed: true, revoked: 'unsupported' });
  expect(await auth.status(context())).toEqual({ state: 'none' });
});

test('C7 the environment can move it to this machine only', async () => {
  const moved = context({ env: { OPENAI_CODEX_ISSUER: 'https://evil.example' } });
  if (auth.kind !== 'oauth') throw new Error('not OAuth');
  await expect(auth.login(moved)).rejects.toMatchObject({ code: 'invalid_request' });
});

import { startMcpServer } from '@mogplex/server/test/mcp-server';
import { createPerson, makeAccessTokenFor } from '@mogplex/server/test/people';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { makeMogplexHome, type MogplexHome } from './support/mogplex-home.ts';
import { Person } from './support/person.ts';
import { temporaryFolder } from './support/stores.ts';
import { KEYS, openTerminal, type PseudoTerminal } from './support/terminal.ts';

const TOKEN = 'CANARY-mcp-3e8b1f7a5c9d2046';
const KEY = 'sk-0123456789abcdef0123456789abcdef0123456789';

type Mcp = Awaited<ReturnType<typeof startMcpServer>>;

interface Someone {
  id: string;
  email: string;
  web: Person;
}

let gateway: TestGateway;
let upstream: Upstream;
let mcp: Mcp;

beforeAll(async () => {
  upstream = await startOpenAiUpstream();
  mcp = await startMcpServer({ admits: ({ authorization }) => authorization === `Bearer ${TOKEN}` });
  gateway = await startGateway({ dataDir: await temporaryFolder() }, { MOGPLEX_ALLOW_PRIVATE_UPSTREAMS: '127.0.0.1/32' });
});

afterAll(async () => {
  await gateway?.close();
  await mcp?.close();
  await upstream?.close();
});

const someone = async (): Promise<Someone> => {
  const { id, email, password } = await createPerson(gateway.store);
  const web = new Person(gateway.url);
  await web.signIn(email, password);
  return { id, email, web };
};

const add = async ({ web }: Someone, name: string, auth: object = { type: 'bearer', token: TOKEN }): Promise<void> => {
  const { error } = await web.call('POST', '/connections', { kind: 'mcp', name, url: mcp.url, auth });
  expect(error).toBeUndefined();
};

/** Stores an account login as a sign-in does. */
const signedIn = async (home: MogplexHome, { id, email }: Someone): Promise<string> => {
  const token = await makeAccessTokenFor(gateway.store, id, 'read write');
  await home.storeAuth({
    mogplex: { origin: gateway.url, email, clientId: 'mogplex-cli', accessToken: token, expiresAt: Date.now() + 3_600_000 },
  });
  return token;
};

const open = (home: MogplexHome, size = { cols: 80, rows: 24 }): PseudoTerminal =>
  openTerminal({
    ...size,
    cwd: home.user,
    args: ['--model', 'openai/gpt-test'],
    env: { HOME: home.user, MOGPLEX_URL: gateway.url, OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.url },
  });

test('A9 the strip names the servers and what is wrong with one, /mcp tells more and never a secret, and says where to add one', async () => {
  await using home = await makeMogplexHome();
  const person = await someone();
  const account = await signedIn(home, person);
  await using terminal = open(home);
  await terminal.waitFor('MCP  none yet');
  terminal.write('/mcp\r');
  await terminal.waitFor('under Connections');
  await add(person, 'tracker');
  await add(person, 'granted', { type: 'oauth' });
  terminal.write('r');
  const page = await terminal.waitFor((screen) => screen.includes('✗ granted') && screen.includes('values are not shown'));
  expect(page).toContain(`http  ${mcp.url}`);
  expect(page).toContain('with Authorization (values are not shown)');
  terminal.write(KEYS.escape);
  await terminal.waitFor(/MCP +✓ tracker +✗ granted/);
  terminal.resize(120, 40);
  await terminal.waitFor((screen) => screen.includes('│ MCP') && screen.includes('│ ✓ tracker') && screen.includes('│ ✗ granted'));
  expect(terminal.raw).not.toContain(TOKEN);
  expect(terminal.raw).not.toContain(account);
});

test('A9 a tool of the account asks before it runs, with all that it would be called with', async () => {
  await using home = await makeMogplexHome();
  const person = await someone();
  await add(person, 'tracker');
  await signedIn(home, person);
  await using terminal = open(home);
  await terminal.waitFor('✓ tracker');
  const text = Array.from({ length: 30 }, (_, at) => `line ${at}`).join(' and ');
  upstream.answersOnce.push({
    text: ['Let me see. '],
    toolCall: { id: 'call_1', name: 'mcp__tracker__echo', input: JSON.stringify({ text }) },
  });
  upstream.answer = { text: ['All done.'] };
  terminal.write('say it\r');
  const question = await terminal.waitFor('The model wants to run mcp__tracker__echo');
  expect(question).toContain('"text": "line 0');
  expect(question).toContain('❯ Do not run it');
  terminal.write('typed on');
  terminal.write(KEYS.pageDown);
  await terminal.waitFor('line 29');
  expect(mcp.echoed).toEqual([]);
  terminal.write(KEYS.down);
  await terminal.waitFor('❯ Run it this once');
  terminal.write('\r');
  await terminal.waitFor('All done.');
  expect(mcp.echoed).toEqual([text]);
  expect(terminal.raw).not.toContain(TOKEN);
});

test('A14 A16 servers and runs go with the account: after a logout nothing of it is shown, after a switch those of the other', async () => {
  await using home = await makeMogplexHome();
  const [first, second] = [await someone(), await someone()];
  await add(first, 'first-tracker');
  await add(second, 'second-tracker');
  await signedIn(home, first);
  await using terminal = open(home, { cols: 120, rows: 40 });
  await terminal.waitFor('✓ first-tracker');
  await signedIn(home, second);
  terminal.write('hello\r');
  const switched = await terminal.waitFor('✓ second-tracker');
  expect(switched).not.toContain('first-tracker');
  terminal.write('/logout\r');
  await terminal.waitFor(`the account login of ${second.email}`);
  terminal.write('y');
  await terminal.waitFor('Logged out.');
  const after = await terminal.waitFor('come with a Mogplex account');
  expect(after).not.toContain('second-tracker');
  expect((await home.readAuth()).mogplex).toBeUndefined();
});

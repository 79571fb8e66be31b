import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startMcpServer } from '@mogplex/server/test/mcp-server';
import { createPerson, makeAccessTokenFor, type Person as Account } from '@mogplex/server/test/people';
import { expect, test } from 'vitest';
import { startOpenAiUpstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { makeMogplexHome, type MogplexHome } from './support/mogplex-home.ts';
import { Person } from './support/person.ts';
import { runMogplex } from './support/run.ts';
import { temporaryFolder } from './support/stores.ts';

const TOKEN = 'CANARY-cli-71c4e0b95d2f3a86';
const KEY = 'sk-0123456789abcdef0123456789abcdef0123456789';

const open = async (): Promise<{ gateway: TestGateway; boss: Person; account: Account; token: string; reading: string }> => {
  const gateway = await startGateway({ dataDir: await temporaryFolder() }, { MOGPLEX_ALLOW_PRIVATE_UPSTREAMS: '127.0.0.1/32' });
  const account = await createPerson(gateway.store);
  const boss = new Person(gateway.url);
  await boss.signIn(account.email, account.password);
  const token = await gateway.makeToken(account.id, ['read', 'write']);
  return { gateway, boss, account, token, reading: await gateway.makeToken(account.id, ['read']) };
};

const add = async (boss: Person, body: object): Promise<void> => {
  const { error } = await boss.call('POST', '/connections', { kind: 'mcp', auth: { type: 'bearer', token: TOKEN }, ...body });
  expect(error).toBeUndefined();
};

/** Every byte below the person's home. */
const everything = async ({ user }: MogplexHome): Promise<string> => {
  const files = await readdir(user, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
  );
  return texts.join('\n');
};

test('A9 a model calls a tool of the account’s MCP server, masked, as permitted; nothing of its token is on the disk', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream({ answer: { text: ['All done.'] } });
  const mcp = await startMcpServer({
    admits: ({ authorization }) => authorization === `Bearer ${TOKEN}`,
    answer: (text) => `you said ${text}, with ${TOKEN}`,
  });
  const { gateway, boss, token } = await open();
  try {
    await add(boss, { name: 'tracker', url: mcp.url });
    await add(boss, { name: 'old', url: mcp.sseUrl, transport: 'sse' });
    await add(boss, { name: 'gone', url: 'http://127.0.0.1:9/mcp' });
    const call = (server: string) => ({ id: 'call_1', name: `mcp__${server}__echo`, input: '{"text":"ahoy"}' });
    const env = {
      MOGPLEX_API_KEY: token,
      MOGPLEX_URL: gateway.url,
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: upstream.url,
      MOGPLEX_VAULT_KEY: 'file',
    };

    const asked = await home.run(['exec', '--model', 'openai/any', 'say ahoy'], env);
    expect(asked).toMatchObject({ code: 0, stdout: 'All done.\n' });
    expect(upstream.requests.map(({ body }) => body?.['tools'])).toEqual([undefined]);

    await home.write('config.toml', 'permission_mode = "auto"\n');
    for (const server of ['tracker', 'old']) {
      upstream.answersOnce.push({ text: ['Let me see. '], toolCall: call(server) });
      const { code, stdout, stderr } = await home.run(['exec', '--model', 'openai/any', 'say ahoy'], { ...env, MOGPLEX_DEBUG: '1' });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'Let me see. All done.\n' });
      expect(stderr).toContain('mcp gone: its tools are not offered');
      expect(stderr).not.toContain(TOKEN);
      const [first, second] = upstream.requests.slice(-2).map(({ body }) => JSON.stringify(body));
      expect(first).toContain('"mcp__tracker__echo"');
      expect(first).toContain('Says it back');
      expect(second).toMatch(/you said ahoy, with ?\[redacted/);
      expect(first + (second ?? '')).not.toContain(TOKEN);
    }
    expect(mcp.echoed).toEqual(['ahoy', 'ahoy']);
    expect(await everything(home)).not.toContain(TOKEN);

    // Without the account there is nothing of it.
    const { MOGPLEX_API_KEY: _, ...without } = env;
    await home.run(['exec', '--model', 'openai/any', 'hello'], without);
    expect(JSON.stringify(upstream.requests.at(-1)?.body)).not.toContain('mcp__');
  } finally {
    await mcp.close();
    await gateway.close();
  }
});

test('A9 B9 the account’s MCP servers are listed for the folder that one stands in, without their secrets', async () => {
  await using home = await makeMogplexHome();
  const mcp = await startMcpServer();
  const { gateway, boss, account, token, reading } = await open();
  try {
    await add(boss, { name: 'tracker', url: mcp.url, excludedRepositories: ['acme/secret'] });
    const env = { MOGPLEX_API_KEY: token, MOGPLEX_URL: gateway.url };
    const listed = await home.run(['mcp', 'list'], env);
    expect(listed).toMatchObject({ code: 0, stdout: `tracker  http  ${mcp.url}\n`, stderr: '' });
    const json = await home.run(['mcp', 'list', '--json'], env);
    expect(JSON.parse(json.stdout)).toEqual({ name: 'tracker', type: 'http', url: mcp.url, headers: ['Authorization'] });
    const withheld = await home.run(['mcp', 'list'], { ...env, MOGPLEX_API_KEY: reading });
    expect(withheld.stdout).toContain('tracker');
    expect(withheld.stderr).toContain('may only read');
    expect(await home.run(['mcp', 'list'])).toMatchObject({ code: 64, stdout: '' });

    // The stored login of the account does as well, and with it everything goes.
    const login = { origin: gateway.url, accessToken: await makeAccessTokenFor(gateway.store, account.id, 'read write') };
    await home.storeAuth({ mogplex: { ...login, email: account.email, clientId: 'mogplex-cli' } });
    expect(await home.run(['mcp', 'list'])).toMatchObject({ code: 0, stdout: `tracker  http  ${mcp.url}\n` });
    expect(await everything(home)).not.toContain(TOKEN);
    await home.storeAuth({});
    expect(await home.run(['mcp', 'list'])).toMatchObject({ code: 64, stdout: '' });

    await mkdir(join(home.user, 'repo', '.git'), { recursive: true });
    await writeFile(join(home.user, 'repo', '.git', 'HEAD'), 'ref: refs/heads/main\n');
    await writeFile(join(home.user, 'repo', '.git', 'config'), '[remote "origin"]\n\turl = git@github.com:Acme/secret.git\n');
    const inside = await runMogplex(['mcp', 'list'], { HOME: home.user, ...env }, '', join(home.user, 'repo'));
    expect(inside).toMatchObject({ code: 0, stdout: '', stderr: '' });
  } finally {
    await mcp.close();
    await gateway.close();
  }
});

test('B8 B21 connections are listed and tested from the terminal', async () => {
  await using home = await makeMogplexHome();
  const mcp = await startMcpServer({ admits: ({ authorization }) => authorization === `Bearer ${TOKEN}` });
  const { gateway, boss, token } = await open();
  try {
    const env = { MOGPLEX_API_KEY: token, MOGPLEX_URL: gateway.url };
    expect(await home.run(['connections', 'list'], env)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('Settings') as string,
    });
    await add(boss, { name: 'tracker', url: mcp.url });
    await add(boss, { name: 'wrong', url: mcp.url, auth: { type: 'bearer', token: 'another-token-that-is-wrong' } });
    expect(await home.run(['connections', 'test', 'tracker'], env)).toMatchObject({
      code: 0,
      stdout: 'tracker  ok  echo-server 1.0.0: 1 tool\ntools: echo\n',
    });
    expect(await home.run(['connections', 'test', 'wrong'], env)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('refused') as string,
    });
    const unknown = await home.run(['connections', 'test', 'nothing'], env);
    expect(unknown).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('[connection]') as string });
    const list = await home.run(['connections', 'list'], env);
    expect(list.stdout).toMatch(/^wrong {4}mcp {3}refused .*\ntracker {2}mcp {3}ok .*\n$/);
    expect(list.stdout).not.toContain(TOKEN);
  } finally {
    await mcp.close();
    await gateway.close();
  }
});

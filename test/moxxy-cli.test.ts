import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openVault, Secret } from '@mogplex/credentials';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CodexService, startCodexService } from '@moxxy/plugin-provider-openai-codex/test/codex-service';
import { visit } from '@moxxy/plugin-oauth/test/person';
import { makeMoxxyHome, type MoxxyHome } from './support/moxxy.ts';
import { KEYS, MOGPLEX } from './support/terminal.ts';

const pluginText = (name: string, touch: string): string => `
import { writeFileSync } from 'node:fs';
import { definePlugin, defineProvider } from '@moxxy/sdk';
writeFileSync(${JSON.stringify(touch)}, 'ran');
export default definePlugin({
  name: ${JSON.stringify(name)},
  providers: [defineProvider({
    name: ${JSON.stringify(name)},
    models: [{ id: 'one' }],
    createClient: () => ({ async *stream() {} }),
    auth: { kind: 'apiKey', envVar: 'SOME_KEY' },
  })],
});
`;

const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  );

describe('C8 failure 13: whose code runs', () => {
  let home: MoxxyHome;
  let project: string;

  beforeAll(async () => {
    home = await makeMoxxyHome();
    project = join(home.path, '..', 'project');
    await mkdir(join(project, '.mogplex', 'plugins'), { recursive: true });
    await mkdir(join(project, 'node_modules', '@moxxy', 'plugin-evil'), { recursive: true });
  });

  afterAll(() => home[Symbol.asyncDispose]());

  const providers = async (): Promise<{ names: string[]; stderr: string }> => {
    const { stdout, stderr } = await home.run(['providers', '--json'], {}, project);
    return { names: (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name), stderr };
  };

  test('C8 failure 13: a package in node_modules of a project is never a plugin', async () => {
    const touched = join(project, 'evil-ran');
    const folder = join(project, 'node_modules', '@moxxy', 'plugin-evil');
    await writeFile(join(folder, 'package.json'), '{"name":"@moxxy/plugin-evil","type":"module","exports":"./index.js"}');
    await writeFile(join(folder, 'index.js'), pluginText('evil', touched));
    expect((await providers()).names).not.toContain('evil');
    expect(await exists(touched)).toBe(false);
  });

  test('C8 failure 13: a project’s plugin runs only with consent, and only with the content that was allowed', async () => {
    const touched = join(project, 'ran');
    const file = join(project, '.mogplex', 'plugins', 'local.mjs');
    await writeFile(file, pluginText('local', touched));
    const before = await providers();
    expect(before.names).not.toContain('local');
    expect(before.stderr).toContain('you have not allowed it');
    expect(await exists(touched)).toBe(false);

    expect(await home.run(['plugins', 'allow', '.mogplex/plugins/local.mjs'], {}, project)).toMatchObject({ code: 0 });
    expect((await providers()).names).toContain('local');
    expect(await exists(touched)).toBe(true);

    await writeFile(file, `${pluginText('local', touched)}\n// one more line`);
    expect((await providers()).names).not.toContain('local');
    await writeFile(file, `import './other.mjs';\n${pluginText('local', touched)}`);
    await writeFile(join(project, '.mogplex', 'plugins', 'other.mjs'), '');
    await home.run(['plugins', 'allow', '.mogplex/plugins/local.mjs'], {}, project);
    const reaching = await providers();
    expect(reaching.names).not.toContain('local');
    expect(reaching.stderr).toContain('may import only node: modules');

    await writeFile(file, pluginText('local', touched));
    expect((await providers()).names).toContain('local');
    expect(await home.run(['plugins', 'disallow', '.mogplex/plugins/local.mjs'], {}, project)).toMatchObject({ code: 0 });
    expect((await providers()).names).not.toContain('local');
  });

  test('C8 failure 13: a plugin cannot take the place of the product’s, and a broken one harms nobody', async () => {
    await home.addPlugin('shadow.mjs', pluginText('openai-codex', join(project, 'shadow')));
    await home.addPlugin('broken.mjs', 'export default {;');
    await home.addPlugin('empty.mjs', '');
    const { stdout, stderr } = await home.run(['providers', '--json'], {}, project);
    const listed = JSON.parse(stdout) as { name: string; origin: string }[];
    expect(listed.filter(({ name }) => name === 'openai-codex')).toMatchObject([{ origin: 'product' }]);
    expect(stderr).toContain('openai-codex defines openai-codex, which @moxxy/plugin-provider-openai-codex already has');
    expect(stderr).toContain('broken.mjs cannot be run');
    expect(stderr).toContain('empty.mjs exports no plugin');
  });
});

test('C12 C8 failure 14: the skills of the plugins are listed, with files that are there', async () => {
  await using home = await makeMoxxyHome();
  const { code, stdout } = await home.run(['skills', '--json']);
  expect(code).toBe(0);
  const skills = JSON.parse(stdout) as { name: string; path: string }[];
  expect(skills.map(({ name }) => name)).toEqual(['google-workspace-oauth', 'oauth-flow']);
  for (const { name, path } of skills) expect(await readFile(path, 'utf8')).toContain(`name: ${name}\n`);
});

describe('C8 failure 15: one parser', () => {
  let home: MoxxyHome;

  beforeAll(async () => {
    home = await makeMoxxyHome();
  });

  afterAll(() => home[Symbol.asyncDispose]());

  test('C8 failure 15: --no-browser is a flag in every place, and the provider is found', async () => {
    for (const args of [
      ['login', '--no-browser', 'acme'],
      ['login', 'acme', '--no-browser'],
    ]) {
      expect(await home.run(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no provider "acme"') });
    }
  });

  test.each([
    [['--help'], 0],
    [['login', '--help'], 0],
    [['login', 'status', '--help'], 0],
    [['help', 'vault'], 0],
    [['--version'], 0],
    [[], 2],
    [['login'], 2],
    [['login', 'acme', '--bogus'], 2],
    [['login', 'status', '--bogus'], 2],
    [['login', 'status', 'a', 'b'], 2],
    [['login', 'acme', '--port', 'many'], 2],
    [['login', 'acme', '--port', '70000'], 2],
    [['login', 'logout'], 2],
    [['bogus'], 2],
    [['vault', 'bogus'], 2],
    [['login', 'status'], 64],
    [['login', 'status', '--json'], 64],
    [['login', 'status', 'openai-codex'], 64],
    [['login', 'anthropic'], 1],
  ])('C8 failure 15: moxxy %j exits with %i', async (args, code) => {
    const run = await home.run(args);
    expect({ args, code: run.code }).toEqual({ args, code });
    expect(run.stdout + run.stderr).not.toBe('');
  });

  test('C13 API-key providers are in the same registry, and say which variable they need', async () => {
    const { stdout } = await home.run(['providers']);
    expect(stdout).toContain('set ANTHROPIC_API_KEY');
    expect((await home.run(['login', 'anthropic'])).stderr).toContain('Set ANTHROPIC_API_KEY.');
  });
});

describe('C7 openai-codex through both programs', () => {
  let service: CodexService;

  beforeAll(async () => {
    service = await startCodexService();
  });

  afterAll(() => service.close());

  test('C7 C11 moxxy login openai-codex, then mogplex answers with that login and refreshes it', async () => {
    await using home = await makeMoxxyHome();
    const terminal = home.open(['login', 'openai-codex', '--port', '0'], service.env);
    expect((await visit(await home.openedAddress())).text).toContain('You are logged in');
    expect(await terminal.waitForExit()).toMatchObject({ exitCode: 0 });
    service.refuse(1);
    const exec = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
      const options = { env: { PATH: process.env['PATH'], ...home.env, ...service.env } };
      execFile(process.execPath, [MOGPLEX, 'exec', '-m', 'openai-codex/gpt-5.3-codex', 'hi'], options, (_, stdout, stderr) =>
        resolve({ stdout, stderr }),
      ).stdin?.end();
    });
    expect(exec.stdout.trim()).toBe('hello from a subscription');
    expect(service.requests.filter(({ path }) => path === '/oauth/token')).toHaveLength(2);
    expect(await home.run(['login', 'status', 'openai-codex'], service.env)).toMatchObject({ code: 0 });
    const out = await home.run(['login', 'logout', 'openai-codex'], service.env);
    expect(out).toMatchObject({ code: 0, stdout: 'Logged out of openai-codex.\n' });
    expect(out.stderr).toContain('no way to revoke');
  });
});

describe('C8 the vault at the terminal', () => {
  const card = { serviceName: 'Gone', issuer: 'https://login.example', refreshable: true, loggedInAt: 1, expiresAt: 4_000_000_000_000 };
  const bundle = {
    secrets: { accessToken: new Secret('access-token-of-gone', 'access'), refreshToken: new Secret('refresh-token-of-gone', 'refresh') },
    meta: card,
  };

  test('C8 a vault with a passphrase asks for it, and shows nothing of what is typed', async () => {
    await using home = await makeMoxxyHome();
    const passphrase = 'correct horse battery staple';
    const env = { MOGPLEX_VAULT_KEY: 'passphrase', MOGPLEX_VAULT_PASSPHRASE: passphrase };
    await openVault(home.path, { env, keyring: null }).put('oauth/gone/tokens', bundle);
    const terminal = home.open(['vault', 'verify']);
    await terminal.waitFor('Passphrase of the vault:');
    terminal.write(`${passphrase}x${KEYS.backspace}${KEYS.enter}`);
    expect(await terminal.waitForExit()).toMatchObject({ exitCode: 0 });
    await expect.poll(() => terminal.raw).toContain('1 sound, 0 damaged');
    expect(terminal.raw).not.toContain('correct');
    expect(await home.run(['vault', 'verify'])).toMatchObject({ code: 69, stderr: expect.stringContaining('MOGPLEX_VAULT_PASSPHRASE') });
  });

  test('C3 C4 a login whose plugin is gone is still listed and can be removed', async () => {
    await using home = await makeMoxxyHome();
    await openVault(home.path, { env: home.env, keyring: null }).put('oauth/gone/tokens', bundle);
    expect(await home.run(['login', 'status'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^gone +Gone/) });
    const out = await home.run(['login', 'logout', 'gone']);
    expect(out).toMatchObject({ code: 0, stdout: 'Logged out of gone.\n', stderr: expect.stringContaining('Its plugin is gone') });
    expect(await home.run(['login', 'logout', 'gone'])).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no provider') });
  });

  test('C8 vault verify names a damaged record and changes nothing', async () => {
    await using home = await makeMoxxyHome();
    await openVault(home.path, { env: home.env, keyring: null }).put('oauth/gone/tokens', bundle);
    const file = join(home.path, 'vault', 'records', 'oauth%2Fgone%2Ftokens.json');
    const changed = (await readFile(file, 'utf8')).replace('https://login.example', 'https://evil.example');
    await writeFile(file, changed);
    expect(await home.run(['vault', 'verify'])).toMatchObject({ code: 1, stdout: expect.stringContaining('0 sound, 1 damaged') });
    expect(await home.run(['vault', 'rekey'])).toMatchObject({ code: 1 });
    expect(await readFile(file, 'utf8')).toBe(changed);
  });
});

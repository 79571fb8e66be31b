import { randomBytes } from 'node:crypto';
import { chmod, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openVault, Secret } from '@mogplex/credentials';
import { expect, test } from 'vitest';
import { type MogplexHome, makeMogplexHome } from './support/mogplex-home.ts';

const KEY = `sk-proj-${randomBytes(20).toString('hex')}`;
const STORED = `sk-${randomBytes(20).toString('hex')}`;
const ACCOUNT = `mog_at_${randomBytes(20).toString('hex')}`;

interface Report {
  versions: { mogplex: string; node: string };
  files: { path: string; mode?: string; findings: { severity: string; text: string }[] }[];
  providers: {
    provider: string;
    credentials: { source: string; used: boolean; why?: string }[];
    baseUrl?: string;
    findings: { text: string }[];
  }[];
  reach: { origin: string; reachable: boolean; clockAheadSeconds?: number; findings: { text: string }[] }[];
  settings: { severity: string; text: string }[];
}

const examine = async (home: MogplexHome, env: Record<string, string> = {}) => {
  const { code, stdout } = await home.run(['doctor', '--json'], env);
  return { code, stdout, report: JSON.parse(stdout) as Report };
};

/** A server whose clock is off, and which notes every header that it is sent. */
const startClock = async (behindSeconds: number) => {
  const headers: string[] = [];
  const server = createServer((request, response) => {
    headers.push(JSON.stringify(request.headers));
    response.setHeader('date', new Date(Date.now() - behindSeconds * 1000).toUTCString());
    response.end('{}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

test('A1 A13 doctor says which credential would be used for each provider and why, and shows no secret', async () => {
  await using home = await makeMogplexHome();
  await using provider = await startClock(0);
  await using platform = await startClock(0);
  await home.storeAuth({
    keys: { openai: STORED },
    mogplex: { origin: platform.origin, email: 'someone@example.com', clientId: 'mogplex-cli', accessToken: ACCOUNT },
  });
  const env = {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: `${provider.origin.replace('http://', 'http://user:hunter22hunter@')}/v1?token=hunter22hunter`,
  };
  const { code, stdout, report } = await examine(home, env);
  // The address with a password in it is a problem of its own.
  expect(code).toBe(1);
  const openai = report.providers.find(({ provider: id }) => id === 'openai');
  const account = `account s…@example.com at ${platform.origin}`;
  expect(openai).toMatchObject({
    baseUrl: `${provider.origin}/v1`,
    findings: [{ severity: 'problem', text: 'OPENAI_BASE_URL holds more than scheme, host and path' }],
    credentials: [
      { source: 'env OPENAI_API_KEY', used: true },
      { source: 'stored key', used: false, why: 'env OPENAI_API_KEY outranks it' },
      { source: account, used: false, why: 'env OPENAI_API_KEY outranks it' },
    ],
  });
  expect(report.providers.find(({ provider: id }) => id === 'groq')?.credentials).toEqual([{ source: account, used: true }]);
  expect(report.providers).toHaveLength(10);
  expect(report.reach.map(({ origin, reachable }) => ({ origin, reachable }))).toEqual([
    { origin: platform.origin, reachable: true },
    { origin: provider.origin, reachable: true },
  ]);
  expect((await examine(home, { ...env, OPENAI_BASE_URL: `${provider.origin}/v1` })).code).toBe(0);
  const text = await home.run(['doctor'], env);
  expect(text.stdout).toMatch(/OpenAI +env OPENAI_API_KEY\n +not used: stored key \(env OPENAI_API_KEY outranks it\)/);
  for (const secret of [KEY, STORED, ACCOUNT, 'hunter22hunter', 'someone@', home.user]) {
    expect(stdout).not.toContain(secret);
    expect(text.stdout + text.stderr).not.toContain(secret);
  }
  for (const secret of [KEY, STORED, ACCOUNT]) expect([...provider.headers, ...platform.headers].join()).not.toContain(secret);
});

test('A3 doctor names files that others can read, damage, a wrong clock, what is out of reach, and wrong settings', async () => {
  await using home = await makeMogplexHome();
  await using platform = await startClock(300);
  const empty = await examine(home);
  expect(empty.code).toBe(1);
  expect(empty.report.settings).toContainEqual({ severity: 'problem', text: expect.stringContaining('no credential') as string });
  expect(empty.report.reach).toEqual([]);

  await home.storeAuth({ keys: { groq: 'not-a-groq-key-at-all' } });
  await chmod(join(home.path, 'auth.json'), 0o644);
  await home.write('config.toml', 'modle = "x"\nmodel_timeout = "long"\n');
  const env = {
    MOGPLEX_API_KEY: 'mog_any0123456789',
    MOGPLEX_URL: platform.origin,
    GROQ_BASE_URL: 'http://127.0.0.1:9/v1',
    CODEX_HOME: '',
  };
  const { code, report } = await examine(home, env);
  expect(code).toBe(1);
  const auth = report.files.find(({ path }) => path.endsWith('auth.json'));
  expect(auth).toMatchObject({ path: '~/.mogplex/auth.json', mode: '0644' });
  expect(auth?.findings[0]?.text).toContain('open to other users (mode 0644)');
  expect((await stat(join(home.path, 'auth.json'))).mode & 0o777).toBe(0o600);
  const [asked] = report.reach;
  expect(asked?.clockAheadSeconds).toBeGreaterThan(290);
  expect(asked?.findings[0]?.text).toMatch(/clock is (?:299|30\d) s ahead/);
  // MOGPLEX_API_KEY outranks the stored key, so Groq itself would not be asked.
  expect(report.reach).toHaveLength(1);
  expect(report.settings.map(({ text }) => text).join('\n')).toMatch(/modle is ignored[\s\S]*model_timeout/);

  const direct = await examine(home, { GROQ_BASE_URL: 'http://127.0.0.1:9/v1' });
  expect(direct.report.reach).toEqual([
    {
      origin: 'http://127.0.0.1:9',
      reachable: false,
      findings: [{ severity: 'problem', text: expect.stringContaining('cannot be reached') as string }],
    },
  ]);
  expect(direct.report.providers.find(({ provider }) => provider === 'groq')?.findings[0]?.text).toContain('usually starts with gsk_');

  await home.write('auth.json', '{"half');
  const damaged = await examine(home);
  expect(damaged.report.files.find(({ path }) => path.endsWith('auth.json'))?.findings[0]?.text).toContain('not valid JSON');
});

test('A1 doctor knows a login of a plugin that serves none of the nine, and remarks on a token that is none', async () => {
  await using home = await makeMogplexHome();
  const vault = openVault(home.path, { env: { MOGPLEX_VAULT_KEY: 'file' }, now: Date.now });
  await vault.put('oauth/acme/tokens', { secrets: { accessToken: new Secret(ACCOUNT, 'test') }, meta: { serviceName: 'Acme AI' } });
  const { code, report } = await examine(home);
  expect(code).toBe(0);
  expect(report.providers.find(({ provider }) => provider === 'acme')?.credentials).toEqual([
    { source: 'stored login (acme)', used: true },
  ]);
  expect((await home.run(['doctor'])).stdout).toMatch(/acme +stored login \(acme\)/);
  const wrong = await examine(home, { MOGPLEX_API_KEY: 'mog_any0123456789', MOGPLEX_URL: 'http://127.0.0.1:9' });
  expect(wrong.report.providers[0]?.findings).toEqual([
    { severity: 'warning', text: 'MOGPLEX_API_KEY is no token of Mogplex: its length is wrong' },
  ]);
});

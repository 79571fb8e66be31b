import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openVault, Secret } from '@mogplex/credentials';
import { CREDENTIAL_ENV_VARS, PROVIDERS } from '@mogplex/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MogplexHome, makeMogplexHome } from './support/mogplex-home.ts';

/** What can be there, in the order of statement A1. */
const KINDS = ['provider variable', 'MOGPLEX_API_KEY', 'stored key', 'stored login', 'stored account'] as const;

type Kind = (typeof KINDS)[number];

/** Every combination of the five, 32 in all. */
const COMBINATIONS: readonly (readonly Kind[])[] = Array.from({ length: 2 ** KINDS.length }, (_, bits) =>
  KINDS.filter((_kind, index) => (bits & (1 << index)) !== 0),
);

/** The plugin login that serves a provider. */
const loginOf = (provider: string): string => (provider === 'openai' ? 'openai-codex' : provider);

const secret = (): string => `key-${randomBytes(16).toString('hex')}`;

interface Reported {
  providers: { provider: string; credentials: { source: string; used: boolean }[] }[];
}

describe('A1 A2 the order of resolution, for all ten names and all combinations', () => {
  const server = createServer((_, response) => response.end('{}'));
  let origin: string;

  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  const arrange = async (home: MogplexHome, kinds: readonly Kind[]): Promise<Record<string, string>> => {
    const env: Record<string, string> = { MOGPLEX_VAULT_KEY: 'file', MOGPLEX_URL: origin };
    for (const name of CREDENTIAL_ENV_VARS) env[name] = '';
    for (const { envVar, baseUrlEnvVar } of PROVIDERS) {
      env[baseUrlEnvVar] = origin;
      if (kinds.includes('provider variable')) env[envVar] = secret();
    }
    if (kinds.includes('MOGPLEX_API_KEY')) env['MOGPLEX_API_KEY'] = secret();
    const keys = kinds.includes('stored key') ? Object.fromEntries(PROVIDERS.map(({ id }) => [id, secret()])) : {};
    const account = { origin, email: 'me@example.com', clientId: 'mogplex-cli', accessToken: secret() };
    await home.storeAuth({ keys, ...(kinds.includes('stored account') ? { mogplex: account } : {}) });
    if (kinds.includes('stored login')) {
      const vault = openVault(home.path, { env, now: Date.now });
      for (const { id } of PROVIDERS) {
        await vault.put(`oauth/${loginOf(id)}/tokens`, {
          secrets: { accessToken: new Secret(secret(), 'test') },
          meta: { serviceName: id },
        });
      }
    }
    return env;
  };

  const expected = (provider: string, kinds: readonly Kind[]): string[] => {
    const words: Record<Kind, string | undefined> = {
      'provider variable': PROVIDERS.find(({ id }) => id === provider)?.envVar,
      MOGPLEX_API_KEY: 'MOGPLEX_API_KEY',
      'stored key': provider === 'mogplex' ? undefined : 'stored key',
      'stored login': provider === 'mogplex' ? undefined : `stored login (${loginOf(provider)})`,
      'stored account': `account m…@example.com at ${origin}`,
    };
    return KINDS.filter((kind) => kinds.includes(kind)).flatMap((kind) => {
      const text = words[kind];
      return text === undefined ? [] : [kind === 'provider variable' || kind === 'MOGPLEX_API_KEY' ? `env ${text}` : text];
    });
  };

  test.each(COMBINATIONS.map((kinds) => [kinds.join(' + ') || 'nothing', kinds] as const))('A1 A2 with %s', async (_, kinds) => {
    await using home = await makeMogplexHome();
    const env = await arrange(home, kinds);
    const [{ stdout }, asked] = await Promise.all([
      home.run(['doctor', '--json'], env),
      home.run(['exec', '--json', '--model', 'groq/any', 'hello'], env),
    ]);
    const start = JSON.parse(asked.stdout.split('\n')[0] ?? '') as { source?: string; overrides?: string[] };
    const forGroq = expected('groq', kinds).map((source) => source.replace('m…@', 'me@'));
    expect([start.source, ...(start.overrides ?? [])]).toEqual(forGroq.length === 0 ? [undefined] : forGroq);
    const { providers } = JSON.parse(stdout) as Reported;
    for (const provider of ['mogplex', ...PROVIDERS.map(({ id }) => id)]) {
      const found = providers.find((report) => report.provider === provider)?.credentials ?? [];
      const wanted = expected(provider, kinds);
      expect({ provider, order: found.map(({ source }) => source) }).toEqual({ provider, order: wanted });
      expect({ provider, used: found.filter(({ used }) => used).map(({ source }) => source) }).toEqual({
        provider,
        used: wanted.slice(0, 1),
      });
    }
  });
});

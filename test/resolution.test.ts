import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
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

/** Begins every secret of this run. */
const mark = `key-${randomBytes(16).toString('hex')}`;

interface Reported {
  providers: { provider: string; credentials: { source: string; used: boolean }[] }[];
}

/** The credential of a request, wherever its provider wants it. */
const credentialOf = ({ headers }: IncomingMessage): string[] => {
  const found = [headers.authorization?.replace(/^Bearer /, ''), headers['x-api-key'], headers['x-goog-api-key']];
  return found.flatMap((value) => (typeof value === 'string' ? [value] : []));
};

describe('A1 A2 the order of resolution, for all ten names and all combinations', () => {
  const sent = new Set<string>();
  const server = createServer((request, response) => {
    for (const credential of credentialOf(request)) sent.add(credential);
    response.end('{}');
  });
  let origin: string;

  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  /** @returns the environment, and the secret of each kind for each provider */
  const arrange = async (home: MogplexHome, kinds: readonly Kind[]) => {
    const secrets: Record<Kind, (provider: string) => string> = {
      'provider variable': (provider) => `${mark}-variable-${provider}`,
      MOGPLEX_API_KEY: () => `${mark}-account-variable`,
      'stored key': (provider) => `${mark}-key-${provider}`,
      'stored login': (provider) => `${mark}-login-${provider}`,
      'stored account': () => `${mark}-account`,
    };
    const env: Record<string, string> = { MOGPLEX_VAULT_KEY: 'file', MOGPLEX_URL: origin };
    for (const name of CREDENTIAL_ENV_VARS) env[name] = '';
    for (const { id, envVar, baseUrlEnvVar } of PROVIDERS) {
      env[baseUrlEnvVar] = origin;
      if (kinds.includes('provider variable')) env[envVar] = secrets['provider variable'](id);
    }
    if (kinds.includes('MOGPLEX_API_KEY')) env['MOGPLEX_API_KEY'] = secrets.MOGPLEX_API_KEY('');
    const keys = kinds.includes('stored key') ? Object.fromEntries(PROVIDERS.map(({ id }) => [id, secrets['stored key'](id)])) : {};
    const account = { origin, email: 'me@example.com', clientId: 'mogplex-cli', accessToken: secrets['stored account']('') };
    await home.storeAuth({ keys, ...(kinds.includes('stored account') ? { mogplex: account } : {}) });
    if (kinds.includes('stored login')) {
      const vault = openVault(home.path, { env, now: Date.now });
      for (const { id } of PROVIDERS) {
        await vault.put(`oauth/${loginOf(id)}/tokens`, {
          secrets: { accessToken: new Secret(secrets['stored login'](id), 'test') },
          meta: { serviceName: id },
        });
      }
    }
    return { env, secrets };
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

  // Each provider is asked with some of the combinations. The one login that a plugin of the product serves, that of OpenAI, wins in none of its own.
  const cases = COMBINATIONS.map(
    (kinds, index) => [kinds.join(' + ') || 'nothing', PROVIDERS[index % PROVIDERS.length]?.id ?? 'groq', kinds] as const,
  );

  test.each(cases)('A1 A2 with %s (%s is asked)', async (_, provider, kinds) => {
    await using home = await makeMogplexHome();
    const { env, secrets } = await arrange(home, kinds);
    sent.clear();
    const [{ stdout }, asked] = await Promise.all([
      home.run(['doctor', '--json'], env),
      home.run(['exec', '--json', '--model', `${provider}/any`, 'hello'], env),
    ]);
    const start = JSON.parse(asked.stdout.split('\n')[0] ?? '') as { source?: string; overrides?: string[] };
    const inOrder = expected(provider, kinds).map((source) => source.replace('m…@', 'me@'));
    expect([start.source, ...(start.overrides ?? [])]).toEqual(inOrder.length === 0 ? [undefined] : inOrder);
    const [winner] = KINDS.filter((kind) => kinds.includes(kind));
    // A login is opened by its plugin, which is not there: nothing else is sent in its place.
    expect([...sent]).toEqual(winner === undefined || winner === 'stored login' ? [] : [secrets[winner](provider)]);
    const { providers } = JSON.parse(stdout) as Reported;
    for (const name of ['mogplex', ...PROVIDERS.map(({ id }) => id)]) {
      const found = providers.find((report) => report.provider === name)?.credentials ?? [];
      const wanted = expected(name, kinds);
      expect({ name, order: found.map(({ source }) => source) }).toEqual({ name, order: wanted });
      expect({ name, used: found.filter(({ used }) => used).map(({ source }) => source) }).toEqual({ name, used: wanted.slice(0, 1) });
    }
  });
});

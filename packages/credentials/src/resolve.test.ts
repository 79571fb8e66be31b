import { ACCOUNT_ENV_VAR, CREDENTIAL_ENV_VARS, PROVIDERS, findProvider } from '@mogplex/protocol';
import { describe, expect, test } from 'vitest';
import type { AccountLogin } from './account-login.ts';
import {
  ACCOUNT_PROVIDER,
  credentialCandidates,
  describeCredential,
  resolveCredential,
  type ResolvedCredential,
  type ResolveOptions,
} from './resolve.ts';
import { Secret } from './secret.ts';
import { isAccountSource } from './source.ts';

const secret = (name: string): Secret => new Secret(`value of ${name}`, name);

const ACCOUNT: AccountLogin = {
  origin: 'https://mogplex.example',
  accessToken: secret('the account'),
  email: 'you@example.com',
  clientId: 'mogplex-cli',
};

/** The five places of statement A1 in their order, and what each is called. */
const PLACES = ['provider env', 'account env', 'stored key', 'stored login', 'account'] as const;
type Place = (typeof PLACES)[number];

const idOf = (place: Place, provider: string, envVar: string): string =>
  ({
    'provider env': `env:${envVar}`,
    'account env': `env:${ACCOUNT_ENV_VAR}`,
    'stored key': `stored-key:${provider}`,
    'stored login': `login:${provider}-login`,
    account: `account:${ACCOUNT.origin}`,
  })[place];

const optionsFor = (provider: string, envVar: string, set: ReadonlySet<Place>): ResolveOptions => ({
  provider,
  env: {
    ...(set.has('account env') && { [ACCOUNT_ENV_VAR]: 'value of account env' }),
    ...(set.has('provider env') && { [envVar]: 'value of provider env' }),
  },
  auth: {
    keys: new Map(set.has('stored key') ? [[provider, secret('stored key')]] : []),
    account: set.has('account') ? { ...ACCOUNT, accessToken: secret('account') } : undefined,
  },
  vault: (name) => (name === provider && set.has('stored login') ? `${provider}-login` : undefined),
});

/** What a credential stands for: its secret, or the login that a plugin opens. */
const valueOf = (found: ResolvedCredential | undefined): string | undefined =>
  found?.via === 'login' ? 'value of stored login' : found?.secret.reveal();

const originOf = (found: ResolvedCredential | undefined): string | undefined => (found?.via === 'gateway' ? found.origin : undefined);

const subsets = <T>(items: readonly T[]): T[][] =>
  items.reduce<T[][]>((all, item) => [...all, ...all.map((subset) => [...subset, item])], [[]]);

describe('A1 A2 A13 the order of resolution, all combinations', () => {
  test.each(PROVIDERS.map(({ id, envVar }) => [id, envVar] as const))('for %s', (provider, envVar) => {
    const combinations = subsets(PLACES);
    expect(combinations).toHaveLength(32);
    for (const combination of combinations) {
      const set = new Set(combination);
      const expected = PLACES.filter((place) => set.has(place)).map((place) => idOf(place, provider, envVar));
      const options = optionsFor(provider, envVar, set);
      const found = resolveCredential(options);
      expect(found === undefined ? [] : [found.source.id, ...found.overrides.map((source) => source.id)]).toEqual(expected);
      expect(credentialCandidates(options).map(({ source }) => source.id)).toEqual(expected);
      const first = PLACES.find((place) => set.has(place));
      expect(valueOf(found)).toBe(first === undefined ? undefined : `value of ${first}`);
    }
  });

  test('for the account itself, the tenth name', () => {
    for (const combination of subsets(['account env', 'account'] as const)) {
      const set = new Set<Place>(combination);
      const expected = PLACES.filter((place) => set.has(place)).map((place) => idOf(place, ACCOUNT_PROVIDER, ACCOUNT_ENV_VAR));
      const found = resolveCredential(optionsFor(ACCOUNT_PROVIDER, 'UNUSED', set));
      expect(found === undefined ? [] : [found.source.id, ...found.overrides.map((source) => source.id)]).toEqual(expected);
    }
  });

  test('A2 there are ten names', () => {
    expect(CREDENTIAL_ENV_VARS).toHaveLength(10);
    expect(new Set([...PROVIDERS.map(({ id }) => findProvider(id)?.envVar), ACCOUNT_ENV_VAR])).toEqual(new Set(CREDENTIAL_ENV_VARS));
  });

  test.each(['', ' ', '\n'])('A2 a variable that holds %j counts as unset', (value) => {
    const set = optionsFor('openai', 'OPENAI_API_KEY', new Set(['stored key']));
    const found = resolveCredential({ ...set, env: { OPENAI_API_KEY: value, MOGPLEX_API_KEY: value } });
    expect(found?.source.id).toBe('stored-key:openai');
    expect(found?.overrides).toEqual([]);
  });

  test('a provider of a plugin has its login alone', () => {
    const set = optionsFor('openai-codex', 'UNUSED', new Set(['account env', 'stored login', 'account']));
    expect(credentialCandidates(set).map(({ source }) => source.id)).toEqual(['login:openai-codex-login']);
  });
});

describe('A13 a source says where the credential comes from and where it may go', () => {
  const at = (...places: Place[]): ReturnType<typeof resolveCredential> =>
    resolveCredential(optionsFor('openai', 'OPENAI_API_KEY', new Set(places)));

  test('in words', () => {
    const texts = PLACES.map((place) => at(place)?.source.text);
    expect(texts).toEqual([
      'env OPENAI_API_KEY',
      'env MOGPLEX_API_KEY',
      'stored key',
      'stored login (openai-login)',
      'account you@example.com at https://mogplex.example',
    ]);
    expect(describeCredential(at('provider env', 'stored key', 'account')!)).toBe('env OPENAI_API_KEY overrides stored key');
    expect(describeCredential(at('stored key')!)).toBe('stored key');
  });

  test('to the provider, to the platform or to the plugin', () => {
    expect(PLACES.map((place) => at(place)?.via)).toEqual(['direct', 'gateway', 'direct', 'login', 'gateway']);
    expect(PLACES.filter((place) => isAccountSource(at(place)!.source))).toEqual(['account env', 'account']);
  });
});

describe('A13 an account token goes only to the origin that issued it', () => {
  const account = optionsFor('openai', 'OPENAI_API_KEY', new Set(['account']));
  const withUrl = (url: string): ResolveOptions => ({ ...account, env: { MOGPLEX_URL: url } });

  test('its origin is that of the login, with and without MOGPLEX_URL', () => {
    expect(originOf(resolveCredential(account))).toBe('https://mogplex.example');
    expect(originOf(resolveCredential(withUrl('https://mogplex.example/')))).toBe('https://mogplex.example');
  });

  test.each(['https://evil.example', 'http://mogplex.example', 'https://mogplex.example:8443', 'https://mogplex.example.evil.example'])(
    'it is not used for %s, and the reason is given',
    (url) => {
      expect(resolveCredential(withUrl(url))).toBeUndefined();
      const [candidate] = credentialCandidates(withUrl(url));
      expect(candidate?.unusable).toBe(`MOGPLEX_URL is ${url}, and an account token goes only to the platform that issued it`);
    },
  );

  test('a token in the environment goes to MOGPLEX_URL', () => {
    const env = { MOGPLEX_API_KEY: 'mog_0123456789', MOGPLEX_URL: 'http://10.0.0.5:4100/base' };
    expect(originOf(resolveCredential({ ...account, env }))).toBe('http://10.0.0.5:4100');
  });

  test.each(['not a url', 'javascript:alert(1)', 'file:///etc/passwd'])('with MOGPLEX_URL %j no token goes anywhere', (url) => {
    const env = { MOGPLEX_API_KEY: 'mog_0123456789', MOGPLEX_URL: url };
    expect(resolveCredential({ ...account, env })).toBeUndefined();
    expect(credentialCandidates({ ...account, env }).map(({ unusable }) => unusable)).toEqual(
      Array.from({ length: 2 }, () => 'MOGPLEX_URL is not an http or https URL'),
    );
    expect(resolveCredential({ ...account, env: { ...env, OPENAI_API_KEY: 'sk-0123456789' } })?.source.id).toBe('env:OPENAI_API_KEY');
  });
});

import {
  ACCOUNT_PROVIDER,
  type AuthFile,
  credentialCandidates,
  openAuthFile,
  readEnv,
  type ResolvedCredential,
  resolveCredential,
} from '@mogplex/credentials';
import { CREDENTIAL_ENV_VARS, findProvider, MogplexError, PROVIDERS } from '@mogplex/protocol';
import type { World } from '../world.ts';
import { loginReader, storedLogins, vaultDamage } from './logins.ts';

/** The credentials file of a world. Nothing is read yet. */
export const authFileOf = (world: World): AuthFile =>
  openAuthFile(world.home, { now: world.now, warn: (line) => void world.stderr.write(`${line}\n`) });

/**
 * The credential that a request to a provider would use now (statement A1). Everything is read anew, so a login or a
 * logout of another process counts.
 *
 * @param provider one of the nine, `mogplex` for the account, or a plugin's provider
 */
export const resolveNow = (world: World, file: AuthFile, provider: string): ResolvedCredential | undefined =>
  resolveCredential({ provider, env: world.env, auth: file.read(), vault: loginReader(world.home) });

/** What tells one account from another, or undefined without one that can be used; not to be shown. */
export const accountOf = (world: World, file: AuthFile): string | undefined => {
  const found = resolveNow(world, file, ACCOUNT_PROVIDER);
  return found?.via === 'gateway' ? `${found.source.text} ${found.origin ?? ''}` : undefined;
};

/** Whether any credential is there at all. @throws MogplexError `damaged` when only the file could tell and it is unreadable */
export const hasCredential = (world: World, file: AuthFile): boolean => {
  if (CREDENTIAL_ENV_VARS.some((name) => readEnv(world.env, name) !== undefined)) return true;
  const { keys, account, damage } = file.read();
  if (damage) throw damage;
  return keys.size > 0 || account !== undefined || storedLogins(world.home).length > 0;
};

const noCredential = (provider: string): MogplexError => {
  const info = findProvider(provider);
  const own = info ? `set ${info.envVar}, or set` : 'or set';
  return new MogplexError(
    'unauthenticated',
    provider === ACCOUNT_PROVIDER ? 'no credential found' : `no credential for ${info?.label ?? provider}`,
    {
      boundary: 'terminal',
      hint: `Run \`mogplex\` in a terminal to sign in, ${own} MOGPLEX_API_KEY.`,
    },
  );
};

/** The first credential that is there and cannot be used, with the reason; undefined where there is none. */
export const passedOver = (world: World, file: AuthFile, provider: string): { source: string; why: string } | undefined => {
  const all = credentialCandidates({ provider, env: world.env, auth: file.read(), vault: loginReader(world.home) });
  const [first] = all.flatMap(({ source, unusable }) => (unusable === undefined ? [] : [{ source: source.text, why: unusable }]));
  return first;
};

/**
 * Why nothing can be used for a provider, as an error that says what to do about it.
 *
 * @returns `damaged` when auth.json or the vault cannot be read, `unauthenticated` else
 */
export const whyNoCredential = (world: World, file: AuthFile, provider: string): MogplexError => {
  const unusable = passedOver(world, file, provider);
  if (unusable === undefined) return file.read().damage ?? vaultDamage(world.home) ?? noCredential(provider);
  return new MogplexError('unauthenticated', `${unusable.source} cannot be used: ${unusable.why}`, {
    boundary: 'account',
    hint: 'Unset or mend MOGPLEX_URL. To use the platform that it names: Run `mogplex` in a terminal to sign in there.',
  });
};

/**
 * As {@link resolveNow}, but there must be one.
 *
 * @throws MogplexError {@link whyNoCredential}
 */
export const requireCredential = (world: World, file: AuthFile, provider: string): ResolvedCredential => {
  const found = resolveNow(world, file, provider);
  if (found) return found;
  throw whyNoCredential(world, file, provider);
};

/** The provider whose credential decides which model is the default: the environment before the disk, a provider before the account. */
export const leadingProvider = (world: World, file: AuthFile): string | undefined => {
  const { keys, account } = file.read();
  const inEnv = PROVIDERS.find(({ envVar }) => readEnv(world.env, envVar) !== undefined);
  if (inEnv) return inEnv.id;
  if (readEnv(world.env, 'MOGPLEX_API_KEY') !== undefined) return ACCOUNT_PROVIDER;
  const stored = PROVIDERS.find(({ id }) => keys.has(id))?.id;
  return stored ?? storedLogins(world.home)[0] ?? (account ? ACCOUNT_PROVIDER : undefined);
};

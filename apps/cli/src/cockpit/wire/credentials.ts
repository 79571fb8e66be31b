import { ACCOUNT_PROVIDER, type AuthFile, describeCredential, isAccountSource, openAuthFile, readEnv } from '@mogplex/credentials';
import { CREDENTIAL_ENV_VARS, findProvider, type ProviderId } from '@mogplex/protocol';
import { storedLogins } from '../../session/logins.ts';
import { accountOf, hasCredential, leadingProvider, passedOver, resolveNow } from '../../session/resolve.ts';
import type { World } from '../../world.ts';
import type { ClearedAccount, CredentialLine, CredentialPort, LogoutPlan } from '../ports.ts';
import { revokeLogin } from './sign-in.ts';

const providerOf = (model: string): string => model.split('/', 1)[0] ?? model;

/** The provider of the model; before there is one, that of the credential that decides which model is the default. */
const providerInUse = (world: World, file: AuthFile, model: string | undefined): string | undefined =>
  model === undefined ? leadingProvider(world, file) : providerOf(model);

const labelOf = (provider: string): string => findProvider(provider)?.label ?? provider;

/**
 * Credentials of the environment and of auth.json in the home folder of `world`.
 *
 * @param warn takes lines that the person must see
 */
export function credentialPort(world: World, warn: (line: string) => void): CredentialPort {
  const file = openAuthFile(world.home, { warn, now: () => world.now() });
  return {
    exists: () => exists(world, file, warn),
    line: (model) => line(world, file, model),
    account: () => accountOf(world, file),
    missing: (model) => {
      const unusable = passedOver(world, file, providerInUse(world, file, model) ?? ACCOUNT_PROVIDER);
      return unusable === undefined ? 'no credential · /login' : `not used: ${unusable.source} · ${unusable.why} · /login`;
    },
    storeKey: async (provider, key) => {
      await file.setKey(provider, key);
      const { checkKeyShape } = await import('@mogplex/providers');
      const shape = findProvider(provider) === undefined ? undefined : checkKeyShape(provider as ProviderId, key);
      return [...(shape === undefined ? [] : [shape]), ...winningVariable(world, provider)];
    },
    planLogout: (model) => plan(world, file, model),
    logout: async (model) => {
      const { account } = file.read();
      const provider = providerInUse(world, file, model);
      await file.removeAccount();
      if (provider !== undefined) await file.removeKey(provider);
      return account === undefined || (await revokeLogin(world, account));
    },
    clearAccount: async () => await clearAccount(world, file),
  };
}

/** Removes the account's login, and has the platform told meanwhile. */
export async function clearAccount(world: World, file: AuthFile): Promise<ClearedAccount> {
  const { account } = file.read();
  const removed = await file.removeAccount();
  return { removed, revoked: account === undefined ? Promise.resolve(true) : revokeLogin(world, account) };
}

/** A damaged file counts as no credential here: the person can still sign in by a variable, and is told. */
function exists(world: World, file: AuthFile, warn: (line: string) => void): boolean {
  const { damage } = file.read();
  if (damage === undefined) return hasCredential(world, file);
  warn([damage.message, damage.hint].join('\n'));
  return CREDENTIAL_ENV_VARS.some((name) => readEnv(world.env, name) !== undefined);
}

function line(world: World, file: AuthFile, model: string | undefined): CredentialLine | undefined {
  const provider = providerInUse(world, file, model) ?? ACCOUNT_PROVIDER;
  const found = resolveNow(world, file, provider);
  if (found === undefined) return undefined;
  const shown = isAccountSource(found.source) ? ACCOUNT_PROVIDER : provider;
  return {
    text: `${shown} · ${describeCredential(found)}`,
    overridden: found.source.kind === 'env' && found.overrides.length > 0,
    connection: found.via,
  };
}

function plan(world: World, file: AuthFile, model: string | undefined): LogoutPlan {
  const { keys, account } = file.read();
  const provider = providerInUse(world, file, model);
  const removes: string[] = [];
  if (account !== undefined)
    removes.push(`the account login of ${account.email} at ${account.origin}, with its synced models and MCP servers`);
  if (provider !== undefined && keys.has(provider)) removes.push(`the stored ${labelOf(provider)} key`);
  const set = CREDENTIAL_ENV_VARS.filter((name) => readEnv(world.env, name) !== undefined);
  const stored = [...keys.keys()].filter((id) => id !== provider);
  return {
    removes,
    remains: [
      ...set.map((name) => `${name} in the environment, which still wins; unset it to be signed out`),
      ...stored.map((id) => `the stored ${labelOf(id)} key`),
      ...storedLogins(world.home).map((login) => `the login to ${login}, which moxxy login logout ${login} removes`),
    ],
  };
}

function winningVariable(world: World, provider: string): string[] {
  const names = [findProvider(provider)?.envVar, 'MOGPLEX_API_KEY'];
  const winning = names.find((name) => name !== undefined && readEnv(world.env, name) !== undefined);
  return winning === undefined
    ? []
    : [`${winning} in the environment outranks the stored key. Unset it and start again to use the stored one.`];
}

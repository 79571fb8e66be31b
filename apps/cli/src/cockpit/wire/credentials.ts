import {
  ACCOUNT_PROVIDER,
  type AuthFile,
  describeCredential,
  isAccountSource,
  openAuthFile,
  readEnv,
  type ResolvedCredential,
  resolveCredential,
} from '@mogplex/credentials';
import { CREDENTIAL_ENV_VARS, findProvider, PROVIDERS } from '@mogplex/protocol';
import type { World } from '../../world.ts';
import type { CredentialLine, CredentialPort, LogoutPlan } from '../ports.ts';

/** The provider part of a model id: `openai` of `openai/gpt-5`. */
export const providerOf = (model: string): string => model.split('/', 1)[0] ?? model;

/** The credential that a request to a provider would use now: everything is read anew, so another process's login counts. */
export function resolveNow(world: World, provider: string, file: AuthFile): ResolvedCredential | undefined {
  return resolveCredential({ provider, env: world.env, auth: file.read() });
}

/** Credentials of the environment and of auth.json in the home folder of `world`. */
export function credentialPort(world: World, warn: (line: string) => void): CredentialPort {
  const file = openAuthFile(world.home, { warn, now: () => world.now() });
  const remaining = (model: string | undefined): string[] => {
    const provider = model === undefined ? undefined : providerOf(model);
    return CREDENTIAL_ENV_VARS.filter((name) => readEnv(world.env, name) !== undefined).map((name) => {
      const active = provider !== undefined && findProvider(provider)?.envVar === name;
      return `${name} is set in the environment${active ? ` and still signs ${provider} in` : ''}; unset it to be signed out`;
    });
  };
  const planLogout = (model: string | undefined): LogoutPlan => {
    const { keys, account } = file.read();
    const provider = model === undefined ? undefined : providerOf(model);
    const removes: string[] = [];
    if (account !== undefined) removes.push(`the account login of ${account.email} at ${account.origin}, with its catalog and MCP servers`);
    if (provider !== undefined && keys.has(provider)) removes.push(`the stored ${findProvider(provider)?.label ?? provider} key`);
    const others = [...keys.keys()]
      .filter((id) => id !== provider)
      .map((id) => `the stored ${findProvider(id)?.label ?? id} key stays; /model switches to it`);
    return { removes, remains: [...remaining(model), ...others] };
  };
  return {
    exists: async () => anyCredential(world, file),
    line: async (model) => {
      const provider = model === undefined ? ACCOUNT_PROVIDER : providerOf(model);
      const found = resolveNow(world, provider, file);
      return found === undefined ? undefined : describe(provider, found);
    },
    usable: async () => PROVIDERS.map((provider) => provider.id).filter((id) => resolveNow(world, id, file) !== undefined),
    storeKey: async (provider, key) => {
      await file.setKey(provider, key);
      return storeWarnings(world, provider);
    },
    planLogout: async (model) => planLogout(model),
    logout: async (model) => {
      await file.removeAccount();
      if (model !== undefined) await file.removeKey(providerOf(model));
    },
    clearAccount: async () => await file.removeAccount(),
  };
}

function anyCredential(world: World, file: AuthFile): boolean {
  if (CREDENTIAL_ENV_VARS.some((name) => readEnv(world.env, name) !== undefined)) return true;
  const { keys, account, damage } = file.read();
  if (damage !== undefined) throw damage;
  return keys.size > 0 || account !== undefined;
}

function describe(provider: string, found: ResolvedCredential): CredentialLine {
  const shown = isAccountSource(found.source) ? 'mogplex' : provider;
  return { text: `${shown} · ${describeCredential(found)}`, overridden: found.source.kind === 'env' && found.overrides.length > 0 };
}

function storeWarnings(world: World, provider: string): string[] {
  const envVar = findProvider(provider)?.envVar;
  const winning = [envVar, 'MOGPLEX_API_KEY'].find((name) => name !== undefined && readEnv(world.env, name) !== undefined);
  return winning === undefined
    ? []
    : [`${winning} in the environment outranks the stored key. Unset it and start again to use the stored one.`];
}

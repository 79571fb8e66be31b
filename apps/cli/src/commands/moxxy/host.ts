import { setTimeout as sleep } from 'node:timers/promises';
import { atomicWrite, ensurePrivateFolder, FILE_MODE, type Vault } from '@mogplex/credentials';
import * as pluginOauth from '@moxxy/plugin-oauth';
import {
  type Consents,
  createRegistry,
  exposeModules,
  type LoginContext,
  type LoginEvent,
  type LoginOutcome,
  type LoginStatus,
  type LogoutOutcome,
  type ModelClient,
  MogplexError,
  type OAuthAuth,
  openConsents,
  type ProviderDef,
  type Registry,
  type Skill,
  skillsOf,
  type Tool,
} from '@moxxy/sdk';
import * as sdk from '@moxxy/sdk';
import * as zod from 'zod';
import { canOpenBrowser, openBrowser } from '../../cockpit/wire/browser.ts';
import type { World } from '../../world.ts';
import { findPlugins } from './find-plugins.ts';
import { openVaultOf } from './open-vault.ts';

/** How one login meets the person. */
export interface LoginSurface {
  /** False for the device flow. */
  browser: boolean;
  /** The callback's port when it is not the registered one. */
  port?: number;
  signal: AbortSignal;
  report: (event: LoginEvent) => void;
}

/** Providers with their plugins, and the logins of the person who runs this process. */
export interface ProviderHost {
  registry: Registry;
  /** Why plugins were left out, one sentence each. */
  warnings: readonly string[];
  /** @throws MogplexError `not_found`, `invalid_request` for a provider without OAuth, and whatever the login throws */
  logIn(name: string, surface: LoginSurface): Promise<LoginOutcome>;
  logOut(name: string, signal: AbortSignal): Promise<LogoutOutcome>;
  status(name: string): Promise<LoginStatus>;
  /** Refreshes a stored login now. @throws MogplexError `unauthenticated` when only a new login helps */
  refresh(name: string, signal: AbortSignal): Promise<LoginStatus>;
  /** A client of a provider whose login is stored. */
  client(name: string, signal: AbortSignal): Promise<ModelClient>;
  skills(): Promise<readonly Skill[]>;
  /** The tools of all plugins, for a session whose screen is `surface`. */
  tools(surface: LoginSurface): Promise<readonly Tool[]>;
}

const waitFor = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal });
};

const oauthOf = ({ name, auth }: ProviderDef): OAuthAuth => {
  if (auth.kind === 'oauth') return auth;
  throw new MogplexError('invalid_request', `${name} uses an API key, there is nothing to log in to`, {
    boundary: 'configuration',
    hint: `Set ${auth.envVar}.`,
  });
};

/** The person's consents to run plugins of projects. */
export const consentsOf = (world: World): Promise<Consents> =>
  openConsents(world.home, {
    write: async (path, text) => {
      await ensurePrivateFolder(world.home, (line) => void world.stderr.write(`${line}\n`));
      await atomicWrite(path, text, FILE_MODE);
    },
    now: () => world.now(),
  });

const contextOf = (world: World, vault: Vault, provider: string, surface: LoginSurface): LoginContext => ({
  provider,
  vault: pluginOauth.providerVault(vault, provider),
  env: world.env,
  fetch: world.fetch,
  now: () => world.now(),
  sleep: waitFor,
  openUrl: async (url) => canOpenBrowser(world) && (await openBrowser(world, url)),
  ...surface,
});

/** Opens the registry of a world: the product's plugins, the person's own, and the project's where the person allowed them. */
export const openProviderHost = async (world: World): Promise<ProviderHost> => {
  exposeModules({ '@moxxy/sdk': sdk, '@moxxy/plugin-oauth': pluginOauth, zod });
  const { sources, warnings } = await findPlugins(world, await consentsOf(world));
  const registry = createRegistry(sources);
  const vault = openVaultOf(world);
  const silent = (signal: AbortSignal): LoginSurface => ({ browser: false, signal, report: () => undefined });
  const context = (name: string, surface: LoginSurface): LoginContext => contextOf(world, vault, name, surface);
  const forever = new AbortController().signal;
  return {
    registry,
    warnings: [...warnings, ...registry.conflicts()],
    logIn: async (name, surface) => oauthOf(await registry.provider(name)).login(context(name, surface)),
    logOut: async (name, signal) => oauthOf(await registry.provider(name)).logout(context(name, silent(signal))),
    status: async (name) => oauthOf(await registry.provider(name)).status(context(name, silent(forever))),
    refresh: async (name, signal) => {
      const auth = oauthOf(await registry.provider(name));
      const own = context(name, silent(signal));
      const credentials = auth.credentials?.(own);
      if (!credentials) throw new MogplexError('not_implemented', `${name} cannot be refreshed from here`, { boundary: 'configuration' });
      await credentials.renew((await credentials.current()).secret);
      return auth.status(own);
    },
    client: async (name, signal) => (await registry.provider(name)).createClient(context(name, silent(signal))),
    skills: async () => skillsOf(await registry.plugins()),
    tools: async (surface) => {
      const host = { provider: (name: string) => registry.provider(name), contextFor: (name: string) => context(name, surface) };
      return (await registry.plugins()).flatMap((plugin) => plugin.tools?.(host) ?? []);
    },
  };
};

/** Logs in to a provider of the registry from a screen of the caller's: what `/login <provider>` of the cockpit calls. */
export const loginWithProvider = async (name: string, world: World, surface: LoginSurface): Promise<LoginOutcome> =>
  (await openProviderHost(world)).logIn(name, surface);

import { setTimeout as sleep } from 'node:timers/promises';
import type { Vault } from '@mogplex/credentials';
import * as pluginOauth from '@moxxy/plugin-oauth';
import {
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
  type ProviderDef,
  type ProviderVault,
  type Registry,
  type Skill,
  skillsOf,
  type Tool,
} from '@moxxy/sdk';
import * as sdk from '@moxxy/sdk';
import * as zod from 'zod';
import { canOpenBrowser, openBrowser } from '../../cockpit/wire/browser.ts';
import type { World } from '../../world.ts';
import { passphrasePrompt } from './ask-passphrase.ts';
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

const isUnknown = (error: unknown): boolean => error instanceof MogplexError && error.code === 'not_found';

/** Removes a login whose plugin is not there any more. @returns undefined when nothing is stored under the name */
const removeOrphan = async (vault: ProviderVault): Promise<LogoutOutcome | undefined> =>
  (await vault.card()) === undefined
    ? undefined
    : { removed: await vault.remove(), revoked: 'unsupported', note: 'Its plugin is gone, so the service could not be told to revoke it.' };

/**
 * Opens the registry of a world: the product's plugins, the person's own, and the project's where the person allowed them.
 *
 * @param vault the one of the world when not given; it then never asks for a passphrase.
 */
export const openProviderHost = async (world: World, vault = openVaultOf(world)): Promise<ProviderHost> => {
  exposeModules({ '@moxxy/sdk': sdk, '@moxxy/plugin-oauth': pluginOauth, zod });
  const { sources, warnings } = await findPlugins(world);
  const registry = createRegistry(sources);
  const silent = (signal: AbortSignal): LoginSurface => ({ browser: false, signal, report: () => undefined });
  const context = (name: string, surface: LoginSurface): LoginContext => contextOf(world, vault, name, surface);
  const forever = new AbortController().signal;
  return {
    registry,
    warnings: [...warnings, ...registry.conflicts()],
    logIn: async (name, surface) => oauthOf(await registry.provider(name)).login(context(name, surface)),
    logOut: async (name, signal) => {
      const own = context(name, silent(signal));
      const provider = await registry.provider(name).catch((error: unknown) => {
        if (isUnknown(error)) return undefined;
        throw error;
      });
      const orphan = provider ? undefined : await removeOrphan(own.vault);
      return orphan ?? oauthOf(provider ?? (await registry.provider(name))).logout(own);
    },
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

/** The same for a program that owns the terminal and may ask for the vault's passphrase. */
export const openHostAtTerminal = (world: World): Promise<ProviderHost> =>
  openProviderHost(world, openVaultOf(world, passphrasePrompt(world)));

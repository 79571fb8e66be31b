import { ACCOUNT_PROVIDER, type AuthFile } from '@mogplex/credentials';
import { findProvider, MogplexError, type ModelList, type ProviderId, PROVIDERS } from '@mogplex/protocol';
import { fetchAccountModels, SHIPPED_MODELS } from '@mogplex/providers';
import { allowsModel, requireAllowed, type Settings } from '../config/settings.ts';
import type { World } from '../world.ts';
import { accountCredential, originOf } from './account.ts';
import { storedLogins } from './logins.ts';
import { providerOf } from './model-name.ts';
import { leadingProvider, requireCredential, resolveNow } from './resolve.ts';

export interface ListedModel {
  /** `provider/model` */
  id: string;
  /** `account` when the account's catalog names it, `login` when a plugin with a stored login does, otherwise `shipped`. */
  origin: 'account' | 'login' | 'shipped';
}

const accountCatalog = async (world: World, file: AuthFile, signal: AbortSignal): Promise<ModelList> => {
  const found = requireCredential(world, file, ACCOUNT_PROVIDER);
  const credential = accountCredential(world, file, found);
  return await fetchAccountModels({
    origin: originOf(found),
    credential,
    source: found.source.text,
    fetch: world.fetch,
    now: world.now,
    signal,
  });
};

const catalogModels = async (
  world: World,
  file: AuthFile,
  signal: AbortSignal,
  warn: (line: string) => void,
): Promise<ModelList['models']> => {
  if (!resolveNow(world, file, ACCOUNT_PROVIDER)) return [];
  try {
    return (await accountCatalog(world, file, signal)).models;
  } catch (error) {
    if (signal.aborted) throw error;
    warn(`the models of the account are not known: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
};

/** The models of a plugin's provider, the default first. */
const pluginModels = async (world: World, login: string): Promise<string[]> => {
  const { openProviderHost } = await import('../commands/moxxy/host.ts');
  const definition = await (await openProviderHost(world)).registry.provider(login);
  return definition.models.map(({ id }) => `${login}/${id}`);
};

/**
 * The models that can be named now: the shipped list of every provider with a direct credential, those of stored logins,
 * and the account's catalog (statement A9).
 *
 * @param warn takes a line when the platform or a plugin cannot be asked; the other models are listed all the same
 */
export const listModels = async (
  world: World,
  file: AuthFile,
  settings: Settings,
  signal: AbortSignal,
  warn: (line: string) => void,
): Promise<ListedModel[]> => {
  const direct = PROVIDERS.filter(({ id }) => resolveNow(world, file, id)?.via === 'direct');
  const shipped = direct.flatMap(({ id }) => SHIPPED_MODELS[id].map((name): ListedModel => ({ id: `${id}/${name}`, origin: 'shipped' })));
  // A login may outlive its plugin.
  const unknown = (login: string, error: unknown): string[] => {
    warn(`the models of ${login} are not known: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  };
  const plugins = await Promise.all(
    storedLogins(world.home).map((login) => pluginModels(world, login).catch((error: unknown) => unknown(login, error))),
  );
  const logins = plugins.flat().map((id): ListedModel => ({ id, origin: 'login' }));
  const catalog = await catalogModels(world, file, signal, warn);
  const synced = catalog
    .filter(({ provider, reachable }) => reachable && !direct.some(({ id }) => id === provider))
    .map(({ id }): ListedModel => ({ id, origin: 'account' }));
  return [...shipped, ...logins, ...synced].filter(({ id }) => allowsModel(settings, id));
};

const MEND_ACCESS = 'Change the plan, or add an AI Gateway, OpenAI or Anthropic key in Settings > API Keys.';

/** The account's own default, else the first model that it can reach (statement A10 where there is none). */
const accountDefault = ({ models, default: preferred }: ModelList, settings: Settings): string => {
  const usable = models.filter(({ id, reachable }) => reachable && allowsModel(settings, id));
  const chosen = usable.find(({ id }) => id === preferred) ?? usable[0];
  if (chosen) return chosen.id;
  const [first] = models;
  throw new MogplexError('no_model_access', `no model access: ${first?.message ?? 'the catalog of this account is empty'}`, {
    boundary: 'model',
    hint: first?.hint ?? MEND_ACCESS,
  });
};

const noDefault = (world: World, file: AuthFile): never => {
  requireCredential(world, file, ACCOUNT_PROVIDER);
  throw new MogplexError('not_found', 'no model is set', { boundary: 'model', hint: 'Name one with --model provider/model.' });
};

/** The first model of a provider that the settings allow, else its default, which is then refused by name. */
export const shippedDefault = (provider: ProviderId, settings: Settings): string => {
  const ids = SHIPPED_MODELS[provider].map((name) => `${provider}/${name}`);
  return ids.find((id) => allowsModel(settings, id)) ?? `${provider}/${SHIPPED_MODELS[provider][0]}`;
};

/** The model when nobody names one: that of the settings, else of the credential that comes first, else the account's. */
const defaultModel = async (world: World, file: AuthFile, settings: Settings, signal: AbortSignal): Promise<string> => {
  if (settings.model !== undefined) return settings.model;
  const leading = leadingProvider(world, file);
  const provider = leading === undefined ? undefined : findProvider(leading);
  if (provider) return shippedDefault(provider.id, settings);
  if (leading === undefined) return noDefault(world, file);
  if (leading !== ACCOUNT_PROVIDER) {
    // A login may outlive its plugin; an account that is there as well has models of its own.
    const others = resolveNow(world, file, ACCOUNT_PROVIDER) !== undefined;
    const [first] = await pluginModels(world, leading).catch((error: unknown) => {
      if (others) return [];
      throw error;
    });
    if (first !== undefined || !others) return first ?? noDefault(world, file);
  }
  return accountDefault(await accountCatalog(world, file, signal), settings);
};

/**
 * The model to use: the one asked for, or the default.
 *
 * @param asked `provider/model`
 * @throws MogplexError `not_found` for a provider that does not exist, `forbidden` for a model that the settings do not
 * allow, `unauthenticated` without any credential
 */
export const chooseModel = async (
  world: World,
  file: AuthFile,
  settings: Settings,
  asked: string | undefined,
  signal: AbortSignal,
): Promise<string> => {
  const model = asked ?? (await defaultModel(world, file, settings, signal));
  providerOf(world, model);
  requireAllowed(settings, model);
  return model;
};

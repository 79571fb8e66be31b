import { parseModelId } from '@mogplex/providers';
import type { World } from '../world.ts';
import { storedLogins } from './logins.ts';

/** `provider/model` taken apart, without a look at whether either exists. */
export const splitModel = (model: string): { provider: string; name: string } => {
  const slash = model.indexOf('/');
  return { provider: model.slice(0, Math.max(0, slash)), name: model.slice(slash + 1) };
};

/**
 * The provider of a model: one of the nine, or a plugin's provider with a stored login.
 *
 * @throws MogplexError `not_found` for any other
 */
export const providerOf = (world: World, model: string): string => {
  const { provider, name } = splitModel(model);
  if (name !== '' && storedLogins(world.home).includes(provider)) return provider;
  return parseModelId(model).provider.id;
};

import type { AuthFile, ResolvedCredential } from '@mogplex/credentials';
import { createAccountClient, createDirectClient, parseModelId, type ToolModelClient } from '@mogplex/providers';
import type { World } from '../world.ts';
import { accountCredential, originOf } from './account.ts';

export interface ModelAccess {
  client: ToolModelClient;
  /** What the client calls the model. */
  model: string;
}

/**
 * The client that a resolved credential leads to: the provider itself, or the gateway of the account's platform.
 *
 * @param model `provider/model`
 * @param silenceSeconds seconds without a byte after which a prompt is given up
 */
export const openModel = (world: World, file: AuthFile, model: string, found: ResolvedCredential, silenceSeconds: number): ModelAccess => {
  const { provider, name } = parseModelId(model);
  const common = { fetch: world.fetch, now: world.now, silenceSeconds };
  if (found.via === 'gateway') {
    const credential = accountCredential(world, file, found);
    return { client: createAccountClient({ ...common, origin: originOf(found), credential, source: found.source.text }), model };
  }
  const baseUrl = world.env[provider.baseUrlEnvVar] || undefined;
  const client = createDirectClient({
    ...common,
    provider,
    key: found.secret,
    credential: found.source.text,
    ...(baseUrl === undefined ? {} : { baseUrl }),
  });
  return { client, model: name };
};

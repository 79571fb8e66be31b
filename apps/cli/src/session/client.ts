import type { AuthFile, ResolvedCredential } from '@mogplex/credentials';
import { createAccountClient, createDirectClient, parseModelId } from '@mogplex/providers';
import type { ModelClient } from '@moxxy/sdk';
import type { World } from '../world.ts';
import { accountCredential, originOf } from './account.ts';
import { splitModel } from './model-name.ts';

export interface ModelAccess {
  client: ModelClient;
  /** What the client calls the model. */
  model: string;
}

export interface OpenModelOptions {
  file: AuthFile;
  /** `provider/model` */
  model: string;
  found: ResolvedCredential;
  /** Seconds without a byte after which a prompt is given up. */
  silenceSeconds: number;
  signal: AbortSignal;
}

const pluginClient = async (world: World, login: string, signal: AbortSignal): Promise<ModelClient> => {
  const { openProviderHost } = await import('../commands/moxxy/host.ts');
  return await (await openProviderHost(world)).client(login, signal);
};

/** The client that a resolved credential leads to: the provider itself, the gateway of the account's platform, or a plugin. */
export const openModel = async (world: World, { file, model, found, silenceSeconds, signal }: OpenModelOptions): Promise<ModelAccess> => {
  if (found.via === 'login') {
    return { client: await pluginClient(world, found.login, signal), model: splitModel(model).name };
  }
  const common = { fetch: world.fetch, now: world.now, silenceSeconds };
  if (found.via === 'gateway') {
    const credential = accountCredential(world, file, found);
    return { client: createAccountClient({ ...common, origin: originOf(found), credential, source: found.source.text }), model };
  }
  const { provider, name } = parseModelId(model);
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

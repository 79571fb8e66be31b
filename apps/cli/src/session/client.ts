import type { AuthFile, ResolvedCredential } from '@mogplex/credentials';
import { type ChatTurn, createAccountClient, createDirectClient, parseModelId, type ToolChatRequest } from '@mogplex/providers';
import type { ChatEvent, ChatMessage, ModelClient } from '@moxxy/sdk';
import type { World } from '../world.ts';
import { accountCredential, originOf } from './account.ts';
import { splitModel } from './model-name.ts';

export interface ModelAccess {
  stream(request: ToolChatRequest): AsyncIterable<ChatEvent>;
  /** What the client calls the model. */
  model: string;
  /** Whether tools reach the model. */
  passesTools: boolean;
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

/** The part of a conversation that a client without tools understands. */
const plainMessages = (turns: readonly ChatTurn[]): ChatMessage[] =>
  turns.flatMap((turn) => (turn.role === 'tool' || turn.content === '' ? [] : [{ role: turn.role, content: turn.content }]));

/** The client that a resolved credential leads to: the provider itself, the gateway of the account's platform, or a plugin. */
export const openModel = async (world: World, { file, model, found, silenceSeconds, signal }: OpenModelOptions): Promise<ModelAccess> => {
  if (found.via === 'login') {
    const client = await pluginClient(world, found.login, signal);
    const stream = ({ messages, tools: _tools, ...rest }: ToolChatRequest): AsyncIterable<ChatEvent> =>
      client.stream({ ...rest, messages: plainMessages(messages) });
    return { stream, model: splitModel(model).name, passesTools: false };
  }
  const common = { fetch: world.fetch, now: world.now, silenceSeconds };
  if (found.via === 'gateway') {
    const credential = accountCredential(world, file, found);
    const client = createAccountClient({ ...common, origin: originOf(found), credential, source: found.source.text });
    return { stream: (request) => client.stream(request), model, passesTools: true };
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
  return { stream: (request) => client.stream(request), model: name, passesTools: true };
};

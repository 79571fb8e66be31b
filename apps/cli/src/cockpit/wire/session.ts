import { ACCOUNT_PROVIDER, type AuthFile } from '@mogplex/credentials';
import type { ModelInfo } from '@mogplex/protocol';
import type { Session } from '../../session/open.ts';
import { resolveNow } from '../../session/resolve.ts';
import type { World } from '../../world.ts';
import type { ModelChoice, OpenSession } from '../ports.ts';

/** A price is in micro-dollars per million tokens. */
const DOLLARS = 1e-12;

/**
 * Opens the session of prompts. Its code, and with it the clients of the models, is loaded here and not before.
 *
 * @param warn takes lines that the person must see
 */
export async function openSessionPort(world: World, warn: (line: string) => void): Promise<OpenSession> {
  const [{ openSession }, { chooseModel, listModels }, { SHIPPED_MODELS, MODELS_DATE }] = await Promise.all([
    import('../../session/open.ts'),
    import('../../session/models.ts'),
    import('@mogplex/providers'),
  ]);
  const details = { account: 'through the account', login: 'through the stored login', shipped: `shipped list of ${MODELS_DATE}` };
  let ask: Parameters<OpenSession['askWith']>[0] = async () => false;
  const session = await openSession(world, { command: 'cockpit', warn, approve: (call) => ask(call) });
  const { conversation, settings, file } = session;
  const signal = new AbortController().signal;
  const prices = new Map<string, ModelInfo['price']>();
  void loadPrices(world, file, prices);
  return {
    id: session.log.sessionId,
    mode: settings.permissionMode,
    permit: (mode) => conversation.permit(mode),
    askWith: (approve) => {
      ask = approve;
    },
    chooseModel: async (asked) => await chooseModel(world, file, settings, asked, signal),
    defaultOf: async (provider) =>
      defaultOf(session, provider, SHIPPED_MODELS) ??
      (await listModels(world, file, settings, signal, warn)).find(({ id }) => id.startsWith(`${provider}/`))?.id,
    listModels: async () =>
      (await listModels(world, file, settings, signal, warn)).map(({ id, origin }): ModelChoice => ({ id, detail: details[origin] })),
    cost: (model, inputTokens, outputTokens) => {
      const price = prices.get(model);
      return price == null ? undefined : (inputTokens * price.input + outputTokens * price.output) * DOLLARS;
    },
    send: (prompt, model, aborted) => conversation.send(prompt, model, aborted),
    clear: () => conversation.clear(),
    close: async () => await session.close(),
  };
}

function defaultOf(
  { settings }: Session,
  provider: string,
  shipped: Readonly<Record<string, readonly [string, ...string[]]>>,
): string | undefined {
  if (settings.model?.startsWith(`${provider}/`) === true) return settings.model;
  const models = shipped[provider];
  return models === undefined ? undefined : `${provider}/${models[0]}`;
}

/** Fills in the prices of the account's catalog. Without an account, or without an answer, costs stay unknown. */
async function loadPrices(world: World, file: AuthFile, prices: Map<string, ModelInfo['price']>): Promise<void> {
  if (resolveNow(world, file, ACCOUNT_PROVIDER) === undefined) return;
  const [{ modelList }, { askPlatform }] = await Promise.all([import('@mogplex/protocol'), import('./platform.ts')]);
  const answer = modelList.safeParse(await askPlatform(world, '/models').catch(() => undefined));
  for (const model of answer.data?.models ?? []) prices.set(model.id, model.price);
}

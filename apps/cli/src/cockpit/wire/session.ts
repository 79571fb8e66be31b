import type { AuthFile } from '@mogplex/credentials';
import { findProvider } from '@mogplex/protocol';
import { accountOf } from '../../session/resolve.ts';
import type { World } from '../../world.ts';
import type { ModelChoice, OpenSession } from '../ports.ts';

/** A price is in micro-dollars per million tokens. */
const DOLLARS = 1e-12;

/** Ms that the account's catalog is waited for. */
const CATALOG_MS = 15_000;

/**
 * Opens the session of prompts. Its code, and with it the clients of the models, is loaded here and not before.
 *
 * @param warn takes lines that the person must see
 */
export async function openSessionPort(world: World, warn: (line: string) => void): Promise<OpenSession> {
  const [{ openSession }, { chooseModel, listModels, shippedDefault }, { MODELS_DATE }] = await Promise.all([
    import('../../session/open.ts'),
    import('../../session/models.ts'),
    import('@mogplex/providers'),
  ]);
  const details = { account: 'through the account', login: 'through the stored login', shipped: `shipped list of ${MODELS_DATE}` };
  let ask: Parameters<OpenSession['askWith']>[0] = async () => false;
  const session = await openSession(world, { command: 'cockpit', warn, approve: (call) => ask(call) });
  const { conversation, settings, file } = session;
  const signal = new AbortController().signal;
  const facts: ModelFacts = { known: new Map(), shippedDate: '', of: undefined };
  let loaded = loadFacts(world, file, facts);
  return {
    id: session.log.sessionId,
    mode: settings.permissionMode,
    permit: (mode) => conversation.permit(mode),
    askWith: (approve) => {
      ask = approve;
    },
    chooseModel: async (asked, stop = signal) => await chooseModel(world, file, settings, asked, stop),
    factsLoaded: async () => {
      // What one account's catalog says is not true of another's.
      if (facts.of !== accountOf(world, file)) loaded = loadFacts(world, file, facts);
      await loaded;
    },
    defaultOf: async (provider) => {
      if (settings.model?.startsWith(`${provider}/`) === true) return settings.model;
      const known = findProvider(provider);
      if (known !== undefined) return shippedDefault(known.id, settings);
      return (await listModels(world, file, settings, signal, warn)).find(({ id }) => id.startsWith(`${provider}/`))?.id;
    },
    listModels: async (stop) =>
      (await listModels(world, file, settings, stop, warn)).map(({ id, origin }): ModelChoice => ({ id, detail: details[origin] })),
    cost: (model, inputTokens, outputTokens) => {
      const price = facts.known.get(model)?.price;
      return price == null ? undefined : (inputTokens * price.input + outputTokens * price.output) * DOLLARS;
    },
    pricesFrom: () => `Estimated from the account's catalog, else from the prices shipped with this version (${facts.shippedDate}).`,
    contextLength: (model) => facts.known.get(model)?.contextLength,
    send: (prompt, model, aborted) => conversation.send(prompt, model, aborted),
    clear: () => conversation.clear(),
    dropTools: async () => await session.dropTools(),
    close: async () => await session.close(),
  };
}

interface ModelFact {
  price: { input: number; output: number } | null;
  contextLength: number;
}

/** What is known of models, by `provider/model`. */
interface ModelFacts {
  known: Map<string, ModelFact>;
  /** The day of the prices that ship with this version. */
  shippedDate: string;
  /** The account whose catalog was read; undefined without one. */
  of: string | undefined;
}

/** Fills in what ships with this version, then what the account's catalog says. Without either, costs stay unknown. */
async function loadFacts(world: World, file: AuthFile, facts: ModelFacts): Promise<void> {
  facts.of = accountOf(world, file);
  const { CATALOG, CATALOG_DATE } = await import('@mogplex/server/catalog');
  facts.shippedDate = CATALOG_DATE;
  facts.known.clear();
  for (const { id, price, contextLength } of CATALOG) facts.known.set(id, { price: price ?? null, contextLength });
  if (facts.of === undefined) return;
  const { openPlatform } = await import('../../session/platform.ts');
  try {
    const { models } = await openPlatform(world).client.listModels({ signal: AbortSignal.timeout(CATALOG_MS) });
    for (const { id, price, contextLength } of models) facts.known.set(id, { price, contextLength });
  } catch {
    // The catalog is asked for again, and its errors are told, where models are listed; here it only makes prices exact.
    return;
  }
}

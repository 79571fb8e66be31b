import type { ProviderId } from '@mogplex/protocol';
import { z } from 'zod';
import type { Store } from '../../store/open.ts';
import { upstreamHeaders } from '../gateway/headers.ts';
import type { Pools } from '../gateway/pools.ts';
import { fetchWhole } from '../gateway/upstream/fetch-whole.ts';
import type { SettingsCache } from '../settings.ts';
import { ENDPOINTS } from '../upstreams/endpoints.ts';
import type { Upstream } from '../upstreams/upstreams.ts';

/** Brings the names that providers list into the catalogue. */
export interface CatalogRefresh {
  /**
   * Asks every hosted key's provider for its list, all at the same time, and adds what the catalogue lacks: without a price,
   * which nobody has stated. Asks at most once a minute; a provider that does not answer changes nothing.
   *
   * @returns how many models were added.
   */
  refresh(): Promise<number>;
}

interface Listed {
  name: string;
  label: string;
  contextLength: number;
  maxOutput: number;
}

const PAUSE_MS = 60_000;
/** Milliseconds until a list is whole. */
const LIST_MS = 10_000;
const MOST_BYTES = 2 * 1024 * 1024;
const MOST_MODELS = 1_000;
const UNKNOWN_CONTEXT = 128_000;
const UNKNOWN_OUTPUT = 32_000;

const name = z.string().regex(/^[\w.:@/-]{1,150}$/);
const openaiList = z.object({ data: z.array(z.object({ id: name, display_name: z.string().max(100).optional() })) });
const googleList = z.object({
  models: z.array(
    z.object({
      name,
      displayName: z.string().max(100).optional(),
      inputTokenLimit: z.number().int().positive().optional(),
      outputTokenLimit: z.number().int().positive().optional(),
    }),
  ),
});

const parseList = (provider: ProviderId, body: unknown): Listed[] => {
  if (provider === 'google') {
    return googleList.parse(body).models.map((model) => ({
      name: model.name.replace(/^models\//, ''),
      label: model.displayName ?? model.name,
      contextLength: model.inputTokenLimit ?? UNKNOWN_CONTEXT,
      maxOutput: model.outputTokenLimit ?? UNKNOWN_OUTPUT,
    }));
  }
  return openaiList.parse(body).data.map((model) => ({
    name: model.id,
    label: model.display_name ?? model.id,
    contextLength: UNKNOWN_CONTEXT,
    maxOutput: UNKNOWN_OUTPUT,
  }));
};

const fetchList = async (pools: Pools, upstream: Upstream): Promise<Listed[]> => {
  const base = new URL(upstream.baseUrl ?? ENDPOINTS[upstream.provider].baseUrl);
  const format = ENDPOINTS[upstream.provider].formats[0] ?? 'openai';
  const query = format === 'openai' ? '' : format === 'anthropic' ? '?limit=1000' : '?pageSize=1000';
  const request = {
    method: 'GET' as const,
    path: `${base.pathname}/models${query}`,
    headers: upstreamHeaders({ accept: 'application/json' }, format, upstream.key.reveal()),
    body: undefined,
  };
  const { status, body } = await fetchWhole(pools.get(base.origin, true), request, { bytes: MOST_BYTES, ms: LIST_MS });
  if (status !== 200) throw new Error(`the list of models was answered with ${status}`);
  return parseList(upstream.provider, JSON.parse(body.toString('utf8'))).slice(0, MOST_MODELS);
};

const addMissing = async (
  store: Store,
  provider: ProviderId,
  known: ReadonlyMap<string, unknown>,
  listed: readonly Listed[],
  now: number,
): Promise<number> => {
  const missing = listed.filter((model) => !known.has(`${provider}/${model.name}`));
  let added = 0;
  for (const model of missing) {
    const { numInsertedOrUpdatedRows } = await store.db
      .insertInto('models')
      .values({
        id: `${provider}/${model.name}`,
        provider,
        name: model.name,
        label: model.label,
        context_length: model.contextLength,
        max_output: model.maxOutput,
        capabilities: '["text"]',
        input_price: null,
        cached_input_price: null,
        output_price: null,
        cache_write_price: null,
        origin: 'upstream',
        enabled: 1,
        updated_at: now,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    added += Number(numInsertedOrUpdatedRows ?? 0n);
  }
  return added;
};

/** @param onFailure told of a provider whose list could not be read. */
export const createCatalogRefresh = (
  parts: { store: Store; settings: SettingsCache; pools: Pools; now: () => number },
  onFailure: (error: unknown, provider: ProviderId) => void,
): CatalogRefresh => {
  let running: Promise<number> | undefined;
  let last = -PAUSE_MS;
  const addFrom = async (upstream: Upstream, known: ReadonlyMap<string, unknown>): Promise<number> => {
    try {
      return await addMissing(parts.store, upstream.provider, known, await fetchList(parts.pools, upstream), parts.now());
    } catch (error) {
      onFailure(error, upstream.provider);
      return 0;
    }
  };
  const run = async (): Promise<number> => {
    const { models, upstreams } = await parts.settings.current();
    // An AI Gateway lists other providers' models, which the catalogue knows by those.
    const hosted = upstreams.filter(({ accountId, provider }) => accountId === null && provider !== 'vercel');
    const counts = await Promise.all(hosted.map((upstream) => addFrom(upstream, models)));
    const added = counts.reduce((sum, count) => sum + count, 0);
    if (added > 0) await parts.settings.changed();
    return added;
  };
  return {
    refresh: () => {
      if (running) return running;
      if (parts.now() - last < PAUSE_MS) return Promise.resolve(0);
      last = parts.now();
      running = run().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
};

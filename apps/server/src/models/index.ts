import { randomUUID } from 'node:crypto';
import type { GuardParts } from '../http/guard.ts';
import type { Route } from '../http/route.ts';
import type { Platform } from '../platform.ts';
import { dialPolicy } from '../network/dial.ts';
import { createPinger } from './gateway/ping.ts';
import { createPools } from './gateway/pools.ts';
import { listCatalog } from './catalog/list.ts';
import type { Caller } from './catalog/reach.ts';
import { createCatalogRefresh } from './catalog/refresh.ts';
import { createGateway, type Gateway } from './gateway/serve.ts';
import type { AlertRow } from './ledger/book.ts';
import { createLedger, type Ledger } from './ledger/ledger.ts';
import { openPostgresLedger } from './ledger/postgres.ts';
import { tellOfSoftLimit } from './ledger/soft-limit.ts';
import { openSqliteLedger } from './ledger/sqlite.ts';
import { administrationRoutes } from './routes/administration.ts';
import { choiceRoutes } from './routes/choices.ts';
import { catalogRoutes } from './routes/models.ts';
import { ownKeyRoutes } from './routes/own-keys.ts';
import { usageRoutes } from './routes/usage.ts';
import { createSettingsCache, loadSettings } from './settings.ts';
import { type Ailment, createHealthBook } from './upstreams/health.ts';

export { parallelRunsOf } from './parallel-runs.ts';
export { type UsageOfRun, usageOfRuns } from './ledger/usage.ts';
export { listUpstreams, removeUpstream, setUpstream, type UpstreamInfo } from './upstreams/upstreams.ts';

/** What this room offers the others. */
export interface ModelsRoom {
  routes: Route[];
  /** Id of the model that a caller gets who names none: the account's choice, else the first in reach; undefined where none is. */
  defaultModel(caller: Caller): Promise<string | undefined>;
  /** The gateway behind the platform's guards; it takes requests before any framework does. */
  gateway(guards: GuardParts): Gateway;
  close(): Promise<void>;
}

/** How often the providers are asked for new models. */
const REFRESH_MS = 24 * 3_600_000;

/** How long the ledger waits, when the server stops, for a store that does not answer. */
const DRAIN_MS = 3_000;

const openLedger = ({ config, store, log, now }: Platform): Ledger => {
  const leaseMs = config.modelSeconds.lease * 1_000;
  const serverId = randomUUID();
  const events = {
    onAlert: (alert: AlertRow) => {
      const { payer, percent, period } = alert;
      log.info('a soft limit was passed', { payer, percent, period });
      tellOfSoftLimit(store.db, alert, now()).catch((error: unknown) =>
        log.error('nobody could be told of a soft limit', error, { payer }),
      );
    },
    onFailure: (error: unknown) => log.error('the ledger could not be written', error),
    onUnbooked: (calls: number) =>
      log.error('the ledger could not be closed in order', new Error(`${calls} calls could not be booked as they ended`)),
  };
  const ledgerStore = store.database
    ? openSqliteLedger(store.db, store.database, { serverId, leaseMs, onFailure: events.onFailure, now })
    : openPostgresLedger(store.db, serverId, leaseMs);
  return createLedger(ledgerStore, events, { lease: leaseMs, drain: DRAIN_MS }, now);
};

/** Opens catalogue, keys, ledger and gateway. */
export const openModels = (platform: Platform): ModelsRoom => {
  const { config, store, coherence, log, now } = platform;
  const { connect, firstByte, idle, stall, ping } = config.modelSeconds;
  const settings = createSettingsCache(coherence, () =>
    loadSettings(store, (id, error) => log.error('a provider key cannot be opened', error, { upstream: id })),
  );
  const ledger = openLedger(platform);
  const pools = createPools(
    { connect: connect * 1_000, firstByte: firstByte * 1_000, idle: idle * 1_000, stall: stall * 1_000 },
    dialPolicy(config.allowPrivateUpstreams, config.proxy),
  );
  const pinger = createPinger(ping * 1_000);
  const noteHealth = (id: string, ailment: Ailment | undefined): void => {
    const row = { health: ailment?.health ?? ('ok' as const), health_note: ailment?.note ?? null, health_at: now() };
    store.db
      .updateTable('model_upstreams')
      .set(row)
      .where('id', '=', id)
      .execute()
      .catch((error: unknown) => log.error('the health of a provider key could not be noted', error, { upstream: id }));
  };
  const health = createHealthBook(noteHealth, now);
  const catalog = createCatalogRefresh({ store, settings, pools, now }, (error, provider) =>
    log.error('the models of a provider could not be listed', error, { provider }),
  );
  const daily = setInterval(() => void catalog.refresh(), REFRESH_MS);
  daily.unref();
  return {
    routes: [
      ...catalogRoutes(settings),
      ...choiceRoutes(platform, settings),
      ...ownKeyRoutes(platform, settings),
      ...usageRoutes(platform, settings),
      ...administrationRoutes(platform, settings, ledger, catalog),
    ],
    defaultModel: async (caller) => listCatalog(await settings.current(), caller).default ?? undefined,
    gateway: (guards) =>
      createGateway({ settings, ledger, pools, pinger, health, catalog, now }, { ...guards, bodyLimit: config.limits.modelBody }),
    close: async () => {
      clearInterval(daily);
      await ledger.close();
      pinger.close();
      pools.close();
    },
  };
};

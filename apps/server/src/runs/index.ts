import type { Route } from '../http/route.ts';
import type { Platform } from '../platform.ts';
import { openQueue } from '../queue/open.ts';
import { createChatAgent } from './agents/chat.ts';
import { type Authenticate, streamRoute } from './live/route.ts';
import { createWatching } from './live/watch.ts';
import { RUN_CHANNEL } from './record.ts';
import { runRoutes } from './routes.ts';
import type { StartParts } from './start.ts';
import { keepSweeping, sweepRuns } from './sweep.ts';
import { startWorkers, type Workers } from './worker.ts';

/** Milliseconds between two log lines about a queue that does not answer. */
const QUIET_MS = 10_000;

/** What this room offers the others. */
export interface RunRoom {
  routes: Route[];
  /** Begins to work on runs; the gateway of this server answers by now. */
  start(): void;
  /** Takes no more runs, ends the streams, and gives the runs under way some time. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Opens runs: start, lease, events, cancel, live stream. */
export const openRuns = async (
  platform: Platform,
  rooms: { defaultModel: StartParts['defaultModel']; authenticate: Authenticate },
): Promise<RunRoom> => {
  const { config, store, coherence, log, now, randomBytes, localUrl } = platform;
  let told = Number.NEGATIVE_INFINITY;
  // It says so several times a second while the store is down.
  const queueFailed = (error: unknown): void => {
    if (now() - told < QUIET_MS) return;
    told = now();
    log.error('the queue of runs failed', error);
  };
  const queue = await openQueue(store, now, queueFailed);
  const agents = new Map([createChatAgent()].map((agent) => [agent.info.id, agent]));
  const parts: StartParts = {
    store,
    coherence,
    queue,
    now,
    randomBytes,
    agents,
    defaultModel: (caller) => rooms.defaultModel(caller),
  };
  const watching = createWatching(store.db, log);
  let workers: Workers | undefined;
  let stopSweeping = (): Promise<void> => Promise.resolve();
  await coherence.subscribe(RUN_CHANNEL, {
    hear(message) {
      if (message === '+') workers?.wake();
      else if (message.startsWith('!')) workers?.cancel(message.slice(1));
      else watching.wake(message);
    },
    missed() {
      workers?.wake();
      workers?.check();
      watching.wakeAll();
    },
  });
  return {
    routes: [...runRoutes(parts), streamRoute(store.db, watching, rooms.authenticate)],
    start() {
      workers = startWorkers({ ...parts, log, gateway: localUrl, queueFailed }, config.runs.workers);
      const sweep = (signal: AbortSignal) => sweepRuns(store.db, config.runs.keepDays, now(), signal);
      stopSweeping = keepSweeping(sweep, (error) => log.error('old runs could not be removed', error));
    },
    async drain() {
      const swept = stopSweeping();
      watching.close();
      await workers?.drain(config.drainSeconds * 1_000);
      await swept;
    },
    close: () => queue.close(),
  };
};

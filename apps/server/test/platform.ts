import { randomBytes } from 'node:crypto';
import { loadConfig } from '../src/config.ts';
import { type RunningServer, startServer } from '../src/main.ts';
import type { StorePlace } from './stores.ts';

export interface TestPlatform extends RunningServer {
  /** What the server has logged so far. */
  logged(): string;
}

/**
 * Starts the real server on a free port of 127.0.0.1, over a socket.
 *
 * @param place where its store lives, see `stores.ts`.
 * @param env further settings, such as `MOGPLEX_RATE_LIMIT`.
 * @param now the server's clock.
 */
export const startPlatform = async (
  place: StorePlace,
  env: Readonly<Record<string, string>> = {},
  now: () => number = Date.now,
): Promise<TestPlatform> => {
  let log = '';
  const config = loadConfig({
    MOGPLEX_PORT: '0',
    MOGPLEX_DATA_DIR: place.dataDir,
    DATABASE_URL: place.databaseUrl?.reveal(),
    MOGPLEX_RATE_LIMIT: '1000000',
    MOGPLEX_ADDRESS_LIMIT: '1000000',
    MOGPLEX_START_LIMIT: '1000000',
    MOGPLEX_DRAIN_SECONDS: '1',
    ...env,
  });
  const server = await startServer(config, { log: (lines) => void (log += lines), now, randomBytes, pid: process.pid });
  return { ...server, logged: () => log };
};

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StorePlace } from './stores.ts';

/** A platform in a process of its own, which a test may kill. */
export interface ChildServer {
  url: string;
  /** Ends it as a power cut would end the process: SIGKILL. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Stops and continues it as a machine does that is frozen for a while. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

const ENTRY = fileURLToPath(new URL('./child-entry.ts', import.meta.url));

// A test that fails leaves nothing running behind it.
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
};

/** Starts the platform at a place in a child process and waits until it listens. */
export const startChildServer = async (place: StorePlace, env: Readonly<Record<string, string>> = {}): Promise<ChildServer> => {
  const child = spawn(process.execPath, [ENTRY], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      MOGPLEX_PORT: '0',
      MOGPLEX_LOG: 'error',
      MOGPLEX_DATA_DIR: place.dataDir,
      ...(place.databaseUrl ? { DATABASE_URL: place.databaseUrl.reveal() } : {}),
      MOGPLEX_MODEL_RATE_LIMIT: '1000000',
      MOGPLEX_DRAIN_SECONDS: '1',
      ...env,
    },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines = createInterface({ input: child.stdout });
  const [url] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the server ended'))),
  ])) as [string];
  return { url, kill: () => end(child, 'SIGKILL'), stop: () => end(child, 'SIGTERM'), signal: (name) => void child.kill(name) };
};

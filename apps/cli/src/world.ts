import { resolveHome } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';

/**
 * Everything a command may touch of the outside. Commands take it as their one parameter, so a test hands in its own.
 */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly fetch: typeof fetch;
  /** The folder of auth.json, config.toml and logs (statement A4), absolute. It need not exist yet. */
  readonly home: string;
  /** The folder that the person stands in, absolute. */
  readonly cwd: string;
  /**
   * A signal that fires on the first SIGINT, SIGTERM or SIGHUP. The first call takes these signals over from the
   * default of ending the process, so a command calls it only when it has something to abort.
   */
  readonly interrupted: () => AbortSignal;
}

const takeOverSignals = (): AbortSignal => {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => controller.abort());
  }
  return controller.signal;
};

/** @throws MogplexError `usage` when the folder was removed meanwhile */
const currentFolder = (): string => {
  try {
    return process.cwd();
  } catch (cause) {
    throw new MogplexError('usage', 'the folder that this was started in is not there any more', {
      boundary: 'terminal',
      hint: 'Change to another folder (cd) and start again.',
      cause,
    });
  }
};

/** The real world of this process. */
export const realWorld = (): World => {
  let signal: AbortSignal | undefined;
  return {
    env: process.env,
    // Streams and the HTTP client are made when they are first touched: each costs milliseconds that few commands need.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    now: Date.now,
    fetch: (input, init) => fetch(input, init),
    home: resolveHome(process.env),
    get cwd() {
      return currentFolder();
    },
    interrupted: () => (signal ??= takeOverSignals()),
  };
};

/** Whether `MOGPLEX_DEBUG` asks for debug logs and stacks; empty and `0` do not. */
export const isDebugging = ({ env }: Pick<World, 'env'>): boolean => !['', '0', undefined].includes(env['MOGPLEX_DEBUG']);

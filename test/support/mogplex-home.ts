import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, runMogplex } from './run.ts';

/** A person's home with nothing in it, and `mogplex` to run in it. */
export interface MogplexHome extends AsyncDisposable {
  /** What `~` is. */
  user: string;
  /** `~/.mogplex` */
  path: string;
  /** Runs `mogplex` without a terminal; HOME is set, nothing else. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>, input?: string): Promise<Finished>;
  /** Writes auth.json as this program would. */
  storeAuth(content: { mogplex?: Record<string, unknown>; keys?: Readonly<Record<string, string>> }): Promise<void>;
  readAuth(): Promise<{ mogplex?: Record<string, unknown> }>;
  /** Writes a file below `~/.mogplex`. */
  write(name: string, text: string): Promise<void>;
  /** Every file below `~/.mogplex/logs` by name. */
  logs(): Promise<Map<string, string>>;
}

export const makeMogplexHome = async (): Promise<MogplexHome> => {
  const user = await mkdtemp(join(tmpdir(), 'mogplex-home-'));
  const path = join(user, '.mogplex');
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await writeFile(join(path, name), text, { mode: 0o600 });
    await chmod(join(path, name), 0o600);
  };
  return {
    user,
    path,
    run: (args, env = {}, input = '') => runMogplex(args, { HOME: user, ...env }, input),
    storeAuth: ({ mogplex, keys = {} }) => {
      const providers = Object.fromEntries(Object.entries(keys).map(([id, apiKey]) => [id, { apiKey, savedAt: 1 }]));
      return write('auth.json', JSON.stringify({ version: 1, generation: 0, ...(mogplex ? { mogplex } : {}), providers }));
    },
    readAuth: async () => JSON.parse(await readFile(join(path, 'auth.json'), 'utf8')) as { mogplex?: Record<string, unknown> },
    write,
    logs: async () => {
      const names = await readdir(join(path, 'logs')).catch(() => []);
      return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(path, 'logs', name), 'utf8')] as const)));
    },
    [Symbol.asyncDispose]: () => rm(user, { recursive: true, force: true }),
  };
};

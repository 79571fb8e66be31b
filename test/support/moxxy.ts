import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openTerminal, type PseudoTerminal } from './terminal.ts';

/** The built executable. */
export const MOXXY = fileURLToPath(new URL('../../apps/cli/bin/moxxy.mjs', import.meta.url));

const DOCS = new URL('../../docs/plugins.md', import.meta.url);
const ADDRESS_WAIT_MS = 60_000;

export interface MoxxyRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** A person's home with `moxxy` in it: a vault with a key file, a browser that only writes down what it should open. */
export interface MoxxyHome extends AsyncDisposable {
  path: string;
  env: Record<string, string>;
  /** Runs `moxxy` without a terminal. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>, cwd?: string): Promise<MoxxyRun>;
  /** Runs `moxxy` in a pseudo-terminal. */
  open(args: readonly string[], env?: Readonly<Record<string, string>>): PseudoTerminal;
  /** Writes a plugin file into the person's plugin folder. */
  addPlugin(name: string, text: string): Promise<void>;
  /** The address that `moxxy` opened in the browser. */
  openedAddress(): Promise<string>;
}

export const makeMoxxyHome = async (): Promise<MoxxyHome> => {
  const path = await mkdtemp(join(tmpdir(), 'moxxy-product-'));
  const home = join(path, 'home');
  const opened = join(path, 'opened');
  const browser = join(path, 'browser.sh');
  await writeFile(browser, `#!/bin/sh\nprintf %s "$1" > ${opened}.part && mv ${opened}.part ${opened}\n`);
  await chmod(browser, 0o755);
  const env = { MOGPLEX_HOME: home, MOGPLEX_VAULT_KEY: 'file', BROWSER: browser, HOME: path };
  return {
    path: home,
    env,
    run: (args, more = {}, cwd = path) =>
      new Promise((resolve) => {
        const options = { env: { PATH: process.env['PATH'], ...env, ...more }, cwd };
        const child = execFile(process.execPath, [MOXXY, ...args], options, (_, stdout, stderr) => {
          resolve({ code: child.exitCode ?? -1, stdout, stderr });
        });
        child.stdin?.end();
      }),
    open: (args, more = {}) =>
      openTerminal({ file: process.execPath, args: [MOXXY, ...args], env: { ...env, ...more }, cols: 120, rows: 40 }),
    addPlugin: async (name, text) => {
      await mkdir(join(home, 'plugins'), { recursive: true, mode: 0o700 });
      await writeFile(join(home, 'plugins', name), text, { mode: 0o600 });
    },
    openedAddress: async () => {
      const deadline = performance.now() + ADDRESS_WAIT_MS;
      for (;;) {
        const address = await readFile(opened, 'utf8').catch(() => undefined);
        if (address !== undefined) return address;
        if (performance.now() > deadline) throw new Error('no address was opened');
        await sleep(50);
      }
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
};

/** The plugin file that `docs/plugins.md` shows, taken from the page as it is. */
export const pluginOfDocs = async (): Promise<string> => {
  const page = await readFile(DOCS, 'utf8');
  const block = /```js acme\.mjs\n([\s\S]*?)```/.exec(page)?.[1];
  if (block === undefined) throw new Error('docs/plugins.md shows no acme.mjs');
  return block;
};

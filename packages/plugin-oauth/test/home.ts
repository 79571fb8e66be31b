import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openVault, type VaultOptions } from '@mogplex/credentials';
import type { LoginContext } from '@moxxy/sdk';
import { providerVault } from '../src/index.ts';

/** A home folder of a test, removed with it. */
export interface TestHome extends AsyncDisposable {
  path: string;
}

export const makeHome = async (): Promise<TestHome> => {
  const path = await mkdtemp(join(tmpdir(), 'moxxy-home-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

/** The context of a provider with a real vault (key file) in `home`; `changes` replaces parts of it. */
export const contextAt = (
  home: string,
  provider: string,
  changes: Partial<LoginContext> = {},
  vaultOptions: VaultOptions = {},
): LoginContext => ({
  provider,
  vault: providerVault(openVault(home, { keyring: null, ...vaultOptions }), provider),
  env: {},
  fetch,
  now: Date.now,
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { signal });
  },
  signal: new AbortController().signal,
  browser: true,
  openUrl: () => Promise.resolve(true),
  report: () => undefined,
  ...changes,
});

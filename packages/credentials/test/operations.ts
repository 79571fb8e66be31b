import type { AccountLogin } from '../src/account-login.ts';
import { openAuthFile } from '../src/auth-file.ts';
import type { OnStep } from '../src/files.ts';
import { Secret } from '../src/secret.ts';
import type { VaultBundle } from '../src/vault/types.ts';
import { exchange } from './exchange.ts';
import { NAME, testVault } from './vault-fixtures.ts';

/** What a test starts and a crash may end: home folder, token server, hook of the steps. */
export type Operation = (home: string, url: string, onStep: OnStep) => Promise<unknown>;

export const bundle = (refresh: string, access = `access-${refresh}`): VaultBundle => ({
  secrets: { refreshToken: new Secret(refresh, 'test refresh'), accessToken: new Secret(access, 'test access') },
  meta: {},
});

export const login = (refresh: string, access = `access-${refresh}`): AccountLogin => ({
  origin: 'http://127.0.0.1:4100',
  accessToken: new Secret(access, 'test access'),
  refreshToken: new Secret(refresh, 'test refresh'),
  email: 'you@example.com',
  clientId: 'mogplex-cli',
});

/** Refreshes the record if nobody else did since it was read; returns whether an earlier attempt was left unfinished. */
export async function refreshVault(home: string, url: string, onStep?: OnStep): Promise<boolean> {
  const vault = testVault(home, onStep === undefined ? {} : { onStep });
  const record = await vault.get(NAME);
  let told = false;
  await vault.refresh(NAME, {
    seen: record?.generation ?? 0,
    exchange: async ({ current, signal, unfinished }) => {
      told = unfinished !== undefined;
      const { access, refresh } = await exchange(url, current.secrets['refreshToken']!, signal);
      return { secrets: { accessToken: access, refreshToken: refresh }, meta: {} };
    },
  });
  return told;
}

export async function refreshAccount(home: string, url: string, onStep?: OnStep): Promise<void> {
  const file = openAuthFile(home, { warn: () => undefined, ...(onStep && { onStep }) });
  await file.refreshAccount(file.read().account!.accessToken, {
    exchange: async ({ current, signal }) => {
      const { access, refresh } = await exchange(url, current.refreshToken!, signal);
      return { ...current, accessToken: access, refreshToken: refresh };
    },
  });
}

/** Every operation that writes; each is walked step by step. */
export const OPERATIONS = {
  'vault put': async (home, _, onStep) => await testVault(home, { onStep }).put(NAME, bundle('new-0')),
  'vault remove': async (home, _, onStep) => await testVault(home, { onStep }).remove(NAME),
  'vault rekey': async (home, _, onStep) => await testVault(home, { onStep }).rekey(),
  'vault refresh': async (home, url, onStep) => await refreshVault(home, url, onStep),
  'key written': async (home, _, onStep) => await openAuthFile(home, { onStep }).setKey('groq', new Secret('sk-new-0123456789', 'test')),
  'account login': async (home, _, onStep) => await openAuthFile(home, { onStep }).setAccount(login('new-0')),
  'account logout': async (home, _, onStep) => await openAuthFile(home, { onStep }).removeAccount(),
  'account refresh': async (home, url, onStep) => await refreshAccount(home, url, onStep),
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

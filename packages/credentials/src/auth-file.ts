import { join } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import { accountLogin, storedAccount, type AccountLogin } from './account-login.ts';
import { accountRefreshPlace, putAccount, type AccountStore } from './account-refresh.ts';
import { emptyDocument, type AuthDocument } from './auth-document.ts';
import type { AuthKeyring } from './auth-keyring.ts';
import { authStorage } from './auth-storage.ts';
import { once, warnOnce, type Env, type Warn } from './env.ts';
import { checkPrivateFolder, ensurePrivateFolder, type OnStep } from './files.ts';
import { journalAt } from './journal.ts';
import { withFileLock } from './lock.ts';
import { refreshOnce, type RefreshWork } from './refresh.ts';
import { Secret } from './secret.ts';

/** What auth.json holds. */
export interface AuthContents {
  /** API keys by provider id. */
  keys: ReadonlyMap<string, Secret>;
  account: AccountLogin | undefined;
  /** Set when the file cannot be used; then nothing is stored as far as anybody can tell. Tell the user, and go on. */
  damage: MogplexError | undefined;
}

export interface AuthFileOptions {
  /** Takes warnings for the user, each line once; stderr by default. */
  warn?: Warn;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** `MOGPLEX_AUTH_STORE` in it says where the next change puts the credentials: `file` or `keyring`. `process.env` by default. */
  env?: Env;
  /** The keyring to use; the system's by default. */
  keyring?: AuthKeyring;
  /** Told before each step of a write. */
  onStep?: OnStep;
}

/** The stored credentials of statement A3. Reading takes no lock; every change is one locked, atomic, durable write. */
export interface AuthFile {
  readonly path: string;
  /** Never throws for what the file holds: see `damage`. */
  read(): AuthContents;
  /** Stores the API key of a provider in place of an earlier one. */
  setKey(provider: string, key: Secret): Promise<void>;
  /** Returns whether there was one. */
  removeKey(provider: string): Promise<boolean>;
  /** Stores an account login in place of an earlier one, whole. */
  setAccount(login: AccountLogin): Promise<void>;
  /** Returns whether there was one. A refresh in flight cannot bring it back. */
  removeAccount(): Promise<boolean>;
  /**
   * Refreshes the account login with its single-use token: one exchange at a time across processes, the new login durable before this
   * returns.
   *
   * @param seen the access token that was found unusable; where another one is stored by now, that login is returned unasked
   * @throws MogplexError as `Vault.refresh`
   */
  refreshAccount(seen: Secret, work: RefreshWork<AccountLogin, AccountLogin>): Promise<AccountLogin>;
}

/**
 * Opens `<home>/auth.json`; neither file nor folder need exist.
 *
 * @throws MogplexError (from every change) `damaged` when the present file cannot be read or is a symlink: it is kept as it is;
 * `unavailable` when the lock, the disk or the permissions refuse
 */
export function openAuthFile(home: string, options: AuthFileOptions = {}): AuthFile {
  const path = join(home, 'auth.json');
  const warn = once(options.warn ?? warnOnce);
  const now = options.now ?? Date.now;

  const { env = process.env, keyring, onStep } = options;
  const storage = authStorage(path, { env, keyring, warn, onStep });

  const load = (): AuthDocument => (checkPrivateFolder(home, warn) ? storage.load() : emptyDocument());

  const change: AccountStore['change'] = async (edit, after) => {
    await ensurePrivateFolder(home, warn);
    return await withFileLock(path, async () => {
      const document = load();
      if (!(await edit(document))) return false;
      await storage.save(document);
      await after?.();
      return true;
    });
  };

  const remove: AccountStore['change'] = async (edit, after) => checkPrivateFolder(home, warn) && (await change(edit, after));

  const store: AccountStore = {
    change,
    now,
    journal: journalAt(`${path}.refresh`, warn, onStep),
    journalsAnswers: () => !storage.inKeyring(),
    present: () => checkPrivateFolder(home, warn),
    refreshLockPath: `${path}.refresh`,
    onStep,
  };

  return {
    path,
    read: () => readContents(load),
    setKey: async (provider, key) => {
      checkProviderName(provider);
      await change((document) => {
        document.providers[provider] = { apiKey: key.reveal(), savedAt: now() };
        return true;
      });
    },
    removeKey: async (provider) =>
      await remove((document) => {
        if (!Object.hasOwn(document.providers, provider)) return false;
        delete document.providers[provider];
        return true;
      }),
    setAccount: async (login) => {
      const stored = storedAccount(login);
      await change((document) => {
        putAccount(document, stored);
        return true;
      }, store.journal.clear);
    },
    removeAccount: async () =>
      await remove((document) => {
        if (document.mogplex === undefined) return false;
        delete document.mogplex;
        document.generation += 1;
        return true;
      }, store.journal.clear),
    refreshAccount: async (seen, work) => await refreshOnce(accountRefreshPlace(store, seen), work),
  };
}

function readContents(load: () => AuthDocument): AuthContents {
  try {
    const { providers, mogplex } = load();
    return {
      keys: new Map(Object.entries(providers).map(([id, { apiKey }]) => [id, new Secret(apiKey, `stored key ${id}`)])),
      account: mogplex === undefined ? undefined : accountLogin(mogplex),
      damage: undefined,
    };
  } catch (error) {
    if (error instanceof MogplexError) return { keys: new Map(), account: undefined, damage: error };
    throw error;
  }
}

/** Provider names become keys of a JSON object: plain words only. */
function checkProviderName(provider: string): void {
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(provider)) return;
  throw new MogplexError('invalid_request', 'the name of a provider is lower-case letters, digits, dots and dashes', {
    boundary: 'configuration',
  });
}

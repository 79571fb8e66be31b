import { MogplexError } from '@mogplex/protocol';
import { emptyDocument, formatDocument, parseDocument, type AuthDocument } from './auth-document.ts';
import { systemAuthKeyring, type AuthKeyring } from './auth-keyring.ts';
import { readEnv, type Env, type Warn } from './env.ts';
import { FILE_MODE, atomicWrite, readPrivateFile, removeLeftovers, type OnStep } from './files.ts';

const MAX_BYTES = 1024 * 1024;

/** What stands in auth.json when its document is in the keyring. */
const MARKER = `${JSON.stringify({ version: 1, store: 'keyring' })}\n`;

export interface AuthStorageOptions {
  /** `MOGPLEX_AUTH_STORE` (`file` or `keyring`) says where the next change puts the document; without it, it stays where it is. */
  env: Env;
  /** The system's by default. */
  keyring?: AuthKeyring | undefined;
  warn: Warn;
  onStep?: OnStep | undefined;
}

/** Where the document of auth.json is: in the file, or in the keyring with a marker in the file. */
export interface AuthStorage {
  load(): AuthDocument;
  /** Durable when it resolves. Under the lock. */
  save(document: AuthDocument): Promise<void>;
  /** Whether the document is, or with the next change will be, in the keyring, so that nothing of it may touch the disk. */
  inKeyring(): boolean;
}

export function authStorage(path: string, options: AuthStorageOptions): AuthStorage {
  const account = `auth ${path}`;
  const read = (): string | undefined => readPrivateFile(path, MAX_BYTES, options.warn);
  const withKeyring = <T>(work: (keyring: AuthKeyring) => T): T => {
    try {
      return work(options.keyring ?? systemAuthKeyring());
    } catch (cause) {
      if (cause instanceof MogplexError) throw cause;
      throw locked(cause);
    }
  };
  const replaceFile = async (text: string): Promise<void> => {
    await removeLeftovers(path);
    await atomicWrite(path, text, FILE_MODE, { onStep: options.onStep });
  };
  return {
    load: () => {
      const text = read();
      if (text === undefined) return emptyDocument();
      if (text !== MARKER) return parseDocument(text, path);
      const kept = withKeyring((keyring) => keyring.read(account));
      if (kept === undefined) throw notInKeyring(path);
      return parseDocument(kept, path);
    },
    save: async (document) => {
      const marked = read() === MARKER;
      if ((wish(options.env) ?? (marked ? 'keyring' : 'file')) === 'keyring') {
        withKeyring((keyring) => keyring.write(account, formatDocument(document)));
        if (!marked) await replaceFile(MARKER);
      } else {
        await replaceFile(formatDocument(document));
        if (marked) withKeyring((keyring) => keyring.remove(account));
      }
    },
    inKeyring: () => wish(options.env) === 'keyring' || read() === MARKER,
  };
}

function wish(env: Env): 'file' | 'keyring' | undefined {
  const value = readEnv(env, 'MOGPLEX_AUTH_STORE');
  if (value === undefined || value === 'file' || value === 'keyring') return value;
  throw new MogplexError('usage', 'MOGPLEX_AUTH_STORE is neither file nor keyring', { boundary: 'configuration' });
}

const locked = (cause: unknown): MogplexError =>
  new MogplexError('unavailable', 'the keyring of this machine does not give or take the credentials', {
    boundary: 'storage',
    hint: 'Unlock it (log in to the desktop session) and try again. Environment variables work meanwhile.',
    cause,
  });

const notInKeyring = (path: string): MogplexError =>
  new MogplexError('damaged', `${path} says that the credentials are in the keyring, and they are not there`, {
    boundary: 'storage',
    hint: `Remove ${path} and sign in again.`,
  });

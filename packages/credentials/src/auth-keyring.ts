import { createRequire } from 'node:module';
import { MogplexError } from '@mogplex/protocol';

/** The operating system's store of secrets, where `auth.json` may be kept instead of on the disk. */
export interface AuthKeyring {
  /** @returns undefined when nothing is stored. @throws when the keyring cannot be reached or is locked */
  read(account: string): string | undefined;
  /** @throws when the keyring cannot be reached or is locked */
  write(account: string, text: string): void;
  /** @throws when the keyring cannot be reached or is locked */
  remove(account: string): void;
}

const SERVICE = 'mogplex';

/**
 * The keyring of this machine: Keychain on macOS, Secret Service on Linux (the kernel's own forgets everything at the next boot).
 *
 * @throws MogplexError `unavailable` when the optional binding is not installed
 */
export function systemAuthKeyring(): AuthKeyring {
  const { Entry } = loadBinding();
  const entry = (account: string): InstanceType<typeof Entry> => new Entry(SERVICE, account, { linux: { store: 'secret-service' } });
  return {
    read: (account) => entry(account).getPassword() ?? undefined,
    write: (account, text) => entry(account).setPassword(text),
    remove: (account) => void entry(account).deleteCredential(),
  };
}

function loadBinding(): typeof import('@napi-rs/keyring') {
  try {
    return createRequire(import.meta.url)('@napi-rs/keyring') as typeof import('@napi-rs/keyring');
  } catch (cause) {
    throw new MogplexError('unavailable', 'the binding to the keyring of this machine is not installed', {
      boundary: 'storage',
      hint: 'Install the package @napi-rs/keyring beside mogplex, or set MOGPLEX_AUTH_STORE=file.',
      cause,
    });
  }
}

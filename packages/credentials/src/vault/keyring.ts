import { Secret } from '../secret.ts';

/** The operating system's store of secrets: Keychain on macOS, Secret Service on Linux. */
export interface Keyring {
  /** @returns undefined when nothing is stored. @throws when the keyring cannot be reached or is locked */
  read(account: string): Promise<Secret | undefined>;
  /** @throws when the keyring cannot be reached or is locked */
  write(account: string, value: Secret): Promise<void>;
}

const SERVICE = 'mogplex';
/** Unlocking may ask the user; a keyring that does not answer at all must not hang a program. */
const ANSWER_MS = 60_000;

/**
 * The keyring of this machine, or undefined when the optional binding is not installed. On Linux only Secret Service will do: the
 * kernel's own keyring forgets everything at the next boot.
 */
export async function systemKeyring(): Promise<Keyring | undefined> {
  let binding: typeof import('@napi-rs/keyring');
  try {
    binding = await import('@napi-rs/keyring');
  } catch {
    return undefined;
  }
  const entry = (account: string): InstanceType<typeof binding.AsyncEntry> =>
    new binding.AsyncEntry(SERVICE, account, { linux: { store: 'secret-service' } });
  return {
    read: async (account) => {
      const value = await entry(account).getPassword(AbortSignal.timeout(ANSWER_MS));
      return value === null || value === '' ? undefined : new Secret(value, 'vault key ring');
    },
    write: async (account, value) => await entry(account).setPassword(value.reveal(), AbortSignal.timeout(ANSWER_MS)),
  };
}

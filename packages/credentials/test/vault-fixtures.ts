import { openVault, type VaultOptions } from '../src/vault/vault.ts';
import type { Keyring } from '../src/vault/keyring.ts';
import { Secret } from '../src/secret.ts';
import type { Vault, VaultBundle } from '../src/vault/types.ts';

export const NAME = 'oauth/acme/tokens';

/** The tokens of one generation of a login. */
export const tokens = (id: string): VaultBundle => ({
  secrets: {
    accessToken: new Secret(`at-${id}-0123456789`, 'test access'),
    refreshToken: new Secret(`rt-${id}-0123456789`, 'test refresh'),
  },
  meta: { expiresAt: 1_800_000_000_000, scope: 'read write' },
});

/** A vault without the keyring of the machine that runs the test. */
export const testVault = (home: string, options: VaultOptions = {}): Vault =>
  openVault(home, { env: {}, keyring: null, warn: () => undefined, ...options });

/** A keyring in memory. */
export class MemoryKeyring implements Keyring {
  readonly held = new Map<string, Secret>();
  locked = false;

  async read(account: string): Promise<Secret | undefined> {
    if (this.locked) throw new Error('locked');
    return await Promise.resolve(this.held.get(account));
  }

  async write(account: string, value: Secret): Promise<void> {
    if (this.locked) throw new Error('locked');
    this.held.set(account, value);
    await Promise.resolve();
  }
}

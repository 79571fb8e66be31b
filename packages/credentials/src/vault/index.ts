export { type KeyStoreOptions } from './key-store.ts';
export { type Keyring } from './keyring.ts';
export { readVaultIndex } from './records.ts';
export * from './types.ts';
export { openVault, type VaultOptions } from './vault.ts';

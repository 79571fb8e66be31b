import { openVault, type Vault } from '@mogplex/credentials';
import type { World } from '../../world.ts';
import { passphrasePrompt } from './ask-passphrase.ts';

/** The vault in the home folder of a world. It asks for its passphrase, if it has one, at the terminal. */
export const openVaultOf = (world: World): Vault => {
  const askPassphrase = passphrasePrompt(world);
  return openVault(world.home, { env: world.env, now: () => world.now(), ...(askPassphrase === undefined ? {} : { askPassphrase }) });
};

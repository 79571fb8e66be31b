import { openVault, type Secret, type Vault } from '@mogplex/credentials';
import type { World } from '../../world.ts';

/**
 * The vault in the home folder of a world.
 *
 * @param askPassphrase asks the person for the passphrase of a vault that has one; without it the environment must name it.
 */
export const openVaultOf = (world: World, askPassphrase?: () => Promise<Secret>): Vault =>
  openVault(world.home, { env: world.env, now: () => world.now(), ...(askPassphrase === undefined ? {} : { askPassphrase }) });

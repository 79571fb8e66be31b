import { namingCredential, openPlatform, type PlatformAccess } from '../../session/platform.ts';
import type { World } from '../../world.ts';

/** Does work at the platform of the account; what it refuses names the credential. */
export const withPlatform = async <T>(world: World, work: (access: PlatformAccess) => Promise<T>): Promise<T> => {
  const access = openPlatform(world);
  try {
    return await work(access);
  } catch (error) {
    throw namingCredential(access, error);
  }
};

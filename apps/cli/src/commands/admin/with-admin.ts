import type { Admin } from '@mogplex/server/admin';
import type { World } from '../../world.ts';

/** Opens the store of the environment's settings, works on it, and closes it whatever happens. */
export const withAdmin = async (world: World, work: (admin: Admin) => Promise<void>): Promise<void> => {
  const { openAdmin } = await import('@mogplex/server/admin');
  const admin = await openAdmin(world.env, () => world.now());
  try {
    await work(admin);
  } finally {
    await admin.close();
  }
};

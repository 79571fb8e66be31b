import { atomicWrite, ensurePrivateFolder, FILE_MODE } from '@mogplex/credentials';
import { type Consents, openConsents } from '@moxxy/sdk';
import type { World } from '../../world.ts';

/** The person's consents to run plugins of projects. */
export const consentsOf = (world: World): Promise<Consents> =>
  openConsents(world.home, {
    write: async (path, text) => {
      await ensurePrivateFolder(world.home, (line) => void world.stderr.write(`${line}\n`));
      await atomicWrite(path, text, FILE_MODE);
    },
    now: () => world.now(),
  });

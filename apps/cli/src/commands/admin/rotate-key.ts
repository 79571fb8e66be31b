import { Command } from 'commander';
import type { World } from '../../world.ts';
import { withAdmin } from './with-admin.ts';

/** `mogplex admin rotate-key`: a new master key, and everything sealed anew with it, while the platform runs. */
export const rotateKeyCommand = (world: World): Command =>
  new Command('rotate-key')
    .description('Make a new master key and seal everything in the store with it, while the platform runs.')
    .option('--reseal', 'make no key: only seal with the current one what older keys sealed')
    .action(({ reseal }: { reseal?: boolean }) =>
      withAdmin(world, async (admin) => {
        const count = await admin.rotateKey({ resealOnly: reseal === true });
        world.stderr.write(
          `${count} values are sealed with the current master key. Back up master.key; the older keys in it open older backups.\n`,
        );
      }),
    );

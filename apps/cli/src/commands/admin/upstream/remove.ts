import { Command } from 'commander';
import type { World } from '../../../world.ts';
import { withAdmin } from '../with-admin.ts';

/** `mogplex admin upstream remove`: forgets a stored provider key. */
export const removeCommand = (world: World): Command =>
  new Command('remove')
    .description('Forget a stored provider key.')
    .argument('<provider>', 'see mogplex admin upstream list')
    .option('--label <label>', 'name of one of several keys of a provider')
    .action((provider: string, { label }: { label?: string }) =>
      withAdmin(world, async (admin) => {
        await admin.removeUpstream(provider, label);
        world.stderr.write(`The key for ${provider} is forgotten.\n`);
      }),
    );

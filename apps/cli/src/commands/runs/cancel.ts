import { Command } from 'commander';
import type { World } from '../../world.ts';

/** `mogplex runs cancel` */
export const cancel = (world: World): Command =>
  new Command('cancel')
    .summary('cancel a run')
    .description('Cancel a run. One that is over stays as it is.')
    .argument('<run>', 'id of the run')
    .addHelpText('after', '\nExample:\n  mogplex runs cancel run_01k9zq3w8m5c7d2e4f6g8h0j1k')
    .action(async (id: string) => {
      const { cancelRun } = await import('./cancel-run.ts');
      await cancelRun(world, id);
    });

import { Command } from 'commander';
import type { World } from '../../world.ts';

/** `mogplex runs show` */
export const show = (world: World): Command =>
  new Command('show')
    .summary('show one run')
    .description('Show one run: its state, who started it with which credential, what it used, why it failed.')
    .argument('<run>', 'id of the run')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  mogplex runs show run_01k9zq3w8m5c7d2e4f6g8h0j1k')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { showRun } = await import('./show-run.ts');
      await showRun(world, id, json ?? false);
    });

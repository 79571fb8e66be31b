import { Command } from 'commander';
import type { World } from '../world.ts';

/** `mogplex agents`: what a run can be done by. */
export const command = (world: World): Command =>
  new Command('agents')
    .description('List the agents that the platform of your Mogplex account can run.')
    .option('--json', 'print one agent a line as JSON')
    .addHelpText('after', '\nExample:\n  mogplex agents --json')
    .action(async ({ json }: { json?: boolean }) => {
      const { listAgents } = await import('./runs/list-agents.ts');
      await listAgents(world, json ?? false);
    });

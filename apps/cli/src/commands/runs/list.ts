import type { RunStatus } from '@mogplex/protocol';
import { Command, Option } from 'commander';
import type { World } from '../../world.ts';
import { wholeNumber } from './whole-number.ts';

const STATUSES = ['pending', 'running', 'succeeded', 'failed', 'cancelled'] as const satisfies readonly RunStatus[];

/** `mogplex runs list` */
export const list = (world: World): Command =>
  new Command('list')
    .summary('list runs, the newest first')
    .description('List the runs that your account can see, the newest first. Times are those of your zone.')
    .addOption(new Option('--status <status>', 'only those in this state').choices(STATUSES))
    .option('--limit <number>', 'how many at most, 1 to 1000', wholeNumber(1, 1_000), 20)
    .option('--json', 'print one run a line as JSON')
    .addHelpText(
      'after',
      `
Examples:
  mogplex runs list --status running
  mogplex runs list --limit 500 --json | jq -r 'select(.status == "failed") | .id'`,
    )
    .action(async (options: { status?: RunStatus; limit: number; json?: boolean }) => {
      const { listRuns } = await import('./list-runs.ts');
      await listRuns(world, options);
    });

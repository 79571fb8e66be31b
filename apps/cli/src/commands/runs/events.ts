import { Command } from 'commander';
import type { World } from '../../world.ts';
import { wholeNumber } from './whole-number.ts';

/** What `mogplex runs events` was called with. */
export interface EventsOptions {
  follow?: boolean;
  after: number;
  json?: boolean;
}

/** `mogplex runs events` */
export const events = (world: World): Command =>
  new Command('events')
    .summary('print the events of a run')
    .description('Print the events of a run, one a line: number, time, kind, text. A line that breaks is taken up again where it broke.')
    .argument('<run>', 'id of the run')
    .option('-f, --follow', 'go on until the run ends')
    .option('--after <number>', 'only those behind the event of this number', wholeNumber(0, 999_999_999), 0)
    .option('--json', 'print one event a line as JSON')
    .addHelpText(
      'after',
      `
With --follow the exit code is that of the run: 0 succeeded, 1 failed or cancelled. Ctrl+C (130) leaves it to itself.

Examples:
  mogplex runs events run_01k9zq3w8m5c7d2e4f6g8h0j1k --follow
  mogplex runs events run_01k9zq3w8m5c7d2e4f6g8h0j1k --json | jq -rj 'select(.type == "message.delta") | .data.text'`,
    )
    .action(async (id: string, options: EventsOptions) => {
      const { printEvents } = await import('./print-events.ts');
      process.exitCode = await printEvents(world, id, options);
    });

import { Command, InvalidArgumentError } from 'commander';
import type { World } from '../../world.ts';

/** What `mogplex runs start` was called with. */
export interface StartOptions {
  model?: string;
  system?: string;
  repository?: string;
  follow?: boolean;
  json?: boolean;
  idempotencyKey?: string;
  cancelOnInterrupt?: boolean;
}

const HELP = `
What stands on stdin is given to the model as context below the prompt, where its first byte comes
within 3 seconds; "-" as prompt takes stdin alone and waits for it.
Without --follow, only the id of the run goes to stdout. With it, the answer does, as it comes.
Ctrl+C leaves a followed run to itself: it goes on, and can be followed again or cancelled.

Exit codes:
  0 started (followed: succeeded), 1 failed, 2 wrong use, 64 no valid credential, 65 not allowed,
  69 not available, 75 rate limited, 130 interrupted

Examples:
  mogplex runs start "Explain what a lease is" --follow
  git diff | mogplex runs start "Review this change" --model anthropic/claude-sonnet-5-5
  id=$(mogplex runs start --idempotency-key "build-$BUILD" - < prompt.txt)
  mogplex runs start "Write the release notes" --follow --json --cancel-on-interrupt`;

const repository = (value: string): string => {
  if (/^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(value)) return value;
  throw new InvalidArgumentError('It is not owner/name.');
};

const idempotencyKey = (value: string): string => {
  if (/^[\x21-\x7e]{1,128}$/.test(value)) return value;
  throw new InvalidArgumentError('It is not 1 to 128 visible characters.');
};

/** `mogplex runs start` */
export const start = (world: World): Command =>
  new Command('start')
    .summary('start a run')
    .description('Start a run.')
    .argument('<prompt>', 'what to ask, or - to read it from stdin')
    .option('-m, --model <model>', "model to use, as provider/model; without it the account's default")
    .option('--system <text>', 'standing instructions to the model')
    .option('--repository <owner/name>', 'repository that the run belongs to', repository)
    .option('-f, --follow', 'print the answer as it comes, and end with the run')
    .option('--json', 'print the run as JSON, with --follow one event a line')
    .option('--idempotency-key <key>', 'start one run however often this is called with the same key and prompt', idempotencyKey)
    .option('--cancel-on-interrupt', 'cancel a followed run on Ctrl+C and SIGTERM, for instance when a CI job is stopped')
    .addHelpText('after', HELP)
    .action(async (prompt: string, options: StartOptions) => {
      const { startRun } = await import('./start-run.ts');
      process.exitCode = await startRun(world, prompt, options);
    });

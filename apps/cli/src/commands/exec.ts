import { Command } from 'commander';
import type { World } from '../world.ts';

interface ExecOptions {
  model?: string;
  system?: string;
  json?: boolean;
}

const HELP = `
What stands on stdin is given to the model as context below the prompt, where its first byte comes
within 3 seconds; "-" as prompt takes stdin alone and waits for it.
Only the answer goes to stdout; everything else goes to stderr.

Exit codes:
  0 answered, 1 failed, 2 wrong use, 64 no valid credential, 65 not allowed,
  69 not available, 75 rate limited, 130 interrupted

Examples:
  mogplex exec "What does this project do?"
  git diff | mogplex exec --model anthropic/claude-sonnet-5-5 "Review this change"
  MOGPLEX_API_KEY=mog_... MOGPLEX_URL=https://mogplex.example mogplex exec "hello"`;

/** `mogplex exec`: one prompt, its answer on stdout (statement A20). */
export const command = (world: World): Command =>
  new Command('exec')
    .description('Send one prompt to a model and print its answer.')
    .argument('<prompt>', 'what to ask, or - to read it from stdin')
    .option('-m, --model <model>', 'model to ask, as provider/model')
    .option('--system <text>', 'standing instructions to the model')
    .option('--json', 'print one event a line as JSON')
    .addHelpText('after', HELP)
    .action(async (prompt: string, options: ExecOptions) => {
      const { runExec } = await import('../session/exec.ts');
      process.exitCode = await runExec(world, { prompt, ...options });
    });

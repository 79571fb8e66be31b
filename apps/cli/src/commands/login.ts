import { MogplexError } from '@mogplex/protocol';
import { Command } from 'commander';
import type { World } from '../world.ts';

/**
 * `mogplex login`: opens the cockpit at the chooser of the login screen, whatever is stored (statement A11).
 * It takes no argument: what is stored is told by `mogplex doctor` and by the header of the cockpit.
 */
export function command(world: World): Command {
  return new Command('login')
    .description('Open the cockpit at its login screen: sign in with Mogplex, or store a provider key.')
    .argument('[nothing...]')
    .helpOption('-h, --help', 'print this help')
    .usage('[options]')
    .action(async (extra: readonly string[]) => {
      if (extra.length > 0) {
        throw new MogplexError('usage', `mogplex login takes no argument, ${JSON.stringify(extra.join(' '))} was given`, {
          boundary: 'terminal',
          hint: 'Start mogplex and type /login, or /login <provider>; mogplex doctor says which credential is in use.',
        });
      }
      if (!world.stdin.isTTY || !world.stdout.isTTY) {
        throw new MogplexError('unauthenticated', 'a sign-in needs a terminal', {
          boundary: 'terminal',
          hint: 'Run mogplex in a terminal, or set MOGPLEX_API_KEY or a provider key.',
        });
      }
      const { openCockpit } = await import('../cockpit/open.ts');
      process.exitCode = await openCockpit(world, { login: true });
    });
}

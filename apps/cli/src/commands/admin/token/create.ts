import { Command } from 'commander';
import type { World } from '../../../world.ts';
import { withAdmin } from '../with-admin.ts';

interface Options {
  email: string;
  name: string;
  scope: string;
  expires?: string;
}

/** `mogplex admin token create`: the token alone on stdout, once. */
export const createCommand = (world: World): Command =>
  new Command('create')
    .description('Make a personal access token. It alone is printed on stdout, and never again.')
    .requiredOption('--email <address>', 'account that it acts for')
    .requiredOption('--name <name>', 'name to recognise it by')
    .requiredOption('--scope <scopes>', 'read, write or read,write')
    .option('--expires <expiry>', 'duration (12h, 30d, 365d) or date (2030-01-31); without it the token never expires')
    .action((options: Options) =>
      withAdmin(world, async (admin) => {
        const token = await admin.createToken({ ...options, scopes: options.scope });
        world.stdout.write(`${token.reveal()}\n`);
      }),
    );

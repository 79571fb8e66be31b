import { Command } from 'commander';
import type { World } from '../../world.ts';
import { readSecret } from '../read-secret.ts';
import { withAdmin } from './with-admin.ts';

/** `mogplex admin create-owner`: the first account, without a browser. */
export const createOwnerCommand = (world: World): Command =>
  new Command('create-owner')
    .description('Make the first account of the platform.')
    .requiredOption('--email <address>', 'address to sign in with')
    .requiredOption('--password-stdin', 'read the password from stdin')
    .action(async ({ email }: { email: string }) => {
      const password = await readSecret(world, 'password');
      await withAdmin(world, (admin) => admin.createOwner({ email, password }));
      world.stderr.write('The owner account is made.\n');
    });

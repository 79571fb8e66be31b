import { Command } from 'commander';
import type { World } from '../../world.ts';
import { readSecret } from '../read-secret.ts';
import { withAdmin } from './with-admin.ts';

/** `mogplex admin reset-password`: for a person who lost their password or the device of their one-time codes. */
export const resetPasswordCommand = (world: World): Command =>
  new Command('reset-password')
    .description('Give an account a new password, turn off its one-time codes, and end its sessions and terminals.')
    .requiredOption('--email <address>', 'address that the account signs in with')
    .requiredOption('--password-stdin', 'read the new password from stdin')
    .action(async ({ email }: { email: string }) => {
      const password = await readSecret(world, 'password');
      await withAdmin(world, (admin) => admin.resetPassword({ email, password }));
      world.stderr.write('The password is set; every session and terminal of the account is signed out.\n');
    });

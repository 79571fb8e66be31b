import type { Admin } from '@mogplex/server/admin';
import { Command } from 'commander';
import type { World } from '../../world.ts';
import { readSecret } from '../read-secret.ts';
import { withAdmin } from './with-admin.ts';

type Kept = Awaited<ReturnType<Admin['resetPassword']>>;

const counted = (count: number, one: string): string[] => (count === 0 ? [] : [`${count} ${one}${count === 1 ? '' : 's'}`]);

/** What the operator is told to ask the person about: whoever locked them out may hold one of these. */
const leftOver = ({ passkeys, github, tokens, addressProven }: Kept): string => {
  const still = [...counted(passkeys, 'passkey'), ...(github ? ['a linked GitHub account'] : []), ...counted(tokens, 'access token')];
  const kept = still.length === 0 ? '' : `Still good: ${still.join(', ')}. The person can look at them in Settings.\n`;
  const unproven = 'The address of this account was entered by its person and never proven: make sure that it is theirs.\n';
  return kept + (addressProven ? '' : unproven);
};

/** `mogplex admin reset-password`: for a person who lost their password or the device of their one-time codes. */
export const resetPasswordCommand = (world: World): Command =>
  new Command('reset-password')
    .description('Give an account a new password, turn off its one-time codes, and end its sessions and terminals.')
    .requiredOption('--email <address>', 'address that the account signs in with')
    .requiredOption('--password-stdin', 'read the new password from stdin')
    .action(async ({ email }: { email: string }) => {
      const password = await readSecret(world, 'password');
      await withAdmin(world, async (admin) => {
        const kept = await admin.resetPassword({ email, password });
        world.stderr.write(`The password is set; every session and terminal of the account is signed out.\n${leftOver(kept)}`);
      });
    });

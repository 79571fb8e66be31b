import { MogplexError } from '@mogplex/protocol';
import type { World } from '../world.ts';
import { authFileOf, hasCredential } from './resolve.ts';

/** Removes the account's login as `--logout` asks, and says what became of it on stderr. */
const logOut = async (world: World): Promise<void> => {
  const { clearAccount } = await import('../cockpit/wire/credentials.ts');
  const { removed, revoked } = await clearAccount(world, authFileOf(world));
  world.stderr.write(`mogplex: ${removed ? 'the account login was removed' : 'no account login was stored'}\n`);
  if (!(await revoked)) world.stderr.write('mogplex: the platform could not be told: revoke the login under Settings there\n');
};

/**
 * What bare `mogplex` does where there is no terminal to draw on: `--logout` clears the account's login all the same, and is
 * done with that; everything else ends in an error (statement A7).
 *
 * @throws MogplexError `unauthenticated` without any credential, `usage` with one
 */
export const withoutTerminal = async (world: World, { logout, attach }: { logout?: boolean; attach?: string }): Promise<void> => {
  if (logout === true) await logOut(world);
  if (logout === true && attach === undefined) return;
  if (!hasCredential(world, authFileOf(world))) {
    throw new MogplexError(
      'unauthenticated',
      'no credential found: run `mogplex` in a terminal to sign in, or set MOGPLEX_API_KEY or a provider key',
      {
        boundary: 'terminal',
      },
    );
  }
  throw new MogplexError('usage', 'the cockpit needs a terminal: use `mogplex exec "..."` in scripts', { boundary: 'terminal' });
};

import { MogplexError } from '@mogplex/protocol';
import type { World } from '../world.ts';
import { authFileOf, hasCredential } from './resolve.ts';

/**
 * Ends bare `mogplex` where there is no terminal to draw on (statement A7).
 *
 * @throws MogplexError `unauthenticated` without any credential, `usage` with one
 */
export const refuseWithoutTerminal = (world: World): never => {
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

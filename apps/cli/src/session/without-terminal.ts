import { MogplexError } from '@mogplex/protocol';
import type { World } from '../world.ts';

/**
 * Ends bare `mogplex` where there is no terminal to draw on (statement A7).
 *
 * @throws MogplexError `unauthenticated` without any credential, `usage` with one.
 */
export const refuseWithoutTerminal = async (world: World): Promise<never> => {
  void world;
  throw new MogplexError(
    'unauthenticated',
    'no credential found: run `mogplex` in a terminal to sign in, or set MOGPLEX_API_KEY or a provider key',
    {
      boundary: 'terminal',
    },
  );
};

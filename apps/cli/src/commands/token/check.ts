import { EXIT, inspectToken, type TokenKind } from '@mogplex/protocol';
import { Command } from 'commander';
import type { World } from '../../world.ts';
import { readSecret } from '../read-secret.ts';

const KINDS: Readonly<Record<TokenKind, string>> = {
  personal: 'a personal access token',
  access: 'an OAuth access token',
  refresh: 'an OAuth refresh token',
  run: "a run's token",
};

/** `mogplex token check`: whether a string can be one of ours, offline (statement D6). The string is never repeated. */
export const checkCommand = (world: World): Command =>
  new Command('check')
    .description('Say whether a string can be a Mogplex token. Nothing is sent anywhere; exit status 1 says it cannot.')
    .argument('[token]', 'the string; without it, it is read from stdin, which keeps it out of the list of processes')
    .action(async (argument?: string) => {
      const text = argument ?? (await readSecret(world, 'token')).reveal();
      const inspection = inspectToken(text.trim());
      if (inspection.possible) {
        world.stdout.write(`It can be ${KINDS[inspection.kind]} of Mogplex. Only the platform knows whether it is valid.\n`);
        return;
      }
      world.stdout.write(`It is no Mogplex token: ${inspection.reason}.\n`);
      process.exitCode = EXIT.failure;
    });

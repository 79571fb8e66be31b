import { EXIT, MogplexError } from '@mogplex/protocol';
import { Command } from 'commander';
import { sanitiseLine } from '../../cockpit/text/sanitise.ts';
import type { PlatformAccess } from '../../session/platform.ts';
import type { World } from '../../world.ts';

const find = async ({ client }: PlatformAccess, asked: string): Promise<string> => {
  const { allItems } = await import('@mogplex/client');
  const found = [];
  for await (const item of allItems((page) => client.listConnections(page))) if (item.id === asked || item.name === asked) found.push(item);
  const [first, ...others] = found;
  if (!first) throw new MogplexError('not_found', `there is no connection ${sanitiseLine(asked)}`, { boundary: 'connection' });
  if (others.length === 0) return first.id;
  throw new MogplexError('conflict', `several teams have a connection ${sanitiseLine(asked)}`, {
    boundary: 'connection',
    hint: `Name one by its id: ${found.map(({ id }) => id).join(', ')}.`,
  });
};

/** `mogplex connections test`: the platform asks the server itself (statements B8, B21). */
export const test = (world: World): Command =>
  new Command('test')
    .summary('test a connection with its credential')
    .description('Let the platform test a connection with its credential. Exits with 0 where it is in order, else with 1.')
    .argument('<connection>', 'its name, or its id')
    .action(async (asked: string) => {
      const { namingCredential, openPlatform } = await import('../../session/platform.ts');
      const platform = openPlatform(world);
      try {
        const { connection, tools } = await platform.client.testConnection(await find(platform, asked));
        const { status, note } = connection.health;
        world.stdout.write(`${connection.name}  ${status}${note === null ? '' : `  ${sanitiseLine(note)}`}\n`);
        if (tools !== undefined && tools.length > 0) world.stdout.write(`tools: ${tools.map((name) => sanitiseLine(name)).join(', ')}\n`);
        if (status !== 'ok') process.exitCode = EXIT.failure;
      } catch (error) {
        throw namingCredential(platform, error);
      }
    });

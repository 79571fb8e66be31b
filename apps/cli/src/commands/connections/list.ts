import type { Connection } from '@mogplex/protocol';
import { Command } from 'commander';
import { sanitiseLine } from '../../cockpit/text/sanitise.ts';
import type { World } from '../../world.ts';

const row = ({ name, kind, health, url, enabled }: Connection, width: number): string =>
  [name.padEnd(width), kind.padEnd(4), health.status.padEnd(7), sanitiseLine(url), ...(enabled ? [] : ['switched off'])].join('  ');

/** `mogplex connections list`: without their secrets, which nothing can read (statement B8). */
export const list = (world: World): Command =>
  new Command('list')
    .summary('list the connections of your teams')
    .description('List the connections of your teams: name, kind, how the last test found it, address.')
    .option('--json', 'print one connection a line as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { namingCredential, openPlatform } = await import('../../session/platform.ts');
      const { allItems } = await import('@mogplex/client');
      const platform = openPlatform(world);
      try {
        const found: Connection[] = [];
        for await (const item of allItems((page) => platform.client.listConnections(page))) found.push(item);
        const width = Math.max(0, ...found.map(({ name }) => name.length));
        for (const item of found) world.stdout.write(`${json ? JSON.stringify(item) : row(item, width)}\n`);
        if (found.length === 0 && !json) world.stderr.write('No connection yet: add one in Settings > Connections of your platform.\n');
      } catch (error) {
        throw namingCredential(platform, error);
      }
    });

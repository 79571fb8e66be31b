import { Command } from 'commander';
import { sanitiseLine } from '../../cockpit/text/sanitise.ts';
import type { World } from '../../world.ts';

const list = (world: World): Command =>
  new Command('list')
    .summary('list the MCP servers of your account')
    .description('List the MCP servers that the account brings to this folder: name, transport, address. Their credentials are not shown.')
    .option('--json', 'print one server a line as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { requireCredential, authFileOf } = await import('../../session/resolve.ts');
      const { syncMcpServers } = await import('../../session/mcp.ts');
      const file = authFileOf(world);
      requireCredential(world, file, 'mogplex');
      const { servers, problems } = await syncMcpServers(world, file, world.interrupted());
      const width = Math.max(0, ...servers.map(({ name }) => name.length));
      for (const { name, type, url, headers } of servers) {
        const line = json
          ? JSON.stringify({ name, type, url, headers: Object.keys(headers) })
          : [sanitiseLine(name).padEnd(width), type.padEnd(4), sanitiseLine(url)].join('  ');
        world.stdout.write(`${line}\n`);
      }
      for (const { name, message } of problems) world.stderr.write(`${name}: ${message}\n`);
    });

/** `mogplex mcp`: what the account brings in MCP servers (statement A9). */
export const command = (world: World): Command =>
  new Command('mcp').description('Look at the MCP servers of your Mogplex account.').addCommand(list(world));

import { Command } from 'commander';
import type { Repository } from '@mogplex/protocol';
import { sanitiseLine } from '../../cockpit/text/sanitise.ts';
import type { World } from '../../world.ts';

const row = ({ fullName, private: isPrivate, fork, archived, permission, defaultBranch }: Repository, width: number): string =>
  [
    sanitiseLine(fullName).padEnd(width),
    isPrivate ? 'private' : 'public ',
    permission.padEnd(8),
    sanitiseLine(defaultBranch),
    ...(fork ? ['fork'] : []),
    ...(archived ? ['archived'] : []),
  ].join('  ');

/** `mogplex repos list`: what the account's linked GitHub identity can see (statement B1). */
export const list = (world: World): Command =>
  new Command('list')
    .summary('list the repositories that your linked GitHub account can see')
    .description('List the repositories that your linked GitHub account can see, by name.')
    .argument('[search]', 'only those that have this in owner/name')
    .option('--json', 'print one repository a line as JSON')
    .action(async (search: string | undefined, { json }: { json?: boolean }) => {
      const { namingCredential, openPlatform } = await import('../../session/platform.ts');
      const { allItems } = await import('@mogplex/client');
      const platform = openPlatform(world);
      let hint: string | null = null;
      const read = async (page: { cursor?: string }) => {
        const answer = await platform.client.listRepositories({ ...page, limit: 100, ...(search === undefined ? {} : { search }) });
        ({ hint } = answer);
        return answer;
      };
      try {
        const found: Repository[] = [];
        for await (const repository of allItems(read)) found.push(repository);
        const width = Math.min(60, Math.max(0, ...found.map(({ fullName }) => fullName.length)));
        for (const repository of found) world.stdout.write(`${json ? JSON.stringify(repository) : row(repository, width)}\n`);
      } catch (error) {
        throw namingCredential(platform, error);
      }
      if (hint !== null && !json) world.stderr.write(`${sanitiseLine(hint)}\n`);
    });

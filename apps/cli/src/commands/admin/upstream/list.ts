import { PROVIDERS } from '@mogplex/protocol';
import { Command } from 'commander';
import type { World } from '../../../world.ts';
import { formatDate, formatTable } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

/** `mogplex admin upstream list`: which keys are stored, never a key. */
export const listCommand = (world: World): Command =>
  new Command('list')
    .description('List the stored provider keys, without the keys.')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nProviders: ${PROVIDERS.map(({ id }) => id).join(', ')}`)
    .action(({ json }: { json?: boolean }) =>
      withAdmin(world, async (admin) => {
        const upstreams = await admin.listUpstreams();
        if (json) {
          world.stdout.write(`${JSON.stringify(upstreams)}\n`);
          return;
        }
        const rows = upstreams.map((upstream) => [
          upstream.provider,
          upstream.label,
          upstream.baseUrl ?? '-',
          upstream.keyHint,
          upstream.health,
          formatDate(upstream.updatedAt),
        ]);
        world.stdout.write(formatTable(['PROVIDER', 'LABEL', 'BASE URL', 'KEY', 'HEALTH', 'SET'], rows));
      }),
    );

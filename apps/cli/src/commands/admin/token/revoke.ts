import { Command } from 'commander';
import type { World } from '../../../world.ts';
import { withAdmin } from '../with-admin.ts';

/** `mogplex admin token revoke`: returns once no running server lets the token in. */
export const revokeCommand = (world: World): Command =>
  new Command('revoke')
    .description('Revoke a token. When this returns, no running server lets it in.')
    .argument('<id>', 'id of the token, see mogplex admin token list')
    .action((id: string) =>
      withAdmin(world, async (admin) => {
        await admin.revokeToken(id);
        world.stderr.write('The token is revoked.\n');
      }),
    );

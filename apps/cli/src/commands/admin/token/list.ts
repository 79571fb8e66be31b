import { Command } from 'commander';
import type { World } from '../../../world.ts';
import { formatDate, formatTable } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

/** `mogplex admin token list`: every personal access token, never the token itself. */
export const listCommand = (world: World): Command =>
  new Command('list')
    .description('List personal access tokens, without the tokens.')
    .option('--email <address>', 'only those of this account')
    .option('--json', 'print JSON')
    .action(({ email, json }: { email?: string; json?: boolean }) =>
      withAdmin(world, async (admin) => {
        const tokens = await admin.listTokens(email);
        if (json) {
          world.stdout.write(`${JSON.stringify(tokens)}\n`);
          return;
        }
        const rows = tokens.map((token) => [
          token.id,
          token.email ?? `${token.serviceAccount} (service account)`,
          token.name,
          `${token.prefix}…`,
          token.scopes,
          formatDate(token.expiresAt),
          formatDate(token.lastUsedAt),
          token.revokedAt === null ? 'live' : 'revoked',
        ]);
        world.stdout.write(formatTable(['ID', 'ACCOUNT', 'NAME', 'PREFIX', 'SCOPES', 'EXPIRES', 'LAST USED', 'STATE'], rows));
      }),
    );

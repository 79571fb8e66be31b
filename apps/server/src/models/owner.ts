import { MogplexError } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import type { Principal } from '../http/principal.ts';
import type { Database } from '../store/schema.ts';

/**
 * Lets only the owner of the platform pass: the account that was made first.
 *
 * @throws MogplexError `forbidden`.
 */
export const requireOwner = async (db: Kysely<Database>, principal: Principal): Promise<void> => {
  const first = await db.selectFrom('user').select('id').orderBy('createdAt').orderBy('id').limit(1).executeTakeFirst();
  if (first?.id === principal.accountId) return;
  throw new MogplexError('forbidden', 'only the owner of the platform can do this', { boundary: 'account' });
};

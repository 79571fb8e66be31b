import { randomBytes } from 'node:crypto';
import { Secret } from '@mogplex/credentials';
import type { Store } from '../store/open.ts';

const PLACE = { table: 'identity_secret', row: '1', column: 'sealed', owner: 'platform' };

/**
 * The secret that signs session cookies and encrypts second factors. It is made once, sealed, and shared by every server
 * on the same store, so that it outlives a change of the master key.
 */
export const identitySecret = async ({ db, sealer }: Store, now: () => number): Promise<Secret> => {
  const made = sealer.seal(PLACE, new Secret(randomBytes(48).toString('base64url'), 'identity secret'));
  await db
    .insertInto('identity_secret')
    .values({ id: 1, sealed: made, created_at: now() })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  const row = await db.selectFrom('identity_secret').select('sealed').where('id', '=', 1).executeTakeFirstOrThrow();
  return sealer.open(PLACE, row.sealed);
};

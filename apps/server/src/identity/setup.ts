import { randomBytes } from 'node:crypto';
import { MogplexError } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import { createAccount, hasAccounts, type NewAccount } from './accounts.ts';
import type { Database } from '../store/schema.ts';
import { sha256 } from './oauth/context.ts';

/**
 * Makes the one-time code of the set-up link, in place of any earlier one. The link carries it in its fragment, which no
 * browser sends to a server or a proxy.
 *
 * @returns undefined once the platform has an account.
 */
export const createSetupCode = async (db: Kysely<Database>, now: number): Promise<string | undefined> => {
  if (await hasAccounts(db)) return undefined;
  const code = randomBytes(24).toString('base64url');
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('setup_code').execute();
    await trx
      .insertInto('setup_code')
      .values({ hash: sha256(code), created_at: now })
      .execute();
  });
  return code;
};

/**
 * Makes the first account, the operator's. Only where the platform has none: the command line may, a browser only with the
 * code of the set-up link, which is spent in the same transaction.
 *
 * @param code the set-up code; absent on the operator's own command line.
 * @returns the account's id.
 * @throws MogplexError `gone` for a code that is spent or wrong, `invalid_request`, `conflict`.
 */
export const createOwner = async (db: Kysely<Database>, account: NewAccount, now: number, code?: string): Promise<string> =>
  db.transaction().execute(async (trx) => {
    if (code !== undefined) {
      const spent = await trx.deleteFrom('setup_code').where('hash', '=', sha256(code)).executeTakeFirst();
      if (Number(spent.numDeletedRows) === 0) {
        throw new MogplexError('gone', 'this set-up link was used already or replaced by a newer one', {
          boundary: 'account',
          hint: 'Restart the platform to get a new link, or sign in.',
        });
      }
    }
    const id = await createAccount(trx, account, now);
    await trx.deleteFrom('setup_code').execute();
    return id;
  });

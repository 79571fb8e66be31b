import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';

/**
 * Removes the keys and choices of an account that is no more. What it used and cost stays in the ledger. Call `announceSettings` once
 * this is committed.
 */
export const deleteModelSettings = async (trx: Kysely<Database>, accountId: string): Promise<void> => {
  await trx.deleteFrom('model_upstreams').where('account_id', '=', accountId).execute();
  await trx.deleteFrom('model_choices').where('account_id', '=', accountId).execute();
  await trx.deleteFrom('model_exclusions').where('account_id', '=', accountId).execute();
};

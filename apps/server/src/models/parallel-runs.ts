import type { Kysely } from 'kysely';
import { STANDARD_PLAN } from './plans.ts';
import type { ModelTables } from './tables.ts';

/**
 * How many runs the plan of an account or a team allows at the same time. Read in the caller's transaction, so that a change of plan
 * holds from the next start on, on every server.
 *
 * @param owner `account:<id>` or `team:<id>`; without a plan of its own it has the default one.
 */
export const parallelRunsOf = async (db: Kysely<ModelTables>, owner: string): Promise<number> => {
  const entitled = await db.selectFrom('model_entitlements').select('plan_id').where('subject', '=', owner).executeTakeFirst();
  const plans = db.selectFrom('model_plans').select('parallel_runs');
  const plan = await (entitled ? plans.where('id', '=', entitled.plan_id) : plans.where('is_default', '=', 1)).executeTakeFirst();
  return plan?.parallel_runs ?? STANDARD_PLAN.parallelRuns;
};

import { deleteModelSettings } from '../models/forget.ts';
import { announceSettings } from '../models/settings.ts';
import { deleteRuns } from '../runs/forget.ts';
import { forgetTokens, removeServiceAccounts, revokeTokensOf } from '../tokens/revoke.ts';
import type { Identity } from './context.ts';
import { prepareGrantEnd } from './github-grant.ts';
import { leaveEveryTeam } from './teams/members.ts';
import { note } from './trail.ts';

/**
 * Deletes an account with all that is its own: sign-ins, tokens, keys, runs, and the teams that nobody else is in, with their service
 * accounts. The audit trail and the ledger keep its id. Once this resolves, nothing of it opens anything.
 *
 * @throws MogplexError `conflict` where it is the last owner of a team that others are in.
 */
export const deleteAccount = async (identity: Identity, accountId: string, requestId: string): Promise<void> => {
  const { platform } = identity;
  const { store, coherence, now } = platform;
  const endGrant = await prepareGrantEnd(platform, accountId);
  const revoked = await store.db.transaction().execute(async (trx) => {
    const personal = await trx.selectFrom('team').select('id').where('personal_of', '=', accountId).execute();
    const teams = [...(await leaveEveryTeam(trx, accountId)), ...personal.map(({ id }) => id)];
    const machines = await removeServiceAccounts(trx, teams);
    await trx.deleteFrom('user').where('id', '=', accountId).execute();
    await deleteRuns(trx, { accountId });
    for (const teamId of teams) await deleteRuns(trx, { teamId });
    await deleteModelSettings(trx, accountId);
    await trx.deleteFrom('notification').where('account_id', '=', accountId).execute();
    await trx.deleteFrom('idempotency').where('account_id', '=', accountId).execute();
    return revokeTokensOf(trx, { coherence, now }, [accountId, ...machines], 'owner', { actor: accountId, requestId });
  });
  await forgetTokens(coherence, revoked);
  await announceSettings(coherence);
  await note(identity, { accountId }, requestId, { action: 'account.deleted', subject: accountId });
  await endGrant();
};

import { MogplexError } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';
import { recordAudit } from '../audit/record.ts';
import type { Coherence } from '../store/coherence/coherence.ts';
import type { Actor } from './create.ts';
import type { TokenTables } from './tables.ts';
import { TOKEN_TOPIC } from './verify.ts';

type Db = Kysely<Database>;

interface Parts {
  db: Db;
  coherence: Coherence;
  now: () => number;
}

type Why = NonNullable<TokenTables['token']['revoked_why']>;

/** A token that was live until now. */
export interface RevokedToken {
  id: string;
  accountId: string;
  teamId: string | null;
  name: string;
}

const revokeRow = async (
  trx: Db,
  { coherence, now: clock }: Pick<Parts, 'coherence' | 'now'>,
  row: Pick<TokenTables['token'], 'id' | 'hash' | 'account_id' | 'team_id'>,
  why: Why,
  { actor, requestId }: Actor,
): Promise<boolean> => {
  const now = clock();
  const { numUpdatedRows } = await trx
    .updateTable('token')
    .set({ revoked_at: now, revoked_why: why })
    .where('id', '=', row.id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await coherence.tell(trx, TOKEN_TOPIC, [row.hash]);
  await recordAudit(
    trx,
    {
      actor,
      action: 'token.revoked',
      subject: row.id,
      accountId: row.account_id,
      ...(row.team_id === null ? {} : { teamId: row.team_id }),
      ...(requestId === undefined ? {} : { requestId }),
      details: { why },
    },
    now,
  );
  return true;
};

/** Resolves once no server answers from memory about these tokens, by their hashes. */
export const forgetTokens = (coherence: Coherence, hashes: readonly string[]): Promise<void> => coherence.invalidate(TOKEN_TOPIC, hashes);

/**
 * Revokes one token. Once it resolves, no server lets the token in.
 *
 * @param where `id` or `hash` of the token, and `accountId` when it must be this account's.
 * @param alongside what else is written when a live token was revoked: both are kept, or neither is.
 * @returns the row when it was live, undefined when it was revoked already.
 * @throws MogplexError `not_found` for a token that does not exist or is another account's.
 */
export const revokeToken = async (
  { db, coherence, now }: Parts,
  where: ({ id: string } | { hash: string }) & { accountId?: string },
  why: Why,
  by: Actor,
  alongside?: (trx: Db, token: RevokedToken) => Promise<void>,
): Promise<RevokedToken | undefined> => {
  const { row, revoked } = await db.transaction().execute(async (trx) => {
    const found = await trx
      .selectFrom('token')
      .select(['id', 'hash', 'account_id', 'team_id', 'name'])
      .where('id' in where ? 'id' : 'hash', '=', 'id' in where ? where.id : where.hash)
      .executeTakeFirst();
    if (!found || (where.accountId !== undefined && found.account_id !== where.accountId)) {
      throw new MogplexError('not_found', 'there is no such token', { boundary: 'token' });
    }
    const wasLive = await revokeRow(trx, { coherence, now }, found, why, by);
    const token = { id: found.id, accountId: found.account_id, teamId: found.team_id, name: found.name };
    if (wasLive) await alongside?.(trx, token);
    return { row: found, revoked: wasLive ? token : undefined };
  });
  // Also when it was revoked before: the answer must be true even if the server that did it died before it told the others.
  await forgetTokens(coherence, [row.hash]);
  return revoked;
};

/**
 * Revokes every live token of accounts that end, in the transaction that ends them.
 *
 * @returns what to give to `forgetTokens` once it is committed.
 */
export const revokeTokensOf = async (
  trx: Db,
  parts: Pick<Parts, 'coherence' | 'now'>,
  accountIds: readonly string[],
  why: Why,
  by: Actor,
): Promise<string[]> => {
  if (accountIds.length === 0) return [];
  const live = await trx
    .selectFrom('token')
    .select(['id', 'hash', 'account_id', 'team_id'])
    .where('account_id', 'in', accountIds)
    .where('revoked_at', 'is', null)
    .execute();
  for (const row of live) await revokeRow(trx, parts, row, why, by);
  return live.map(({ hash }) => hash);
};

/** Drops what every server keeps about the tokens of an account, after something about the account has changed. */
export const forgetHolder = async (
  { store: { db }, coherence }: { store: { db: Db }; coherence: Coherence },
  accountId: string,
): Promise<void> => {
  const rows = await db.selectFrom('token').select('hash').where('account_id', '=', accountId).where('revoked_at', 'is', null).execute();
  await forgetTokens(
    coherence,
    rows.map(({ hash }) => hash),
  );
};

/** Removes the service accounts of teams that are no more; their tokens are still to be revoked. Returns their ids. */
export const removeServiceAccounts = async (db: Db, teamIds: readonly string[]): Promise<string[]> => {
  if (teamIds.length === 0) return [];
  const accounts = await db.deleteFrom('service_account').where('team_id', 'in', teamIds).returning('id').execute();
  return accounts.map(({ id }) => id);
};

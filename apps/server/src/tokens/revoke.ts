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
  row: { id: string; account_id: string; team_id: string | null },
  why: Why,
  { actor, requestId }: Actor,
  now: number,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('token')
    .set({ revoked_at: now, revoked_why: why })
    .where('id', '=', row.id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
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
    const wasLive = await revokeRow(trx, found, why, by, now());
    const token = { id: found.id, accountId: found.account_id, teamId: found.team_id, name: found.name };
    if (wasLive) await alongside?.(trx, token);
    return { row: found, revoked: wasLive ? token : undefined };
  });
  // Also when it was revoked before: the answer must be true even if the server that did it died before it told the others.
  await coherence.invalidate(TOKEN_TOPIC, [row.hash]);
  return revoked;
};

/** Revokes every live token of an account, for instance when it is deleted, and drops what is kept about it. */
export const revokeTokensOf = async ({ db, coherence, now }: Parts, accountId: string, why: Why, by: Actor): Promise<number> => {
  const rows = await db.transaction().execute(async (trx) => {
    const live = await trx
      .selectFrom('token')
      .select(['id', 'hash', 'account_id', 'team_id'])
      .where('account_id', '=', accountId)
      .where('revoked_at', 'is', null)
      .execute();
    for (const row of live) await revokeRow(trx, row, why, by, now());
    return live;
  });
  await coherence.invalidate(
    TOKEN_TOPIC,
    rows.map(({ hash }) => hash),
  );
  return rows.length;
};

/** Drops what every server keeps about the tokens of an account, after something about the account has changed. */
export const forgetHolder = async (
  { store: { db }, coherence }: { store: { db: Db }; coherence: Coherence },
  accountId: string,
): Promise<void> => {
  const rows = await db.selectFrom('token').select('hash').where('account_id', '=', accountId).where('revoked_at', 'is', null).execute();
  await coherence.invalidate(
    TOKEN_TOPIC,
    rows.map(({ hash }) => hash),
  );
};

/** Removes the service accounts of teams that are no more; their tokens are still to be revoked. Returns their ids. */
export const removeServiceAccounts = async (db: Db, teamIds: readonly string[]): Promise<string[]> => {
  if (teamIds.length === 0) return [];
  const accounts = await db.deleteFrom('service_account').where('team_id', 'in', teamIds).returning('id').execute();
  return accounts.map(({ id }) => id);
};

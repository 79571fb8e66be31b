import { randomUUID } from 'node:crypto';
import { makeToken } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import type { Principal } from '../http/principal.ts';
import type { Database } from '../store/schema.ts';
import { hashToken } from './hash.ts';

type Db = Kysely<Database>;

/**
 * A run's token, for as long as one worker works on it. It is not a `Secret`: those are looked for in all that the process writes as long
 * as it lives, and a server makes one of these with every run. Its published form is masked everywhere.
 */
export class RunToken {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toJSON(): string {
    return '[secret:run token]';
  }
}

/** Milliseconds after which a run's token ends, whatever becomes of its run. */
const LONGEST = 24 * 3_600_000;
const PREFIX_SHOWN = 12;

/**
 * Makes the token that a run's agent calls the model gateway with; earlier ones of the run end. Only its hash is stored.
 *
 * @param trx the transaction in which the worker takes the run.
 * @param run `teamId`: the team that pays, where it has a plan.
 */
export const issueRunToken = async (
  trx: Db,
  run: { id: string; accountId: string; teamId: string | null },
  parts: { now: () => number; randomBytes: (count: number) => Uint8Array },
): Promise<RunToken> => {
  const text = makeToken('mog_run_', parts.randomBytes);
  const now = parts.now();
  await endRunTokens(trx, run.id, now);
  await trx
    .insertInto('token')
    .values({
      id: randomUUID(),
      hash: hashToken(text),
      kind: 'run',
      prefix: text.slice(0, PREFIX_SHOWN),
      account_id: run.accountId,
      team_id: run.teamId,
      run_id: run.id,
      name: run.id,
      scopes: 'read write',
      created_at: now,
      expires_at: now + LONGEST,
      last_used_at: null,
      revoked_at: null,
      revoked_why: null,
    })
    .execute();
  return new RunToken(text);
};

/** Ends the tokens of a run. They are looked up at each use, so that no server lets one in once this is committed. */
export const endRunTokens = async (trx: Db, runId: string, now: number): Promise<void> => {
  await trx
    .updateTable('token')
    .set({ revoked_at: now, revoked_why: 'ended' })
    .where('run_id', '=', runId)
    .where('revoked_at', 'is', null)
    .execute();
};

/** Whom a run token acts for: nobody, unless its run is under way and its starter still exists. */
export const findRunPrincipal = async (db: Db, hash: string, now: number): Promise<Principal | undefined> => {
  const row = await db
    .selectFrom('token')
    .innerJoin('run', 'run.id', 'token.run_id')
    .leftJoin('user', 'user.id', 'token.account_id')
    .leftJoin('service_account', 'service_account.id', 'token.account_id')
    .select(['token.id', 'token.account_id', 'token.expires_at', 'run.team_id', 'run.id as run_id', 'run.repository', 'run.source'])
    .select(['user.email', 'service_account.id as service_id'])
    .where('token.hash', '=', hash)
    .where('token.kind', '=', 'run')
    .where('token.revoked_at', 'is', null)
    .where('token.expires_at', '>', now)
    .where('run.status', '=', 'running')
    .executeTakeFirst();
  if (!row || (row.email === null && row.service_id === null)) return undefined;
  return {
    kind: 'run',
    accountId: row.account_id,
    ...(row.email === null ? {} : { email: row.email }),
    ...(row.team_id === null ? {} : { teamId: row.team_id }),
    tokenId: row.id,
    name: row.run_id,
    scopes: new Set(['read', 'write']),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    runId: row.run_id,
    ...(row.repository === null ? {} : { repository: row.repository }),
    source: row.source,
  };
};

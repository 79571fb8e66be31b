import { randomUUID } from 'node:crypto';
import { Secret } from '@mogplex/credentials';
import { makeToken } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';
import { recordAudit } from '../audit/record.ts';
import { displayName } from '../identity/oauth/context.ts';
import { hashToken } from './hash.ts';

const PREFIX_SHOWN = 8;

export interface NewToken {
  accountId: string;
  /** Set for a service account: its team. */
  teamId?: string;
  name: string;
  scopes: ReadonlySet<'read' | 'write'>;
  /** Milliseconds since the epoch; absent: never. */
  expiresAt?: number;
}

/** Who makes it, for the audit trail. */
export interface Actor {
  /** Account id, or `operator`. */
  actor: string;
  requestId?: string;
}

export interface CreatedToken {
  /** To be shown once; it is not kept. */
  token: Secret;
  id: string;
}

/**
 * Makes a token and stores its SHA-256 and first eight characters.
 *
 * @throws MogplexError `invalid_request` for a name that holds nothing that can be read.
 */
export const createToken = async (
  db: Kysely<Database>,
  wanted: NewToken,
  { actor, requestId }: Actor,
  parts: { now: () => number; randomBytes: (count: number) => Uint8Array },
): Promise<CreatedToken> => {
  const text = makeToken('mog_', parts.randomBytes);
  const now = parts.now();
  const row = {
    id: randomUUID(),
    hash: hashToken(text),
    kind: 'personal' as const,
    prefix: text.slice(0, PREFIX_SHOWN),
    account_id: wanted.accountId,
    team_id: wanted.teamId ?? null,
    run_id: null,
    name: displayName(wanted.name),
    scopes: (['read', 'write'] as const).filter((scope) => wanted.scopes.has(scope)).join(' '),
    created_at: now,
    expires_at: wanted.expiresAt ?? null,
    last_used_at: null,
    revoked_at: null,
    revoked_why: null,
  };
  await db.transaction().execute(async (trx) => {
    await trx.insertInto('token').values(row).execute();
    await recordAudit(
      trx,
      {
        actor,
        action: 'token.created',
        subject: row.id,
        accountId: row.account_id,
        ...(wanted.teamId === undefined ? {} : { teamId: wanted.teamId }),
        ...(requestId === undefined ? {} : { requestId }),
        details: { name: row.name, scopes: row.scopes },
      },
      now,
    );
  });
  return { token: new Secret(text, `token ${row.prefix}`), id: row.id };
};

import { randomUUID } from 'node:crypto';
import { createRedactor, profiles } from '@mogplex/redaction';
import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';

export interface AuditEntry {
  /** Account id, `operator` or `secret-scanning`. */
  actor: string;
  /** Dotted, for instance `token.revoked`. */
  action: string;
  subject: string;
  accountId?: string;
  teamId?: string;
  requestId?: string;
  /** Redacted by name and by value before it is stored (statement B17). */
  details?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

const redactor = createRedactor(profiles.audit);

/** Adds one row to the audit trail; give it the transaction of the change itself, so that neither stands without the other. */
export const recordAudit = async (db: Kysely<Database>, entry: AuditEntry, now: number): Promise<void> => {
  await db
    .insertInto('audit_event')
    .values({
      id: randomUUID(),
      at: now,
      actor: entry.actor,
      action: entry.action,
      subject: entry.subject,
      account_id: entry.accountId ?? null,
      team_id: entry.teamId ?? null,
      request_id: entry.requestId ?? null,
      details: redactor.json(entry.details ?? {}).json,
    })
    .execute();
};

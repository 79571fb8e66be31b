import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';
import type { AuditTables } from './tables.ts';

/** Leaves a notice that the account's pages show until it is marked read. */
export const notify = async (
  db: Kysely<Database>,
  notice: { accountId: string; kind: AuditTables['notification']['kind']; text: string },
  now: number,
): Promise<void> => {
  await db
    .insertInto('notification')
    .values({ id: randomUUID(), account_id: notice.accountId, kind: notice.kind, text: notice.text, created_at: now, read_at: null })
    .execute();
};

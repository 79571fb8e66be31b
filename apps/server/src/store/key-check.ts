import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import { type Kysely, sql } from 'kysely';
import type { SealedText, Sealer } from './sealer.ts';

export interface KeyTables {
  key_check: {
    key_id: string;
    /** A known word, sealed by this key. */
    sealed: SealedText;
    created_at: number;
  };
}

const WORD = 'mogplex-key-check';

const placeOf = (keyId: string) => ({ table: 'key_check', row: keyId, column: 'sealed', owner: 'platform' });

/** Whether no key has ever sealed anything in this store. */
export const isUnsealed = async (db: Kysely<KeyTables>): Promise<boolean> =>
  (await db.selectFrom('key_check').select('key_id').limit(1).executeTakeFirst()) === undefined;

const openWord = (sealer: Sealer, keyId: string, sealed: SealedText): void => {
  try {
    sealer.open(placeOf(keyId), sealed);
  } catch (cause) {
    throw new MogplexError('damaged', `the master key is not the one that sealed this store (it needs key ${keyId})`, {
      boundary: 'configuration',
      hint: 'Put the right key back from your backup. Nothing was changed.',
      cause,
    });
  }
};

/**
 * Proves that the ring opens what this store holds: every key that ever sealed left a known word behind.
 *
 * @throws MogplexError `damaged` when the configured key is another one.
 */
export const checkKeys = async (db: Kysely<KeyTables>, dialect: 'sqlite' | 'postgres', sealer: Sealer, now: number): Promise<void> => {
  await db.transaction().execute(async (trx) => {
    // Two servers that make a key of their own at the same time must not both leave one: SQLite's transaction is exclusive already.
    if (dialect === 'postgres') await sql`lock table key_check in exclusive mode`.execute(trx);
    const rows = await trx.selectFrom('key_check').selectAll().execute();
    for (const { key_id: keyId, sealed } of rows) openWord(sealer, keyId, sealed);
    if (rows.some(({ key_id: keyId }) => keyId === sealer.keyId)) return;
    const sealed = sealer.seal(placeOf(sealer.keyId), new Secret(WORD, 'key check'));
    await trx.insertInto('key_check').values({ key_id: sealer.keyId, sealed, created_at: now }).execute();
  });
};

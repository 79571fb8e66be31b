import { type Kysely, sql, type Transaction } from 'kysely';
import type { ModelTables } from '../tables.ts';
import { bookBatch, payersOf, referencesOf, reservationsOf } from './batch.ts';
import { type Additions, type CreditRow, emptyCredit, type ReservationRow } from './book.ts';
import type { LedgerStore } from './ledger.ts';

type Tx = Transaction<ModelTables>;

const drop = async (tx: Tx, ids: readonly string[]): Promise<Map<string, ReservationRow>> => {
  if (ids.length === 0) return new Map();
  const rows = await tx.deleteFrom('model_reservations').where('id', 'in', ids).returningAll().execute();
  return new Map(rows.map((row) => [row.id, row]));
};

const findBooked = async (tx: Tx, references: readonly string[]) => {
  if (references.length === 0) return new Map<string, { kind: string; amount: number; cost: number }>();
  const rows = await tx
    .selectFrom('model_ledger')
    .select(['reference', 'kind', 'amount', 'cost'])
    .where('reference', 'in', references)
    .execute();
  return new Map(rows.map((row) => [row.reference, row]));
};

/** Locks the credit rows of payers, in one order for all servers. */
const lockCredits = async (tx: Tx, payers: readonly string[]): Promise<Map<string, CreditRow>> => {
  const select = () => tx.selectFrom('model_credit').selectAll().where('payer', 'in', payers).orderBy('payer').forUpdate().execute();
  if (payers.length === 0) return new Map();
  let rows = await select();
  if (rows.length < payers.length) {
    const missing = payers.filter((payer) => !rows.some((row) => row.payer === payer));
    await tx
      .insertInto('model_credit')
      .values(missing.map(emptyCredit))
      .onConflict((conflict) => conflict.column('payer').doNothing())
      .execute();
    rows = await select();
  }
  return new Map(rows.map((row) => [row.payer, row]));
};

const write = async (tx: Tx, credits: Iterable<CreditRow>, { entries, reservations, alerts }: Additions): Promise<void> => {
  for (const { payer, ...row } of credits) await tx.updateTable('model_credit').set(row).where('payer', '=', payer).execute();
  if (entries.length > 0) await tx.insertInto('model_ledger').values(entries).execute();
  if (reservations.length > 0) await tx.insertInto('model_reservations').values(reservations).execute();
  if (alerts.length > 0) {
    await tx
      .insertInto('model_alerts')
      .values(alerts)
      .onConflict((conflict) => conflict.columns(['payer', 'period', 'percent']).doNothing())
      .execute();
  }
};

/** The ledger on PostgreSQL: the payer's credit row is locked, so that any number of servers book one after the other. */
export const openPostgresLedger = (db: Kysely<ModelTables>, serverId: string, leaseMs: number): LedgerStore => ({
  commit: (operations, now) =>
    db.transaction().execute(async (tx) => {
      const dropped = await drop(
        tx,
        reservationsOf(operations).map(({ id }) => id),
      );
      const booked = await findBooked(tx, referencesOf(operations, dropped));
      const credits = await lockCredits(tx, payersOf(operations, dropped));
      const { results, additions } = bookBatch(operations, { dropped, booked, credits, serverId, now, leaseMs });
      await write(tx, credits.values(), additions);
      return { results, alerts: additions.alerts };
    }),
  bookNow: () => undefined,
  beat: async (expiresAt) => {
    await db.updateTable('model_reservations').set({ expires_at: expiresAt }).where('server_id', '=', serverId).execute();
  },
  expired: async (now, limit) => {
    const rows = await db
      .selectFrom('model_reservations')
      .select('id')
      .where('expires_at', '<', now)
      .where('server_id', '<>', serverId)
      .orderBy(sql`expires_at`)
      .limit(limit)
      .execute();
    return rows.map((row) => row.id);
  },
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(0),
});

import type BetterSqlite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import type { ModelTables } from '../tables.ts';
import { bookBatch, payersOf, referencesOf, reservationsOf } from './batch.ts';
import type { Additions, AlertRow, CreditRow, EntryRow, ReservationRow } from './book.ts';
import type { LedgerOperation, LedgerResult } from './operations.ts';
import type { LedgerStore } from './ledger.ts';

const CREDIT_COLUMNS = ['payer', 'period', 'granted', 'balance', 'reserved', 'calls', 'minute', 'minute_calls'] as const;
const RESERVATION_COLUMNS = [
  'id',
  'payer',
  'server_id',
  'amount',
  'charged',
  'account_id',
  'team_id',
  'token_id',
  'run_id',
  'source',
  'model',
  'provider',
  'upstream_id',
  'expires_at',
  'created_at',
] as const;
const ENTRY_COLUMNS = [
  'id',
  'reference',
  'payer',
  'kind',
  'amount',
  'cost',
  'uncovered',
  'account_id',
  'team_id',
  'token_id',
  'run_id',
  'source',
  'model',
  'provider',
  'upstream_id',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'exact',
  'outcome',
  'day',
  'created_at',
] as const;
const ALERT_COLUMNS = ['id', 'payer', 'period', 'percent', 'created_at'] as const;

const insertInto = (table: string, columns: readonly string[], verb = 'insert'): string =>
  `${verb} into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`;

const prepareAll = (database: BetterSqlite.Database) => ({
  begin: database.prepare('begin immediate'),
  commit: database.prepare('commit'),
  rollback: database.prepare('rollback'),
  drop: database.prepare<[string], ReservationRow>(
    `delete from model_reservations where id = ? returning ${RESERVATION_COLUMNS.join(', ')}`,
  ),
  booked: database.prepare<[string], { reference: string; kind: string; amount: number; cost: number }>(
    'select reference, kind, amount, cost from model_ledger where reference = ?',
  ),
  credit: database.prepare<[string], CreditRow>(`select ${CREDIT_COLUMNS.join(', ')} from model_credit where payer = ?`),
  putCredit: database.prepare(insertInto('model_credit', CREDIT_COLUMNS, 'insert or replace')),
  entry: database.prepare(insertInto('model_ledger', ENTRY_COLUMNS)),
  reservation: database.prepare(insertInto('model_reservations', RESERVATION_COLUMNS)),
  alert: database.prepare(insertInto('model_alerts', ALERT_COLUMNS, 'insert or ignore')),
  beat: database.prepare('update model_reservations set expires_at = ? where server_id = ?'),
  // One server holds the data folder: the reservations of any other id are those of an earlier life.
  expired: database.prepare<[string, number], string>('select id from model_reservations where server_id <> ? limit ?').pluck(),
});

type Statements = ReturnType<typeof prepareAll>;

const write = (statements: Statements, credits: Iterable<CreditRow>, { entries, reservations, alerts }: Additions): void => {
  for (const row of credits) statements.putCredit.run(CREDIT_COLUMNS.map((column) => row[column]));
  for (const row of entries) statements.entry.run(ENTRY_COLUMNS.map((column) => row[column as keyof EntryRow]));
  for (const row of reservations) statements.reservation.run(RESERVATION_COLUMNS.map((column) => row[column]));
  for (const row of alerts) statements.alert.run(ALERT_COLUMNS.map((column) => row[column as keyof AlertRow]));
};

/**
 * The ledger on the embedded store. It works on the store's one connection, in one go, while nobody else uses it. Its
 * commits reach the operating system before a call goes out, so that they outlive the process; the disk gets them with
 * the next commit of the rest of the platform, which a power cut may come before: a flush for each call would cost
 * more than the whole way through the gateway.
 *
 * @param db lends the connection; `database` is that connection.
 */
export const openSqliteLedger = (
  db: Kysely<ModelTables>,
  database: BetterSqlite.Database,
  serverId: string,
  leaseMs: number,
): LedgerStore => {
  const statements = prepareAll(database);

  const commitNow = (operations: readonly LedgerOperation[], now: number): { results: LedgerResult[]; alerts: AlertRow[] } => {
    database.pragma('synchronous = NORMAL');
    statements.begin.run();
    try {
      const dropped = new Map<string, ReservationRow>();
      for (const id of reservationsOf(operations)) {
        const row = statements.drop.get(id);
        if (row) dropped.set(id, row);
      }
      const booked = new Map(
        referencesOf(operations, dropped).flatMap((reference) => {
          const row = statements.booked.get(reference);
          return row ? [[reference, row] as const] : [];
        }),
      );
      const credits = new Map(
        payersOf(operations, dropped).flatMap((payer) => {
          const row = statements.credit.get(payer);
          return row ? [[payer, row] as const] : [];
        }),
      );
      const { results, additions } = bookBatch(operations, { dropped, booked, credits, serverId, now, leaseMs });
      write(statements, credits.values(), additions);
      statements.commit.run();
      return { results, alerts: additions.alerts };
    } catch (error) {
      if (database.inTransaction) statements.rollback.run();
      throw error;
    } finally {
      database.pragma('synchronous = FULL');
    }
  };

  /** Kysely's transactions last over many turns of the event loop: between them the connection is free. */
  const alone = <T>(work: () => T): Promise<T> => db.connection().execute(() => Promise.resolve(work()));

  return {
    commit: (operations, now) => alone(() => commitNow(operations, now)),
    beat: (expiresAt) => alone(() => void statements.beat.run(expiresAt, serverId)),
    expired: (_now, limit) => alone(() => statements.expired.all(serverId, limit)),
    close: () => Promise.resolve(),
  };
};

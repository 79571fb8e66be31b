import type BetterSqlite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import type { ModelTables } from '../tables.ts';
import { bookBatch, payersOf, referencesOf, reservationsOf } from './batch.ts';
import { type Additions, admit, type AlertRow, settle } from './book.ts';
import type { CreditRow, EntryRow, ReservationRow } from './book.ts';
import type { LedgerOperation, LedgerResult } from './operations.ts';
import type { LedgerStore } from './ledger.ts';
import { IDLE_MS, Outstanding } from './outstanding.ts';
import { prepareEntries } from './sqlite-entries.ts';

const CREDIT_COLUMNS = ['payer', 'period', 'granted', 'balance', 'reserved', 'calls', 'minute', 'minute_calls'] as const;
const RESERVATION_COLUMNS = [
  'id',
  'payer',
  'server_id',
  'amount',
  'calls',
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
// Spelled out, since these run for every call.
const reservationValues = (row: ReservationRow): unknown[] => [
  row.id,
  row.payer,
  row.server_id,
  row.amount,
  row.calls,
  row.charged,
  row.account_id,
  row.team_id,
  row.token_id,
  row.run_id,
  row.source,
  row.model,
  row.provider,
  row.upstream_id,
  row.expires_at,
  row.created_at,
];

const ALERT_COLUMNS = ['id', 'payer', 'period', 'percent', 'created_at'] as const;

const insertInto = (table: string, columns: readonly string[], verb = 'insert'): string =>
  `${verb} into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`;

const prepareAll = (database: BetterSqlite.Database) => ({
  begin: database.prepare('begin immediate'),
  commit: database.prepare('commit'),
  rollback: database.prepare('rollback'),
  reserved: database.prepare<[string], ReservationRow>(`select ${RESERVATION_COLUMNS.join(', ')} from model_reservations where id = ?`),
  booked: database.prepare<[string], { reference: string; kind: string; amount: number; cost: number }>(
    'select reference, kind, amount, cost from model_ledger where reference = ?',
  ),
  credit: database.prepare<[string], CreditRow>(`select ${CREDIT_COLUMNS.join(', ')} from model_credit where payer = ?`),
  putCredit: database.prepare(insertInto('model_credit', CREDIT_COLUMNS, 'insert or replace')),
  reservation: database.prepare(insertInto('model_reservations', RESERVATION_COLUMNS, 'insert or replace')),
  forget: database.prepare<[string]>('delete from model_reservations where id = ?'),
  alert: database.prepare(insertInto('model_alerts', ALERT_COLUMNS, 'insert or ignore')),
  // One server holds the data folder: the reservations of any other id are those of an earlier life.
  expired: database.prepare<[string, number], string>('select id from model_reservations where server_id <> ? limit ?').pluck(),
});

/** What a transaction is to write. */
interface Pending {
  entries: EntryRow[];
  alerts: AlertRow[];
  /** Payers whose credit row has changed. */
  payers: Set<string>;
  /** Reservations of an earlier life that are booked now. */
  forget: string[];
}

const nothing = (): Pending => ({ entries: [], alerts: [], payers: new Set(), forget: [] });

/** How long an entry waits for others when no call depends on it, in milliseconds. */
const GATHER_MS = 50;
/** So many entries are written without waiting for more, and with so many no call begins or ends before they are. */
const ENOUGH_PENDING = 500;
const MOST_PENDING = 2_000;
const RETRY_MS = 250;

/**
 * The ledger on the embedded store. One process holds the store, so that its memory is the truth about credit while it
 * lives; what must outlive it is written before a call goes out (see `Outstanding`), the rest a moment later with many
 * others. Writes reach the operating system at once, so that they outlive the process; the disk gets them with the next
 * commit of the rest of the platform, which a power cut may come before.
 *
 * @param db lends the connection; `database` is that connection.
 */
export const openSqliteLedger = (
  db: Kysely<ModelTables>,
  database: BetterSqlite.Database,
  {
    serverId,
    leaseMs,
    onFailure,
    now: clock,
  }: { serverId: string; leaseMs: number; onFailure: (error: unknown) => void; now: () => number },
): LedgerStore => {
  const statements = prepareAll(database);
  const writeEntries = prepareEntries(database);
  const outstanding = new Outstanding(serverId);
  const credits = new Map<string, CreditRow>();
  let pending = nothing();
  let later: { due: number; timer: NodeJS.Timeout } | undefined;
  // The pages that every call writes are the same few: the longer the log, the fewer of them go to the file.
  database.pragma('wal_autocheckpoint = 4000');

  const flush = (last = false): void => {
    clearTimeout(later?.timer);
    later = undefined;
    const rows = outstanding.rows(credits, clock(), leaseMs, last);
    database.exec('pragma synchronous = NORMAL');
    statements.begin.run();
    try {
      for (const payer of pending.payers) {
        const credit = credits.get(payer);
        if (credit) statements.putCredit.run(CREDIT_COLUMNS.map((column) => credit[column]));
      }
      writeEntries(pending.entries);
      for (const row of rows.put) statements.reservation.run(reservationValues(row));
      for (const id of [...rows.remove, ...pending.forget]) statements.forget.run(id);
      for (const row of pending.alerts) statements.alert.run(ALERT_COLUMNS.map((column) => row[column as keyof AlertRow]));
      statements.commit.run();
      pending = nothing();
      rows.keep();
      if (rows.idle) flushLater(IDLE_MS + 1);
    } catch (error) {
      if (database.inTransaction) statements.rollback.run();
      throw error;
    } finally {
      database.exec('pragma synchronous = FULL');
    }
  };

  /** Kysely's transactions last over many turns of the event loop: between them the connection is free. */
  const alone = <T>(work: () => T): Promise<T> => db.connection().execute(() => Promise.resolve(work()));

  const flushLater = (wait: number): void => {
    const due = clock() + wait;
    if (later && later.due <= due) return;
    if (later) clearTimeout(later.timer);
    const timer = setTimeout(() => {
      later = undefined;
      alone(() => flush()).catch((error: unknown) => {
        onFailure(error);
        flushLater(RETRY_MS);
      });
    }, wait);
    later = { due, timer };
  };

  const load = (operations: readonly LedgerOperation[], dropped: ReadonlyMap<string, ReservationRow>): void => {
    for (const payer of payersOf(operations, dropped)) {
      pending.payers.add(payer);
      const row = credits.has(payer) ? undefined : statements.credit.get(payer);
      if (row) credits.set(payer, row);
    }
  };

  const find = (reference: string) => statements.booked.get(reference) ?? pending.entries.find((entry) => entry.reference === reference);

  /** Books in memory; `awaited` when the store must hold it before anybody acts on it. */
  const book = (operations: readonly LedgerOperation[], now: number): { results: LedgerResult[]; alerts: AlertRow[]; awaited: boolean } => {
    const dropped = new Map<string, ReservationRow>();
    for (const { id, amount } of reservationsOf(operations)) {
      const row = amount === undefined ? statements.reserved.get(id) : outstanding.find(id);
      if (!row) continue;
      dropped.set(id, row);
      if (amount === undefined) pending.forget.push(id);
      else outstanding.end(id, amount);
    }
    const booked = new Map(
      referencesOf(operations, dropped).flatMap((reference) => {
        const row = find(reference);
        return row ? [[reference, row] as const] : [];
      }),
    );
    load(operations, dropped);
    const { results, additions } = bookBatch(operations, { dropped, booked, credits, serverId, now, leaseMs });
    for (const row of additions.reservations) outstanding.add(row, now);
    pending.entries.push(...additions.entries);
    pending.alerts.push(...additions.alerts);
    const awaited =
      pending.entries.length >= MOST_PENDING ||
      pending.forget.length > 0 ||
      operations.some(({ type }) => type === 'adjust') ||
      additions.reservations.some((row) => outstanding.isBehind(row));
    return { results, alerts: additions.alerts, awaited };
  };

  /** Books what memory alone can answer for: the rows in the store cover the call, or its reservation is among them. */
  const bookNow = (operation: LedgerOperation, now: number): { alerts: AlertRow[] } | undefined => {
    if (operation.type !== 'reserve' && operation.type !== 'settle') return undefined;
    const reservation = operation.type === 'reserve' ? operation.reservation : operation.settlement.reservation;
    const credit = credits.get(reservation.payer);
    if (!credit || pending.entries.length >= MOST_PENDING) return undefined;
    const add: Additions = { entries: [], reservations: [], alerts: [] };
    let booked = true;
    if (operation.type === 'settle') {
      if (!operation.settlement.reserved || !outstanding.find(reservation.id)) return undefined;
      outstanding.end(reservation.id, reservation.amount);
      settle(credit, operation.settlement, add, now);
    } else {
      if (!outstanding.covers(reservation)) return undefined;
      booked = admit(credit, reservation, add, now).ok;
      if (booked) outstanding.join(reservation, now);
    }
    pending.payers.add(reservation.payer);
    pending.entries.push(...add.entries);
    pending.alerts.push(...add.alerts);
    flushLater(pending.entries.length >= ENOUGH_PENDING ? 0 : GATHER_MS);
    return booked ? { alerts: add.alerts } : undefined;
  };

  return {
    bookNow,
    commit: async (operations, now) => {
      const { results, alerts, awaited } = book(operations, now);
      if (awaited) await alone(() => flush());
      else flushLater(GATHER_MS);
      return { results, alerts };
    },
    // The rows of this server never expire while it lives: nobody else serves this store.
    beat: () => Promise.resolve(),
    expired: (_now, limit) => alone(() => statements.expired.all(serverId, limit)),
    flush: () => alone(() => flush()),
    close: async () => {
      try {
        await alone(() => flush(true));
      } catch (error) {
        onFailure(error);
      }
      clearTimeout(later?.timer);
      return pending.entries.length;
    },
  };
};

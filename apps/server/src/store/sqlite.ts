import BetterSqlite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely';

/** Statements kept compiled. The product has far fewer; the bound only guards against generated SQL. */
const STATEMENTS_KEPT = 500;

class ImmediateDriver extends SqliteDriver {
  readonly #inTransaction: () => boolean;

  constructor(config: SqliteDialectConfig, inTransaction: () => boolean) {
    super(config);
    this.#inTransaction = inTransaction;
  }

  /** Takes the write lock at once, so that a transaction that reads first cannot fail later with "database is locked". */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** A full disk, for one, has rolled back already; a second time would be an error that hides the first one. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#inTransaction()) await super.rollbackTransaction(connection);
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;
  readonly #inTransaction: () => boolean;

  constructor(config: SqliteDialectConfig, inTransaction: () => boolean) {
    super(config);
    this.#config = config;
    this.#inTransaction = inTransaction;
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#config, this.#inTransaction);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

export interface SqliteFile {
  dialect: SqliteDialect;
  /** The connection beneath the dialect; only for work without an await in between, while Kysely lends its connection. */
  database: BetterSqlite.Database;
  /** A number that changes when another connection, of this or another process, commits (`PRAGMA data_version`). */
  dataVersion: () => number;
}

/** Opens the embedded store: one file, write-ahead log, every commit on disk before it is acknowledged. */
export const openSqlite = (path: string): SqliteFile => {
  const database = new BetterSqlite(path);
  database.pragma('busy_timeout = 10000');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  const statements = new Map<string, BetterSqlite.Statement<unknown[]>>();
  const prepare = (sql: string): BetterSqlite.Statement<unknown[]> => {
    const known = statements.get(sql);
    if (known && !known.busy) return known;
    const statement = database.prepare<unknown[]>(sql);
    if (statements.size >= STATEMENTS_KEPT) statements.clear();
    if (statement.reader || /^(insert|update|delete)\b/i.test(sql)) statements.set(sql, statement);
    return statement;
  };
  const version = database.prepare<[], number>('pragma data_version').pluck();
  return {
    dialect: new ImmediateSqliteDialect({ database: { close: () => database.close(), prepare } }, () => database.inTransaction),
    database,
    dataVersion: () => version.get() ?? 0,
  };
};

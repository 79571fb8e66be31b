import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import type BetterSqlite from 'better-sqlite3';
import { type Dialect, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Config } from '../config.ts';
import { checkKeys, isUnsealed } from './key-check.ts';
import { followKeyring, openKeyring } from './keyring.ts';
import { migrate } from './migrate.ts';
import type { Database } from './schema.ts';
import { createSealer, type Sealer } from './sealer.ts';
import { openSqlite } from './sqlite.ts';

export interface Store {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  sealer: Sealer;
  /** PostgreSQL: the pool beneath `db`, for LISTEN and the rate limiter. */
  pool?: pg.Pool;
  /** SQLite: changes whenever another connection commits. */
  dataVersion?: () => number;
  /** SQLite: the connection beneath `db`, for work in one go while Kysely lends it. */
  database?: BetterSqlite.Database;
  close(): Promise<void>;
  /** Cuts the connections to a database that does not answer, so that none keeps the process alive. */
  abandon(): void;
}

const INT8 = 20;

interface Opened {
  dialect: Dialect;
  pool?: pg.Pool;
  dataVersion?: () => number;
  database?: BetterSqlite.Database;
  abandon: () => void;
}

const openPostgres = (url: string): Opened => {
  const sockets = new Set<Socket>();
  const stream = (): Socket => {
    const socket = new Socket();
    sockets.add(socket);
    return socket.once('close', () => sockets.delete(socket));
  };
  const pool = new pg.Pool({
    connectionString: url,
    stream,
    max: 20,
    connectionTimeoutMillis: 5_000,
    // A server that is frozen in the middle of a transaction does not keep its locks from the others.
    idle_in_transaction_session_timeout: 10_000,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')),
    },
  });
  // An idle connection that the server ends is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  // The same for one that is lost between two statements of a transaction: the next statement says so.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const abandon = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { dialect: new PostgresDialect({ pool }), pool, abandon };
};

const openEmbedded = async (folder: string): Promise<Opened> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, 'mogplex.db');
    const opened = openSqlite(path);
    await chmod(path, 0o600);
    return { ...opened, abandon: () => undefined };
  } catch (cause) {
    throw unusable(`the data folder ${folder}`, cause);
  }
};

const codeOf = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown');

const unusable = (what: string, cause: unknown): MogplexError => {
  const code = codeOf(cause);
  const corrupt = code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');
  return corrupt
    ? new MogplexError('damaged', `the store in ${what} is damaged (${code})`, {
        boundary: 'storage',
        hint: 'Nothing was changed. Restore mogplex.db from your backup.',
        cause,
      })
    : new MogplexError('unavailable', `${what} cannot be used (${code})`, { boundary: 'storage', cause });
};

/**
 * Opens the store: PostgreSQL where `databaseUrl` is set, else SQLite in the data folder (made when missing); migrates it and
 * proves that the master key is the right one.
 *
 * @throws MogplexError boundary `storage` (folder or database unusable or damaged) or `configuration` (master key).
 */
export const openStore = async (
  config: Pick<Config, 'dataDir' | 'databaseUrl' | 'masterKey'>,
  now: () => number = Date.now,
): Promise<Store> => {
  const what = config.databaseUrl ? 'the database of DATABASE_URL' : `the data folder ${config.dataDir}`;
  const { dialect, ...opened } = config.databaseUrl ? openPostgres(config.databaseUrl.reveal()) : await openEmbedded(config.dataDir);
  const db = new Kysely<Database>({ dialect });
  try {
    await migrate(db);
    const keyring = await openKeyring(config, () => isUnsealed(db), randomBytes);
    const sealer = createSealer(followKeyring(config, keyring));
    await checkKeys(db, config.databaseUrl ? 'postgres' : 'sqlite', sealer, now());
    return { db, dialect: config.databaseUrl ? 'postgres' : 'sqlite', sealer, ...opened, close: () => db.destroy() };
  } catch (error) {
    await db.destroy().catch(() => undefined);
    const cause = error instanceof MogplexError && error.code === 'unavailable' ? error.cause : error;
    throw error instanceof MogplexError && error.boundary === 'configuration' ? error : unusable(what, cause);
  }
};

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@mogplex/credentials';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { afterAll, describe, inject } from 'vitest';
import { migrate } from '../src/store/migrate.ts';
import { migrations } from '../src/store/migrations/index.ts';
import { openStore, type Store } from '../src/store/open.ts';

export { openStore };

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** Where a store of a test lives: what `loadConfig` would say of it. */
export interface StorePlace {
  dataDir: string;
  databaseUrl?: Secret;
}

export interface TestStores {
  dialect: 'sqlite' | 'postgres';
  /** A new, empty place: a folder of its own and, on PostgreSQL, a database of its own. */
  place(): Promise<StorePlace>;
  /** A store at a new place, or at the given one; closed after the suite. */
  open(at?: StorePlace): Promise<Store>;
}

const withAdmin = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const databaseUrl = (adminUrl: string, name: string): string => {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
};

const TEMPLATE_LOCK = 4_100;

/** A migrated database that others are copied from, made once a test run. */
const ensureTemplate = (adminUrl: string): Promise<string> =>
  withAdmin(adminUrl, async (client) => {
    const name = `template_${Object.keys(migrations).length}`;
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) {
      await client.query(`create database ${name}_draft`);
      const pool = new pg.Pool({ connectionString: databaseUrl(adminUrl, `${name}_draft`), max: 2 });
      const db = new Kysely<never>({ dialect: new PostgresDialect({ pool }) });
      await migrate(db);
      await db.destroy();
      await client.query(`alter database ${name}_draft rename to ${name}`);
    }
    await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
    return name;
  });

/** Makes a new database in the test run's PostgreSQL, migrated unless `empty`, and gives its URL. */
export const createDatabase = async (options: { empty?: boolean } = {}): Promise<string> => {
  const adminUrl = inject('postgresUrl');
  const name = `t_${randomBytes(8).toString('hex')}`;
  const template = options.empty ? undefined : await ensureTemplate(adminUrl);
  await withAdmin(adminUrl, async (client) => {
    // Two copies of one template at the same time refuse each other.
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await client.query(`create database ${name}${template === undefined ? '' : ` template ${template}`}`);
    await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  });
  return databaseUrl(adminUrl, name);
};

/** A new temporary folder, removed after the suite. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'mogplex-store-'));
  folders.push(folder);
  return folder;
};

const folders: string[] = [];

const createStores = (dialect: 'sqlite' | 'postgres'): TestStores & { close(): Promise<void> } => {
  const opened: Store[] = [];
  const place = async (): Promise<StorePlace> => ({
    dataDir: await temporaryFolder(),
    ...(dialect === 'postgres' ? { databaseUrl: new Secret(await createDatabase(), 'DATABASE_URL') } : {}),
  });
  return {
    dialect,
    place,
    async open(at) {
      const store = await openStore(at ?? (await place()));
      opened.push(store);
      return store;
    },
    async close() {
      for (const store of opened.splice(0)) await store.close();
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
    },
  };
};

/**
 * Runs a suite twice: on SQLite and on PostgreSQL.
 *
 * @example
 * describeStores('B3 personal access tokens', (stores) => {
 *   test('B3 a token is shown once', async () => {
 *     const store = await stores.open();
 *   });
 * });
 */
export const describeStores = (title: string, suite: (stores: TestStores) => void): void => {
  describe.each(['sqlite', 'postgres'] as const)(`${title} (%s)`, (dialect) => {
    const stores = createStores(dialect);
    afterAll(() => stores.close());
    suite(stores);
  });
};

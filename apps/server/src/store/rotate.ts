import { MogplexError } from '@mogplex/protocol';
import { type Kysely, sql } from 'kysely';
import type { SealedText, SealPlace } from './sealer.ts';
import type { Store } from './open.ts';

/** A sealed column, and how the place of a row's text is named. */
interface SealedColumn {
  table: string;
  column: string;
  /** The column with the row's id. */
  id: string;
  /** The column with the owner; null there stands for the platform. Absent: always the platform. */
  owner?: string;
}

/** Every sealed column of the store. A test holds this list against the schema. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'model_upstreams', column: 'sealed_key', id: 'id', owner: 'account_id' },
  { table: 'account', column: 'accessToken', id: 'id', owner: 'userId' },
  { table: 'account', column: 'refreshToken', id: 'id', owner: 'userId' },
  { table: 'account', column: 'idToken', id: 'id', owner: 'userId' },
  { table: 'identity_secret', column: 'sealed', id: 'id' },
  { table: 'connection', column: 'sealed_secret', id: 'id', owner: 'team_id' },
  { table: 'connection_oauth', column: 'sealed_client_secret', id: 'id', owner: 'team_id' },
  { table: 'connection_oauth', column: 'sealed_grant', id: 'id', owner: 'team_id' },
  { table: 'connection_oauth_flow', column: 'sealed_verifier', id: 'id', owner: 'team_id' },
  { table: 'idempotency', column: 'answer', id: 'id', owner: 'account_id' },
  { table: 'idempotency', column: 'request_hash', id: 'id', owner: 'account_id' },
  { table: 'run', column: 'prompt', id: 'id', owner: 'account_id' },
  { table: 'run', column: 'system', id: 'id', owner: 'account_id' },
];

interface SealedRow {
  id: string | number;
  sealed: SealedText;
  owner: string | null;
}

const PAGE = 200;

type RowId = SealedRow['id'];

const readPage = async (
  db: Kysely<never>,
  { table, column, id, owner }: SealedColumn,
  keyId: string,
  without: readonly RowId[],
): Promise<SealedRow[]> => {
  const ownerPart = owner === undefined ? sql`null` : sql.ref(owner);
  const others = without.length === 0 ? sql`` : sql`and ${sql.ref(id)} not in (${sql.join(without)})`;
  const { rows } = await sql<SealedRow>`
    select ${sql.ref(id)} as id, ${sql.ref(column)} as sealed, ${ownerPart} as owner from ${sql.table(table)}
    where ${sql.ref(column)} like 'v1.%' and ${sql.ref(column)} not like ${`v1.${keyId}.%`} ${others} limit ${PAGE}`.execute(db);
  return rows;
};

const placeOf = ({ table, column }: SealedColumn, row: SealedRow): SealPlace => ({
  table,
  row: String(row.id),
  column,
  owner: row.owner ?? 'platform',
});

/**
 * A row that changed meanwhile stays as it is: whoever wrote it sealed it with the current key, or the next pass does.
 *
 * @returns false for a value that does not open.
 */
const resealRow = async (store: Store, where: SealedColumn, row: SealedRow): Promise<boolean> => {
  const place = placeOf(where, row);
  let sealed: SealedText;
  try {
    sealed = store.sealer.seal(place, store.sealer.open(place, row.sealed));
  } catch (error) {
    if (error instanceof MogplexError && error.code === 'damaged') return false;
    throw error;
  }
  await sql`update ${sql.table(where.table)} set ${sql.ref(where.column)} = ${sealed}
    where ${sql.ref(where.id)} = ${row.id} and ${sql.ref(where.column)} = ${row.sealed}`.execute(store.db);
  return true;
};

const NAMED = 20;

const unopened = (count: number, broken: readonly string[]): MogplexError =>
  new MogplexError(
    'damaged',
    `${count} values are sealed with the current master key; ${broken.length} do not open: ${broken.slice(0, NAMED).join(', ')}`,
    { boundary: 'storage', hint: 'Enter those anew, or put the key that sealed them back into the ring and run it with --reseal.' },
  );

/**
 * Seals every column anew with the current master key, row by row, while servers run: text under an older key of the
 * ring opens all the time. A value that does not open stays as it is and keeps none of the others from being sealed.
 *
 * @returns how many values were sealed anew.
 * @throws MogplexError `damaged` at the end, naming the values that do not open.
 */
export const resealAll = async (store: Store): Promise<number> => {
  const broken: string[] = [];
  let count = 0;
  for (const where of SEALED_COLUMNS) {
    const skipped: RowId[] = [];
    for (;;) {
      const rows = await readPage(store.db as unknown as Kysely<never>, where, store.sealer.keyId, skipped);
      if (rows.length === 0) break;
      for (const row of rows) {
        if (await resealRow(store, where, row)) count += 1;
        else skipped.push(row.id);
      }
    }
    broken.push(...skipped.map((id) => `${where.table}.${where.column} of ${id}`));
  }
  if (broken.length > 0) throw unopened(count, broken);
  return count;
};

import type BetterSqlite from 'better-sqlite3';
import type { EntryRow } from './book.ts';

/** What differs from call to call. */
const OWN_COLUMNS = [
  'reference',
  'amount',
  'cost',
  'uncovered',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'searches',
  'created_at',
] as const;
/** What many calls of a moment have in common. */
const COMMON_COLUMNS = [
  'payer',
  'kind',
  'account_id',
  'team_id',
  'token_id',
  'run_id',
  'source',
  'model',
  'provider',
  'upstream_id',
  'exact',
  'outcome',
  'day',
] as const;

// Spelled out, since these run for every call.
const addOwnValues = (values: unknown[], row: EntryRow): number =>
  values.push(
    row.reference,
    row.amount,
    row.cost,
    row.uncovered,
    row.input_tokens,
    row.cached_input_tokens,
    row.cache_write_tokens,
    row.output_tokens,
    row.searches,
    row.created_at,
  );
const commonValues = (row: EntryRow): unknown[] => COMMON_COLUMNS.map((column) => row[column]);
const agree = (one: EntryRow, other: EntryRow): boolean =>
  one.token_id === other.token_id &&
  one.model === other.model &&
  one.upstream_id === other.upstream_id &&
  one.payer === other.payer &&
  one.kind === other.kind &&
  one.account_id === other.account_id &&
  one.team_id === other.team_id &&
  one.run_id === other.run_id &&
  one.source === other.source &&
  one.provider === other.provider &&
  one.exact === other.exact &&
  one.outcome === other.outcome &&
  one.day === other.day;

/** Rows that one statement writes, largest first. */
const SIZES = [25, 5, 1] as const;
/** So many groups are looked through for the one that a row belongs to. */
const GROUPS_SOUGHT = 64;

/** Rows that have all that is common in common. */
interface Group {
  first: EntryRow;
  rows: EntryRow[];
}

const groupFor = (groups: readonly Group[], row: EntryRow): Group | undefined => {
  const least = Math.max(0, groups.length - GROUPS_SOUGHT);
  for (let at = groups.length - 1; at >= least; at--) {
    const group = groups[at];
    if (group && agree(group.first, row)) return group;
  }
  return undefined;
};

const groupsOf = (rows: readonly EntryRow[]): Group[] => {
  const groups: Group[] = [];
  for (const row of rows) {
    const known = groupFor(groups, row);
    if (known) known.rows.push(row);
    else groups.push({ first: row, rows: [row] });
  }
  return groups;
};

const insertSql = (rows: number): string => {
  const row = `(${OWN_COLUMNS.map(() => '?').join(', ')})`;
  const selected = [...COMMON_COLUMNS.map(() => '?'), ...OWN_COLUMNS.map((_, index) => `column${index + 1}`)];
  return `insert into model_ledger (${[...COMMON_COLUMNS, ...OWN_COLUMNS].join(', ')})
    select ${selected.join(', ')} from (values ${Array.from({ length: rows }, () => row).join(', ')})`;
};

/**
 * Prepares the writing of entries into the embedded store's ledger. What entries have in common is handed over once for
 * up to 25 of them: nearly all of an entry's cost is the handing over of its texts.
 *
 * @returns writes entries, inside a transaction of the caller.
 */
export const prepareEntries = (database: BetterSqlite.Database): ((rows: readonly EntryRow[]) => void) => {
  const statements = SIZES.map((size) => ({ size, statement: database.prepare<unknown[]>(insertSql(size)) }));
  return (rows) => {
    for (const { first, rows: alike } of groupsOf(rows)) {
      let at = 0;
      for (const { size, statement } of statements) {
        for (; at + size <= alike.length; at += size) {
          const values = commonValues(first);
          for (const row of alike.slice(at, at + size)) addOwnValues(values, row);
          statement.run(values);
        }
      }
    }
  };
};

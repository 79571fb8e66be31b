import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EntryRow } from './book.ts';
import { prepareEntries } from './sqlite-entries.ts';

const COLUMNS = [
  ['reference', 'text primary key'],
  ['payer', 'text'],
  ['kind', 'text'],
  ['amount', 'integer'],
  ['cost', 'integer'],
  ['uncovered', 'integer'],
  ['account_id', 'text'],
  ['team_id', 'text'],
  ['token_id', 'text'],
  ['run_id', 'text'],
  ['source', 'text'],
  ['model', 'text'],
  ['provider', 'text'],
  ['upstream_id', 'text'],
  ['input_tokens', 'integer'],
  ['cached_input_tokens', 'integer'],
  ['cache_write_tokens', 'integer'],
  ['output_tokens', 'integer'],
  ['searches', 'integer'],
  ['exact', 'integer'],
  ['outcome', 'text'],
  ['day', 'text'],
  ['created_at', 'integer'],
] as const;

const few = fc.constantFrom('a', 'b');
const fewOrNone = fc.constantFrom('a', null);
const count = fc.integer({ min: -1_000, max: 2 ** 40 });
const SAMPLE = {
  payer: few,
  kind: fc.constantFrom('usage', 'grant', 'adjustment', 'expired'),
  amount: count,
  cost: count,
  uncovered: count,
  account_id: fewOrNone,
  team_id: fewOrNone,
  token_id: fc.constantFrom(...Array.from({ length: 80 }, (_, index) => `t${index}`), null),
  run_id: fewOrNone,
  source: fewOrNone,
  model: fewOrNone,
  provider: fewOrNone,
  upstream_id: fewOrNone,
  input_tokens: count,
  cached_input_tokens: count,
  cache_write_tokens: count,
  output_tokens: count,
  searches: count,
  exact: fc.constantFrom(0, 1),
  outcome: fewOrNone,
  day: few,
  created_at: count,
};
const row = fc.record(SAMPLE);
const alike = fc
  .tuple(row, fc.array(fc.tuple(count, count), { maxLength: 90 }))
  .map(([first, own]) => own.map(([cost, input]) => ({ ...first, cost, input_tokens: input })));

/** Rows that differ from each other in one column. */
const close = fc
  .tuple(row, row, fc.array(fc.constantFrom(...(Object.keys(SAMPLE) as (keyof typeof SAMPLE)[])), { maxLength: 20 }))
  .map(([first, other, names]) => names.map((name) => ({ ...first, [name]: other[name] })));

it('B7 stores every entry as it is, whatever it has in common with others', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(alike, close, fc.array(row, { maxLength: 30 })), { maxLength: 4 }), (parts) => {
      const database = new Database(':memory:');
      database.exec(`create table model_ledger (${COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')}) strict`);
      const rows = parts
        .flat()
        .map((one, index): EntryRow => ({ ...one, reference: `call:${String(index).padStart(4, '0')}` }) as EntryRow);
      prepareEntries(database)(rows);
      expect(database.prepare('select * from model_ledger order by reference').all()).toEqual(rows);
      database.close();
    }),
    { numRuns: 100 },
  );
});

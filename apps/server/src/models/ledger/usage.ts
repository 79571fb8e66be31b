import { MogplexError, type UsageReport, type UsageRow } from '@mogplex/protocol';
import { type Kysely, sql } from 'kysely';
import { type Caller, payerOf, planOf } from '../catalog/reach.ts';
import type { Settings } from '../settings.ts';
import type { ModelTables } from '../tables.ts';
import { dayOf } from './book.ts';

type Db = Kysely<ModelTables>;

/** Whose usage is asked for: what an account caused, or what everybody in a team did. */
export type UsageOf = { accountId: string } | { teamId: string };

export interface UsageRange {
  /** First day, `2026-11-01`; the first of this month where it is absent. */
  from?: string | undefined;
  /** Last day; today where it is absent. */
  to?: string | undefined;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;

/** A correction is part of the call that it corrects. */
const calls = sql<number>`sum(case when ${sql.ref('kind')} = 'adjustment' then 0 else 1 end)`;

const total = (column: keyof ModelTables['model_ledger']) => sql<number>`coalesce(sum(${sql.ref(column)}), 0)`;

const rangeOf = ({ from, to }: UsageRange, now: number): { from: string; to: string } => {
  const last = to ?? dayOf(now);
  const first = from ?? `${last.slice(0, 7)}-01`;
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS;
  if (!(days >= 0 && days <= MOST_DAYS))
    throw new MogplexError('invalid_request', `ask for 1 to ${MOST_DAYS} days`, { boundary: 'request' });
  return { from: first, to: last };
};

/** Usage by day and model, from the ledger. */
const readRows = async (db: Db, of: UsageOf, from: string, to: string): Promise<UsageRow[]> => {
  const query = db
    .selectFrom('model_ledger')
    .select(['day', 'model'])
    .select((row) => [
      calls.as('calls'),
      total('input_tokens').as('input'),
      total('cached_input_tokens').as('cached'),
      total('cache_write_tokens').as('written'),
      total('output_tokens').as('output'),
      total('searches').as('searches'),
      total('cost').as('cost'),
      total('amount').as('amount'),
      sql<number>`sum(1 - ${row.ref('exact')})`.as('estimated'),
    ])
    .where('model', 'is not', null)
    .where('day', '>=', from)
    .where('day', '<=', to)
    .groupBy(['day', 'model'])
    .orderBy('day')
    .orderBy('model');
  const rows = await ('accountId' in of ? query.where('account_id', '=', of.accountId) : query.where('team_id', '=', of.teamId)).execute();
  return rows.map((row) => ({
    day: row.day,
    model: row.model ?? '',
    calls: Number(row.calls),
    inputTokens: Number(row.input) + Number(row.written),
    cachedInputTokens: Number(row.cached),
    outputTokens: Number(row.output),
    webSearches: Number(row.searches),
    cost: Number(row.cost),
    charged: -Number(row.amount) || 0,
    estimatedCalls: Number(row.estimated),
  }));
};

/** The plan and what is left of its credit this month, for the one who pays for a caller. */
const readCredit = async (db: Db, settings: Settings, caller: Caller, now: number): Promise<UsageReport['credit']> => {
  const payer = payerOf(settings, caller);
  const plan = planOf(settings, payer);
  const period = dayOf(now).slice(0, 7);
  const row = await db.selectFrom('model_credit').selectAll().where('payer', '=', payer).executeTakeFirst();
  const alerts = await db
    .selectFrom('model_alerts')
    .selectAll()
    .where('payer', '=', payer)
    .where('period', '=', period)
    .orderBy('percent')
    .execute();
  const balance = row?.period === period ? row.balance : Math.max(row?.balance ?? 0, plan.monthlyCredit ?? 0);
  return {
    payer,
    plan: { ...plan, allowedModels: [...plan.allowedModels], softLimits: [...plan.softLimits] },
    period,
    left: plan.monthlyCredit === null ? null : balance - (row?.reserved ?? 0),
    reserved: row?.reserved ?? 0,
    callsUnderWay: row?.calls ?? 0,
    alerts: alerts.map(({ percent, created_at: at }) => ({ percent, at })),
  };
};

/**
 * Usage and credit together, as screens show them.
 *
 * @throws MogplexError `invalid_request` for a range that is turned round or longer than 400 days.
 */
export const reportUsage = async (
  db: Db,
  settings: Settings,
  of: UsageOf,
  caller: Caller,
  range: UsageRange,
  now: number,
): Promise<UsageReport> => {
  const { from, to } = rangeOf(range, now);
  return { from, to, rows: await readRows(db, of, from, to), credit: await readCredit(db, settings, caller, now) };
};

/** What runs have used, as far as it is booked: tokens (cached ones included), cost in micro-dollars, and the calls that it comes from. */
export interface UsageOfRun {
  inputTokens: number;
  outputTokens: number;
  costMicros: number;
  calls: number;
}

/** The booked usage of runs, by the run's id; a run that used nothing is absent. */
export const usageOfRuns = async (db: Db, runIds: readonly string[]): Promise<Map<string, UsageOfRun>> => {
  if (runIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('model_ledger')
    .select('run_id')
    .select((row) => [
      calls.as('calls'),
      sql<number>`sum(${row.ref('input_tokens')} + ${row.ref('cached_input_tokens')} + ${row.ref('cache_write_tokens')})`.as('input'),
      total('output_tokens').as('output'),
      total('cost').as('cost'),
    ])
    .where('run_id', 'in', [...runIds])
    .groupBy('run_id')
    .execute();
  return new Map(
    rows.map((row) => [
      row.run_id ?? '',
      { inputTokens: Number(row.input), outputTokens: Number(row.output), costMicros: Number(row.cost), calls: Number(row.calls) },
    ]),
  );
};

import { randomUUID } from 'node:crypto';
import type { Insertable, Selectable } from 'kysely';
import type { Plan } from '../plans.ts';
import type { CreditTable, LedgerTable, ModelAlertTable, ReservationTable } from '../tables.ts';
import { DONE, type LedgerResult, type Reservation, type Settlement } from './operations.ts';

export type CreditRow = Selectable<CreditTable>;
export type ReservationRow = Selectable<ReservationTable>;
export type EntryRow = Insertable<LedgerTable>;
export type AlertRow = Insertable<ModelAlertTable>;

/** What one transaction adds to the store; the credit rows are changed in place. */
export interface Additions {
  entries: EntryRow[];
  reservations: ReservationRow[];
  alerts: AlertRow[];
}

const MINUTE_MS = 60_000;

export const emptyCredit = (payer: string): CreditRow => ({
  payer,
  period: '',
  granted: 0,
  balance: 0,
  reserved: 0,
  calls: 0,
  minute: 0,
  minute_calls: 0,
});

const DAY_MS = 86_400_000;
let lastDay = { number: -1, text: '' };

/** The day of a time, `2026-11-22` (UTC). */
export const dayOf = (now: number): string => {
  const number = Math.floor(now / DAY_MS);
  if (lastDay.number !== number) lastDay = { number, text: new Date(now).toISOString().slice(0, 10) };
  return lastDay.text;
};

const bare = (payer: string, reference: string, kind: EntryRow['kind'], now: number): EntryRow => ({
  reference,
  payer,
  kind,
  amount: 0,
  cost: 0,
  uncovered: 0,
  account_id: null,
  team_id: null,
  token_id: null,
  run_id: null,
  source: null,
  model: null,
  provider: null,
  upstream_id: null,
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  searches: 0,
  exact: 1,
  outcome: null,
  day: dayOf(now),
  created_at: now,
});

/** At the first call of a month the balance is filled up to the plan's credit; a changed plan adds or takes the difference. */
const grant = (credit: CreditRow, plan: Plan, add: Additions, now: number): void => {
  if (plan.monthlyCredit === null) return;
  const period = dayOf(now).slice(0, 7);
  if (credit.period === period && credit.granted === plan.monthlyCredit) return;
  const wanted = credit.period === period ? plan.monthlyCredit - credit.granted : plan.monthlyCredit - credit.balance;
  const least = credit.period === period ? -Math.max(0, credit.balance - credit.reserved) : 0;
  const amount = Math.max(wanted, least);
  credit.period = period;
  credit.granted = plan.monthlyCredit;
  if (amount === 0) return;
  credit.balance += amount;
  add.entries.push({ ...bare(credit.payer, `grant:${credit.payer}:${period}:${randomUUID()}`, 'grant', now), amount });
};

const rowOf = (reservation: Reservation, serverId: string, now: number, leaseMs: number): ReservationRow => ({
  id: reservation.id,
  payer: reservation.payer,
  server_id: serverId,
  amount: reservation.amount,
  calls: 1,
  charged: reservation.charged ? 1 : 0,
  account_id: reservation.attribution.accountId,
  team_id: reservation.attribution.teamId,
  token_id: reservation.attribution.tokenId,
  run_id: reservation.attribution.runId,
  source: reservation.attribution.source,
  model: reservation.attribution.model,
  provider: reservation.attribution.provider,
  upstream_id: reservation.attribution.upstreamId,
  expires_at: now + leaseMs,
  created_at: now,
});

/** Takes credit for a call, or says why not. Nothing but the month's grant is booked when it is refused. */
export const admit = (credit: CreditRow, reservation: Reservation, add: Additions, now: number): LedgerResult => {
  const { plan, amount, charged } = reservation;
  grant(credit, plan, add, now);
  const minute = Math.floor(now / MINUTE_MS);
  const begun = credit.minute === minute ? credit.minute_calls : 0;
  if (begun >= plan.callsPerMinute)
    return { ok: false, why: 'rate', limit: plan.callsPerMinute, retryAfter: ((minute + 1) * MINUTE_MS - now) / 1_000 };
  if (credit.calls >= plan.parallelCalls) return { ok: false, why: 'parallel', limit: plan.parallelCalls };
  const available = credit.balance - credit.reserved;
  if (charged && (available <= 0 || amount > available)) return { ok: false, why: 'out_of_credit', available: Math.max(0, available) };
  credit.minute = minute;
  credit.minute_calls = begun + 1;
  credit.calls += 1;
  if (charged) credit.reserved += amount;
  return DONE;
};

/** Sets credit aside for a call, or says why not. */
export const reserve = (
  credit: CreditRow,
  reservation: Reservation,
  add: Additions,
  serverId: string,
  now: number,
  leaseMs: number,
): LedgerResult => {
  const result = admit(credit, reservation, add, now);
  if (result.ok) add.reservations.push(rowOf(reservation, serverId, now, leaseMs));
  return result;
};

const freed = (credit: CreditRow, { amount, charged, calls = 1 }: { amount: number; charged: boolean; calls?: number }): void => {
  credit.calls = Math.max(0, credit.calls - calls);
  if (charged) credit.reserved = Math.max(0, credit.reserved - amount);
};

/** Gives back what was set aside for a call that was never made. */
export const release = (credit: CreditRow, reservation: Reservation): void => freed(credit, reservation);

const alertsFor = (credit: CreditRow, before: number, plan: Plan, add: Additions, now: number): void => {
  if (plan.monthlyCredit === null || credit.granted <= 0) return;
  const share = (balance: number): number => ((credit.granted - balance) * 100) / credit.granted;
  for (const percent of plan.softLimits) {
    if (share(before) < percent && share(credit.balance) >= percent) {
      add.alerts.push({ id: randomUUID(), payer: credit.payer, period: credit.period, percent, created_at: now });
    }
  }
};

/** Takes a cost from the balance, never below what other calls have set aside; the rest is noted as uncovered. */
const take = (credit: CreditRow, cost: number): { amount: number; uncovered: number } => {
  const taken = Math.min(cost, Math.max(0, credit.balance - credit.reserved));
  credit.balance -= taken;
  return { amount: taken === 0 ? 0 : -taken, uncovered: cost - taken };
};

/** Writes into an entry what a settlement says of its call. */
const attributed = (entry: EntryRow, settlement: Settlement): EntryRow => {
  const { attribution } = settlement.reservation;
  const { usage } = settlement;
  entry.cost = settlement.cost;
  entry.account_id = attribution.accountId;
  entry.team_id = attribution.teamId;
  entry.token_id = attribution.tokenId;
  entry.run_id = attribution.runId;
  entry.source = attribution.source;
  entry.model = attribution.model;
  entry.provider = attribution.provider;
  entry.upstream_id = settlement.upstreamId;
  entry.input_tokens = usage.input;
  entry.cached_input_tokens = usage.cachedInput;
  entry.cache_write_tokens = usage.cacheWrite;
  entry.output_tokens = usage.output;
  entry.searches = usage.searches ?? 0;
  entry.exact = usage.exact ? 1 : 0;
  entry.outcome = settlement.outcome;
  return entry;
};

export const callReference = (id: string): string => `call:${id}`;
export const correctionReference = (id: string): string => `call:${id}:correction`;

/** Books a call whose reservation still stood (or that needed none). */
export const settle = (credit: CreditRow, settlement: Settlement, add: Additions, now: number): void => {
  const { reservation, reserved, cost } = settlement;
  if (reserved) freed(credit, reservation);
  const entry = attributed(bare(reservation.payer, callReference(reservation.id), 'usage', now), settlement);
  if (reserved && reservation.charged) {
    const before = credit.balance;
    Object.assign(entry, take(credit, cost));
    alertsFor(credit, before, reservation.plan, add, now);
  }
  add.entries.push(entry);
};

/** Books the difference for a call whose reservation had been taken for lost and was booked as spent. */
export const correct = (
  credit: CreditRow,
  settlement: Settlement,
  expired: { amount: number; cost: number },
  add: Additions,
  now: number,
): void => {
  const { reservation } = settlement;
  const back = -expired.amount - settlement.cost;
  const entry = attributed(bare(reservation.payer, correctionReference(reservation.id), 'adjustment', now), settlement);
  entry.cost = settlement.cost - expired.cost;
  if (reservation.charged && back > 0) {
    credit.balance += back;
    entry.amount = back;
  } else if (reservation.charged && back < 0) Object.assign(entry, take(credit, -back));
  add.entries.push(entry);
};

/**
 * Books a reservation whose server is gone. The provider may have done the work, so that what was set aside counts as
 * spent: credit that may have been used is never given out twice.
 */
export const expire = (credit: CreditRow, row: ReservationRow, add: Additions, now: number): void => {
  const charged = row.charged === 1;
  freed(credit, { amount: row.amount, charged, calls: row.calls });
  const entry: EntryRow = {
    ...bare(row.payer, callReference(row.id), 'expired', now),
    cost: row.amount,
    account_id: row.account_id,
    team_id: row.team_id,
    token_id: row.token_id,
    run_id: row.run_id,
    source: row.source,
    model: row.model,
    provider: row.provider,
    upstream_id: row.upstream_id,
    exact: 0,
    outcome: 'cut',
  };
  if (charged) Object.assign(entry, take(credit, row.amount));
  add.entries.push(entry);
};

/** Books credit that the owner gives or takes by hand. Taking stops at what is free. */
export const adjust = (credit: CreditRow, amount: number, reference: string, add: Additions, now: number): void => {
  const change = amount < 0 ? take(credit, -amount).amount : amount;
  if (amount > 0) credit.balance += amount;
  add.entries.push({ ...bare(credit.payer, reference, 'adjustment', now), amount: change });
};

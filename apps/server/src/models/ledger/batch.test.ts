import { expect, test } from 'vitest';
import { STANDARD_PLAN } from '../plans.ts';
import { bookBatch } from './batch.ts';
import { type CreditRow, emptyCredit, type EntryRow, type ReservationRow } from './book.ts';
import type { LedgerOperation, Reservation } from './operations.ts';

const PLAN = { ...STANDARD_PLAN, monthlyCredit: 1_000 };
const NOW = Date.parse('2026-11-20T12:00:00Z');
const call: Reservation = {
  id: 'call-1',
  payer: 'account:a',
  amount: 100,
  charged: true,
  plan: PLAN,
  attribution: { accountId: 'a', teamId: null, tokenId: 't', runId: null, source: 'api', model: 'm', provider: 'p', upstreamId: 'u' },
};

/** A store in memory that books as the real ones do. */
const book = () => {
  const credit: CreditRow = emptyCredit('account:a');
  const entries: EntryRow[] = [];
  const reservations = new Map<string, ReservationRow>();
  return {
    credit,
    entries,
    run: (operation: LedgerOperation): void => {
      const dropped = new Map<string, ReservationRow>();
      const id = operation.type === 'expire' ? operation.id : call.id;
      const row = operation.type === 'reserve' ? undefined : reservations.get(id);
      if (row) dropped.set(id, row);
      reservations.delete(id);
      const booked = new Map(entries.map(({ reference, kind, amount, cost }) => [reference, { kind, amount, cost }]));
      const facts = { dropped, booked, credits: new Map([['account:a', credit]]), serverId: 's', now: NOW, leaseMs: 1 };
      const { additions } = bookBatch([operation], facts);
      entries.push(...additions.entries);
      for (const made of additions.reservations) reservations.set(made.id, made);
    },
    sum: (): number => entries.reduce((sum, { amount }) => sum + amount, 0),
  };
};

test('B7 a call that failed on a server that was only slow costs nothing, though it had been taken for lost', () => {
  const { credit, entries, run, sum } = book();
  run({ type: 'reserve', reservation: call });
  run({ type: 'expire', id: call.id });
  expect([credit.balance, sum()]).toEqual([900, 900]);
  for (let count = 0; count < 2; count++) run({ type: 'release', reservation: call });
  expect([credit.balance, credit.reserved, credit.calls, sum()]).toEqual([1_000, 0, 0, 1_000]);
  expect(entries.map(({ kind, amount, outcome }) => [kind, amount, outcome])).toEqual([
    ['grant', 1_000, null],
    ['expired', -100, 'cut'],
    ['adjustment', 100, 'failed'],
  ]);
  expect(entries.reduce((total, { cost }) => total + cost, 0)).toBe(0);
});

test('B7 a release of what was never set aside books nothing', () => {
  const { credit, entries, run } = book();
  run({ type: 'release', reservation: call });
  expect([credit.balance, credit.reserved, entries]).toEqual([0, 0, []]);
});

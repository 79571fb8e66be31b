import {
  type Additions,
  adjust,
  correct,
  correctionReference,
  type CreditRow,
  emptyCredit,
  expire,
  callReference,
  release,
  type ReservationRow,
  reserve,
  settle,
} from './book.ts';
import { DONE, type LedgerOperation, type LedgerResult, type Reservation, type Settlement } from './operations.ts';

/** What a transaction has found in the store before it books. */
export interface BatchFacts {
  /** The reservations that it has just taken out of the store, by id. */
  dropped: ReadonlyMap<string, ReservationRow>;
  /** Entries that stand already, by reference. */
  booked: ReadonlyMap<string, { kind: string; amount: number; cost: number }>;
  /** Locked credit rows by payer; missing ones are made. */
  credits: Map<string, CreditRow>;
  serverId: string;
  now: number;
  leaseMs: number;
}

export interface Booked {
  results: LedgerResult[];
  additions: Additions;
}

/** The reservations that a batch takes out of the store; the amount is absent where only the store knows it. */
export const reservationsOf = (operations: readonly LedgerOperation[]): { id: string; amount?: number }[] =>
  operations.flatMap((operation): { id: string; amount?: number }[] => {
    if (operation.type === 'expire') return [{ id: operation.id }];
    if (operation.type === 'release') return [operation.reservation];
    return operation.type === 'settle' && operation.settlement.reserved ? [operation.settlement.reservation] : [];
  });

/** References that must be looked up, since the reservation that stood for them was gone or never was. */
export const referencesOf = (operations: readonly LedgerOperation[], dropped: ReadonlyMap<string, unknown>): string[] =>
  operations.flatMap((operation) => {
    if (operation.type === 'adjust') return [operation.reference];
    if (operation.type !== 'settle' && operation.type !== 'release') return [];
    const { id } = operation.type === 'settle' ? operation.settlement.reservation : operation.reservation;
    return dropped.has(id) ? [] : [callReference(id), correctionReference(id)];
  });

/** Payers whose credit row a batch needs. */
export const payersOf = (operations: readonly LedgerOperation[], dropped: ReadonlyMap<string, ReservationRow>): string[] => {
  const payers = new Set<string>();
  for (const operation of operations) {
    if (operation.type === 'adjust') payers.add(operation.payer);
    else if (operation.type === 'settle') payers.add(operation.settlement.reservation.payer);
    else if (operation.type === 'expire') payers.add(dropped.get(operation.id)?.payer ?? '');
    else payers.add(operation.reservation.payer);
  }
  payers.delete('');
  return [...payers].toSorted();
};

const creditOf = (facts: BatchFacts, payer: string): CreditRow => {
  const known = facts.credits.get(payer);
  if (known) return known;
  const made = emptyCredit(payer);
  facts.credits.set(payer, made);
  return made;
};

const settleOnce = (facts: BatchFacts, settlement: Settlement, add: Additions): void => {
  const { reservation, reserved } = settlement;
  const credit = creditOf(facts, reservation.payer);
  const before = facts.booked.get(callReference(reservation.id));
  if (facts.dropped.has(reservation.id) || (!reserved && !before)) settle(credit, settlement, add, facts.now);
  else if (before?.kind === 'expired' && !facts.booked.has(correctionReference(reservation.id)))
    correct(credit, settlement, before, add, facts.now);
};

const UNUSED = { usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, exact: true }, cost: 0, outcome: 'failed' as const };

/** Gives back what was set aside; where that had been taken for lost and booked as spent, the difference is booked. */
const releaseOnce = (facts: BatchFacts, reservation: Reservation, add: Additions): void => {
  const credit = creditOf(facts, reservation.payer);
  if (facts.dropped.has(reservation.id)) release(credit, reservation);
  else settleOnce(facts, { reservation, reserved: true, upstreamId: reservation.attribution.upstreamId, ...UNUSED }, add);
};

/**
 * Books a batch: what frees credit first, then what sets it aside, in the order of arrival. Booking the same settlement
 * twice changes nothing, so that a batch whose outcome is unknown can be repeated.
 */
export const bookBatch = (operations: readonly LedgerOperation[], facts: BatchFacts): Booked => {
  const add: Additions = { entries: [], reservations: [], alerts: [] };
  const results: LedgerResult[] = operations.map(() => DONE);
  for (const operation of operations) {
    if (operation.type === 'settle') settleOnce(facts, operation.settlement, add);
    else if (operation.type === 'adjust') {
      if (!facts.booked.has(operation.reference))
        adjust(creditOf(facts, operation.payer), operation.amount, operation.reference, add, facts.now);
    } else if (operation.type === 'release') releaseOnce(facts, operation.reservation, add);
    else if (operation.type === 'expire') {
      const row = facts.dropped.get(operation.id);
      if (row) expire(creditOf(facts, row.payer), row, add, facts.now);
    }
  }
  for (const [index, operation] of operations.entries()) {
    if (operation.type !== 'reserve') continue;
    const credit = creditOf(facts, operation.reservation.payer);
    results[index] = reserve(credit, operation.reservation, add, facts.serverId, facts.now, facts.leaseMs);
  }
  return { results, additions: add };
};

import { expect, test } from 'vitest';
import { STANDARD_PLAN } from '../plans.ts';
import { createLedger, type LedgerStore } from './ledger.ts';
import type { Settlement } from './operations.ts';

const settlement: Settlement = {
  reservation: {
    id: 'call-1',
    payer: 'account:a',
    amount: 100,
    charged: true,
    plan: STANDARD_PLAN,
    attribution: {
      accountId: 'a',
      teamId: null,
      tokenId: 't',
      runId: null,
      source: 'api',
      model: 'openai/gpt-5',
      provider: 'openai',
      upstreamId: 'u',
    },
  },
  reserved: true,
  upstreamId: 'u',
  usage: { input: 1, cachedInput: 0, cacheWrite: 0, output: 1, exact: true },
  cost: 2,
  outcome: 'done',
};

const storeWith = (parts: Partial<LedgerStore>): LedgerStore => ({
  commit: (operations) => Promise.resolve({ results: operations.map(() => ({ ok: true })), alerts: [] }),
  bookNow: () => undefined,
  beat: () => Promise.resolve(),
  expired: () => Promise.resolve([]),
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(0),
  ...parts,
});

const closeWith = async (parts: Partial<LedgerStore>): Promise<number[]> => {
  const unbooked: number[] = [];
  const events = { onAlert: () => undefined, onFailure: () => undefined, onUnbooked: (count: number) => void unbooked.push(count) };
  const ledger = createLedger(storeWith(parts), events, { lease: 60_000, drain: 300 });
  ledger.settle(settlement);
  await ledger.close();
  return unbooked;
};

test.each<[string, Partial<LedgerStore>]>([
  ['refuses', { commit: () => Promise.reject(new Error('down')) }],
  ['does not answer', { commit: () => new Promise(() => undefined) }],
])('B7 a ledger whose store %s ends all the same and says how many calls it could not book', async (_how, parts) => {
  expect(await closeWith(parts)).toEqual([1]);
});

test('B7 a ledger whose store answers books everything before it ends', async () => {
  const booked: string[] = [];
  const store: Partial<LedgerStore> = {
    commit: (operations) => {
      booked.push(...operations.map(({ type }) => type));
      return Promise.resolve({ results: [], alerts: [] });
    },
  };
  expect(await closeWith(store)).toEqual([]);
  expect(booked).toEqual(['settle']);
});

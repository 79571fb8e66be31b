import { expect, test } from 'vitest';
import { CATALOG } from './data.ts';
import { costOf, showDollars } from './price.ts';

test('B7 costs are whole micro-dollars, rounded up once', () => {
  const price = { input: 1_250_000, cachedInput: 125_000, output: 10_000_000, cacheWrite: 1_500_000 };
  expect(costOf(price, { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 })).toBe(0);
  expect(costOf(price, { input: 1, cachedInput: 1, cacheWrite: 1, output: 1 })).toBe(13);
  expect(costOf(price, { input: 1_000_000, cachedInput: 0, cacheWrite: 0, output: 0 }, 2)).toBe(2_500_000);
  expect(costOf(price, { input: 1e9, cachedInput: 1e9, cacheWrite: 1e9, output: 1e9 })).toBe(12_875_000_000);
});

test('B7 dollars are shown with two to six decimals', () => {
  expect([0, 1, 10_000, 1_230_000, -2_500_000].map(showDollars)).toEqual(['$0.00', '$0.000001', '$0.01', '$1.23', '-$2.50']);
});

test('B7 the shipped catalogue has whole prices and no name twice', () => {
  expect(new Set(CATALOG.map(({ id }) => id)).size).toBe(CATALOG.length);
  for (const { price } of CATALOG) for (const amount of Object.values(price ?? {})) expect(Number.isSafeInteger(amount)).toBe(true);
});

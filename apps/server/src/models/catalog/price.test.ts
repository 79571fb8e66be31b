import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CATALOG, CATALOG_DATE, CATALOG_SOURCES } from './data.ts';
import { costOf, mostOf, showDollars } from './price.ts';

test('B7 costs are whole micro-dollars, rounded up once', () => {
  const price = { input: 1_250_000, cachedInput: 125_000, output: 10_000_000, cacheWrite: 1_500_000 };
  expect(costOf(price, { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 })).toBe(0);
  expect(costOf(price, { input: 1, cachedInput: 1, cacheWrite: 1, output: 1 })).toBe(13);
  expect(costOf(price, { input: 1_000_000, cachedInput: 0, cacheWrite: 0, output: 0 }, 2)).toBe(2_500_000);
  expect(costOf(price, { input: 1e9, cachedInput: 1e9, cacheWrite: 1e9, output: 1e9 })).toBe(12_875_000_000);
});

test('B7 the quick way and the exact way give the same cost', () => {
  const tokens = fc.nat(2_000_000);
  const rate = fc.nat(200_000_000);
  fc.assert(
    fc.property(tokens, tokens, tokens, rate, rate, rate, fc.constantFrom(1, 2), (input, cached, output, one, two, three, multiplier) => {
      const sum = BigInt(input) * BigInt(one) + BigInt(cached) * BigInt(two) + BigInt(output) * BigInt(three);
      const exact = Number((sum * BigInt(multiplier) + 999_999n) / 1_000_000n);
      const usage = { input, cachedInput: cached, cacheWrite: 0, output };
      expect(costOf({ input: one, cachedInput: two, output: three }, usage, multiplier)).toBe(exact);
    }),
  );
});

test('B7 a request longer than the limit costs the long rate in all its parts, and the reservation covers it', () => {
  const price = {
    input: 1_000_000,
    cachedInput: 100_000,
    output: 2_000_000,
    long: { above: 100, input: 2_000_000, cachedInput: 200_000, output: 3_000_000 },
  };
  const used = { input: 40, cachedInput: 60, cacheWrite: 0, output: 10 };
  expect(costOf(price, used)).toBe(40 + 6 + 20);
  expect(costOf(price, { ...used, input: 41 })).toBe(82 + 12 + 30);
  expect(mostOf(price, 101, 10, 1)).toBe(202 + 30);
  expect(mostOf({ ...price, cacheWrite: 1_250_000 }, 100, 10, 2)).toBe((125 + 20) * 2);
});

test('B7 a prompt that is kept for an hour costs twice the input price, and the reservation covers it', () => {
  const price = { input: 2_000_000, cachedInput: 200_000, output: 10_000_000, cacheWrite: 2_500_000 };
  const used = { input: 0, cachedInput: 0, cacheWrite: 100, output: 0 };
  expect(costOf(price, used)).toBe(250);
  expect(costOf(price, { ...used, cacheWriteHour: 40 })).toBe(150 + 160);
  expect(costOf(price, { ...used, cacheWrite: 1e9, cacheWriteHour: 1e9 }, 2)).toBe(8_000_000_000);
  expect(mostOf(price, 100, 0, 1)).toBe(250);
  expect(mostOf(price, 100, 0, 1, true)).toBe(400);
});

test('B7 every provider names the source of its prices and its day', () => {
  expect(new Set(CATALOG_SOURCES.map(({ provider }) => provider))).toEqual(new Set(CATALOG.map(({ provider }) => provider)));
  for (const { day } of CATALOG_SOURCES) expect(day >= CATALOG_DATE && !Number.isNaN(Date.parse(day))).toBe(true);
});

test('B7 dollars are shown with two to six decimals', () => {
  expect([0, 1, 10_000, 1_230_000, -2_500_000].map(showDollars)).toEqual(['$0.00', '$0.000001', '$0.01', '$1.23', '-$2.50']);
});

test('B7 the shipped catalogue has whole prices and no name twice', () => {
  expect(new Set(CATALOG.map(({ id }) => id)).size).toBe(CATALOG.length);
  for (const { price, contextLength } of CATALOG) {
    const { long, ...short } = price ?? { long: undefined };
    for (const amount of [...Object.values(short), ...Object.values(long ?? {})]) expect(Number.isSafeInteger(amount)).toBe(true);
    expect(long?.above ?? 0).toBeLessThan(contextLength);
  }
});

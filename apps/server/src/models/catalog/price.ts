import type { Price, Usage } from '../types.ts';

const MILLION = 1_000_000n;

/**
 * What a call cost, in whole micro-dollars, rounded up once at the end so that no fraction is given away.
 *
 * @param price micro-dollars per million tokens.
 * @param usage tokens of each kind.
 * @param multiplier the service tier's factor, a whole number.
 */
export const costOf = (price: Price, usage: Omit<Usage, 'exact'>, multiplier = 1): number => {
  const sum =
    BigInt(usage.input) * BigInt(price.input) +
    BigInt(usage.cachedInput) * BigInt(price.cachedInput) +
    BigInt(usage.cacheWrite) * BigInt(price.cacheWrite ?? price.input) +
    BigInt(usage.output) * BigInt(price.output);
  return Number((sum * BigInt(multiplier) + MILLION - 1n) / MILLION);
};

/** Micro-dollars as dollars on screen: `$0.0123`, at least two and at most six decimals. */
export const showDollars = (micro: number): string => {
  const digits = (Math.abs(micro) / 1e6).toFixed(6).replace(/(\.\d{2}\d*?)0+$/, '$1');
  return `${micro < 0 ? '-' : ''}$${digits}`;
};

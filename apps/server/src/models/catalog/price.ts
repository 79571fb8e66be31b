import type { Price, Rate, Usage } from '../types.ts';

const MILLION = 1_000_000n;
/** A whole number up to here, divided by a million and rounded up, is exact: the quotient's fraction is never lost. */
const MOST_EXACT = 1e14;

const rateFor = (price: Price, { input, cachedInput, cacheWrite }: Omit<Usage, 'exact'>): Rate =>
  price.long && input + cachedInput + cacheWrite > price.long.above ? price.long : price;

/**
 * What a call cost, in whole micro-dollars, rounded up once at the end so that no fraction is given away.
 *
 * @param price micro-dollars per million tokens, of short and of long requests.
 * @param usage tokens of each kind.
 * @param multiplier the service tier's factor, a whole number.
 */
export const costOf = (price: Price, usage: Omit<Usage, 'exact'>, multiplier = 1): number => {
  const rate = rateFor(price, usage);
  const quick =
    usage.input * rate.input +
    usage.cachedInput * rate.cachedInput +
    usage.cacheWrite * (rate.cacheWrite ?? rate.input) +
    usage.output * rate.output;
  // Sums of whole numbers are exact up to here; almost every call stays below.
  if (quick * multiplier <= MOST_EXACT) return Math.ceil((quick * multiplier) / 1e6);
  const sum =
    BigInt(usage.input) * BigInt(rate.input) +
    BigInt(usage.cachedInput) * BigInt(rate.cachedInput) +
    BigInt(usage.cacheWrite) * BigInt(rate.cacheWrite ?? rate.input) +
    BigInt(usage.output) * BigInt(rate.output);
  return Number((sum * BigInt(multiplier) + MILLION - 1n) / MILLION);
};

/** The most that a call can cost: every token of its input taken for the dearest kind. */
export const mostOf = (price: Price, input: number, output: number, multiplier: number): number => {
  const written = costOf(price, { input: 0, cachedInput: 0, cacheWrite: input, output }, multiplier);
  return Math.max(written, costOf(price, { input, cachedInput: 0, cacheWrite: 0, output }, multiplier));
};

/** Micro-dollars as dollars on screen: `$0.0123`, at least two and at most six decimals. */
export const showDollars = (micro: number): string => {
  const digits = (Math.abs(micro) / 1e6).toFixed(6).replace(/(\.\d{2}\d*?)0+$/, '$1');
  return `${micro < 0 ? '-' : ''}$${digits}`;
};

import type { Price, Rate, Usage } from '../types.ts';

const MILLION = 1_000_000n;
/** A whole number up to here, divided by a million and rounded up, is exact: the quotient's fraction is never lost. */
const MOST_EXACT = 1e14;

const rateFor = (price: Price, { input, cachedInput, cacheWrite }: Omit<Usage, 'exact'>): Rate =>
  price.long && input + cachedInput + cacheWrite > price.long.above ? price.long : price;

/** What keeping a prompt for an hour costs, in input prices. */
const HOUR_FACTOR = 2;

/**
 * What a call cost, in whole micro-dollars, rounded up once at the end so that no fraction is given away.
 *
 * @param price micro-dollars per million tokens, of short and of long requests.
 * @param usage tokens of each kind.
 * @param multiplier the service tier's factor, a whole number.
 */
export const costOf = (price: Price, usage: Omit<Usage, 'exact'>, multiplier = 1): number => {
  const rate = rateFor(price, usage);
  const hour = usage.cacheWriteHour ?? 0;
  const quick =
    usage.input * rate.input +
    usage.cachedInput * rate.cachedInput +
    (usage.cacheWrite - hour) * (rate.cacheWrite ?? rate.input) +
    hour * rate.input * HOUR_FACTOR +
    usage.output * rate.output;
  // Sums of whole numbers are exact up to here; almost every call stays below.
  if (quick * multiplier <= MOST_EXACT) return Math.ceil((quick * multiplier) / 1e6);
  const sum =
    BigInt(usage.input) * BigInt(rate.input) +
    BigInt(usage.cachedInput) * BigInt(rate.cachedInput) +
    BigInt(usage.cacheWrite - hour) * BigInt(rate.cacheWrite ?? rate.input) +
    BigInt(hour) * BigInt(rate.input * HOUR_FACTOR) +
    BigInt(usage.output) * BigInt(rate.output);
  return Number((sum * BigInt(multiplier) + MILLION - 1n) / MILLION);
};

/**
 * The most that a call can cost: every token of its input taken for the dearest kind.
 *
 * @param hour whether it may ask for a prompt to be kept for an hour.
 */
export const mostOf = (price: Price, input: number, output: number, multiplier: number, hour = false): number => {
  const kinds = { input: 0, cachedInput: 0, cacheWrite: 0, output };
  const read = costOf(price, { ...kinds, input }, multiplier);
  const written = costOf(price, { ...kinds, cacheWrite: input }, multiplier);
  const kept = hour ? costOf(price, { ...kinds, cacheWrite: input, cacheWriteHour: input }, multiplier) : 0;
  return Math.max(read, written, kept);
};

/** Micro-dollars as dollars on screen: `$0.0123`, at least two and at most six decimals. */
export const showDollars = (micro: number): string => {
  const digits = (Math.abs(micro) / 1e6).toFixed(6).replace(/(\.\d{2}\d*?)0+$/, '$1');
  return `${micro < 0 ? '-' : ''}$${digits}`;
};

import { randomBytes } from 'node:crypto';

const RANDOM_BYTES = 9;
const RADIX = 36;
/** All numbers of two digits, in the radix of the ids. */
const TWO_DIGITS = Array.from({ length: RADIX ** 2 }, (_, number) => number.toString(RADIX).padStart(2, '0'));

/**
 * Ids that sort by the time they were made, so that rows under them lie side by side in a key's tree.
 *
 * @returns a function from milliseconds to an id: time, a counter, and 72 random bits of this process.
 */
export const createTimeIds = (random: (count: number) => Buffer = randomBytes): ((now: number) => string) => {
  const own = random(RANDOM_BYTES).toString('base64url');
  let count = 0;
  let last = { now: Number.NaN, text: '' };
  return (now) => {
    count = (count + 1) % TWO_DIGITS.length ** 2;
    if (last.now !== now) last = { now, text: now.toString(RADIX) };
    return `${last.text}${TWO_DIGITS[Math.floor(count / TWO_DIGITS.length)]}${TWO_DIGITS[count % TWO_DIGITS.length]}-${own}`;
  };
};

import { randomBytes } from 'node:crypto';

const RANDOM_BYTES = 9;
const COUNTER_WIDTH = 4;

/**
 * Ids that sort by the time they were made, so that rows under them lie side by side in a key's tree.
 *
 * @returns a function from milliseconds to an id: time, a counter, and 72 random bits of this process.
 */
export const createTimeIds = (random: (count: number) => Buffer = randomBytes): ((now: number) => string) => {
  const own = random(RANDOM_BYTES).toString('base64url');
  let count = 0;
  return (now) => {
    count = (count + 1) % 36 ** COUNTER_WIDTH;
    return `${now.toString(36)}${count.toString(36).padStart(COUNTER_WIDTH, '0')}-${own}`;
  };
};

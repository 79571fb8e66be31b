/** Crockford's base 32, in small letters. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_LETTERS = 10;
const RANDOM_LETTERS = 16;

/** A new run's id: `run_`, ten letters of time, sixteen (80 bits) of chance. Later ones sort behind earlier ones. */
export const makeRunId = (now: number, randomBytes: (count: number) => Uint8Array): string => {
  let time = '';
  for (let rest = now, letter = 0; letter < TIME_LETTERS; letter += 1, rest = Math.floor(rest / 32))
    time = (ALPHABET[rest % 32] ?? '0') + time;
  const chance = Array.from(randomBytes(RANDOM_LETTERS), (byte) => ALPHABET[byte % 32] ?? '0').join('');
  return `run_${time}${chance}`;
};

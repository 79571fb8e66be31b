import type { Format } from '../src/types.ts';

/** A repeatable generator of numbers in [0, 1). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return ((state >>> 8) & 0xffffff) / 0x1000000;
  };
}

/** Characters of a class body such as `A-Z0-9_-`. */
function expand(body: string): string {
  let out = '';
  for (let unit = 33; unit < 127; unit++) {
    const character = String.fromCharCode(unit);
    if (new RegExp(`[${body}]`).test(character)) out += character;
  }
  return out;
}

/** A random token of a format, put together at run time so that no scanner finds it in a source file. */
export function sample(format: Format, next: () => number): string {
  return format.parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if (!('of' in part)) return part[Math.floor(next() * part.length)] ?? '';
      const alphabet = expand(part.of);
      const length = part.least + Math.floor(next() * (Math.min(part.most, part.least + 40) - part.least + 1));
      return Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)]).join('');
    })
    .join('');
}

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A token of letters and digits with a prefix. */
export const token = (prefix: string, length: number, next = numbers(length * 7919 + prefix.length)): string =>
  prefix + Array.from({ length }, () => ALNUM[Math.floor(next() * ALNUM.length)]).join('');

/** Whether neither a secret nor the first or second half of it is left. */
export function isGone(output: string, secret: string): boolean {
  const half = Math.ceil(secret.length / 2);
  return !output.includes(secret) && !output.includes(secret.slice(0, half)) && !output.includes(secret.slice(-half));
}

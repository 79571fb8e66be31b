import { MogplexError } from '@mogplex/protocol';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const LONGEST = 3_660 * UNITS.d;

const wrong = (text: string): MogplexError =>
  new MogplexError('invalid_request', `"${text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?')}" is not an expiry`, {
    boundary: 'token',
    hint: 'Use a duration such as 12h, 30d or 365d, or a date such as 2030-01-31.',
  });

/**
 * Reads an expiry strictly: what cannot be read is an error, never "no expiry".
 *
 * @param text a duration (`1s`, `15m`, `12h`, `30d`), a date (`2030-01-31`: its end in UTC) or an RFC 3339 time with its offset.
 * @returns milliseconds since the epoch, after `now`.
 * @throws MogplexError `invalid_request` for anything else, for a past moment and for more than ten years.
 */
export const parseExpiry = (text: string, now: number): number => {
  const [, amount, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const at = amount === undefined ? parseMoment(text) : now + Number(amount) * UNITS[unit as keyof typeof UNITS];
  if (!(at > now) || at - now > LONGEST) throw wrong(text);
  return at;
};

const parseMoment = (text: string): number => {
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  if (date === undefined) throw wrong(text);
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes 2030-02-31 for the 3rd of March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) throw wrong(text);
  return time === undefined ? midnight + UNITS.d - 1 : Date.parse(text);
};

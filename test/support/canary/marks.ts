import { randomBytes } from 'node:crypto';

/** A secret that the canary test plants, and the places where it may be found. */
export interface Mark {
  name: string;
  value: string;
  /** Whether a find at this place is right: the one file that stores it, the one answer that shows it. */
  mayStand?: (place: string) => boolean;
}

/** Random letters and digits: nothing else on the machine holds them by chance, and no encoding hides them by an escape. */
export const randomMark = (): string => `cnry${randomBytes(18).toString('hex').toUpperCase()}`;

const base64Cores = (value: string): string[] =>
  [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]).toString('base64');
    const start = [0, 2, 3][offset] ?? 0;
    return encoded.replace(/=+$/, '').slice(start, -2);
  });

/** Every form in which a mark is looked for: plain and without its ends, hex, base64 and base64url at three offsets, percent-encoded, reversed. */
export const formsOf = (value: string): string[] => {
  const hex = Buffer.from(value).toString('hex');
  const core = value.slice(4, 28);
  const percent = Array.from(Buffer.from(value), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const base64 = base64Cores(value);
  return [
    value,
    core,
    hex,
    hex.toUpperCase(),
    percent,
    percent.toUpperCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    Array.from(value).toReversed().join(''),
  ];
};

/** Something that was written or sent. */
export interface Sighting {
  place: string;
  bytes: Buffer;
}

/**
 * Looks for every mark in everything that was written or sent.
 *
 * @returns `mark at place` for each find that is not allowed; never the value.
 */
export const findLeaks = (marks: readonly Mark[], sightings: readonly Sighting[]): string[] => {
  const needles = marks.map((mark) => ({ mark, forms: [...new Set(formsOf(mark.value))].map((form) => Buffer.from(form)) }));
  return sightings.flatMap(({ place, bytes }) =>
    needles
      .filter(({ mark, forms }) => mark.mayStand?.(place) !== true && forms.some((form) => bytes.includes(form)))
      .map(({ mark }) => `${mark.name} at ${place}`),
  );
};

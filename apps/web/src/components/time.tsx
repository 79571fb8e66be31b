import { useState } from 'react';

const STEPS: readonly [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60_000, 1_000, 'second'],
  [3_600_000, 60_000, 'minute'],
  [86_400_000, 3_600_000, 'hour'],
  [30 * 86_400_000, 86_400_000, 'day'],
  [365 * 86_400_000, 30 * 86_400_000, 'month'],
  [Number.POSITIVE_INFINITY, 365 * 86_400_000, 'year'],
];

/** `3 hours ago`, in the reader's language. Both times in milliseconds since the epoch. */
export const relativeTime = (at: number, now: number): string => {
  const distance = at - now;
  const [, size, unit] = STEPS.find(([limit]) => Math.abs(distance) < limit) ?? ([0, 1_000, 'second'] as const);
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(Math.round(distance / size), unit);
};

/** A time in the reader's zone: relative in the text, exact on hover. `at` is in milliseconds since the epoch. */
export const Time = ({ at }: { at: number }) => {
  const [now] = useState(() => Date.now());
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' })}>
      {relativeTime(at, now)}
    </time>
  );
};

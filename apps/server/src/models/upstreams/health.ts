import type { Route } from '../catalog/reach.ts';

/** Why a key is left alone for a while. */
export interface Ailment {
  health: 'refused' | 'limited' | 'failing';
  note: string;
  /** Milliseconds since the epoch until which other keys go first. */
  until: number;
}

export interface HealthBook {
  /** Healthy keys first, those that ail behind them: a key is never given up while it is the only one. */
  order(routes: readonly [Route, ...Route[]]): readonly Route[];
  /** Notes what an answer says about a key. `retryAfter` in seconds. */
  note(upstreamId: string, status: number | 'unreachable', retryAfter?: number): void;
  ailment(upstreamId: string): Ailment | undefined;
}

const REFUSED_MS = 60_000;
const LIMITED_MS = 10_000;
const FAILING_MS = 5_000;
const LONGEST_MS = 15 * 60_000;

const diagnose = (status: number | 'unreachable', now: number, retryAfter: number | undefined): Ailment | undefined => {
  const asked = retryAfter === undefined ? undefined : Math.min(retryAfter * 1_000, LONGEST_MS);
  if (status === 'unreachable') return { health: 'failing', note: 'no answer', until: now + FAILING_MS };
  if (status === 401 || status === 403) return { health: 'refused', note: `answered ${status}`, until: now + REFUSED_MS };
  if (status === 429) return { health: 'limited', note: 'answered 429', until: now + (asked ?? LIMITED_MS) };
  if (status >= 500) return { health: 'failing', note: `answered ${status}`, until: now + (asked ?? FAILING_MS) };
  return undefined;
};

/**
 * What this server knows of the health of the keys.
 *
 * @param onChange told when a key begins or ceases to ail, for the operator's list.
 */
export const createHealthBook = (onChange: (upstreamId: string, ailment: Ailment | undefined) => void, now: () => number): HealthBook => {
  const ailing = new Map<string, Ailment>();
  const ails = (id: string): boolean => (ailing.get(id)?.until ?? 0) > now();
  return {
    order: (routes) =>
      ailing.size === 0 ? routes : routes.toSorted((one, other) => Number(ails(one.upstream.id)) - Number(ails(other.upstream.id))),
    note: (id, status, retryAfter) => {
      const before = ailing.get(id);
      const ailment = diagnose(status, now(), retryAfter);
      if (ailment) ailing.set(id, ailment);
      else if (before) ailing.delete(id);
      if (before?.health !== ailment?.health) onChange(id, ailment);
    },
    ailment: (id) => ailing.get(id),
  };
};

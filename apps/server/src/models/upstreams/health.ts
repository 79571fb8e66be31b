import type { Route } from '../catalog/reach.ts';
import type { Upstream } from './upstreams.ts';

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
  /** Notes what an answer says about a key: its status, or the one that says what it is about. `retryAfter` in seconds. */
  note(upstream: Upstream, status: number | 'unreachable', retryAfter?: number): void;
}

const REFUSED_MS = 60_000;
const LIMITED_MS = 10_000;
const FAILING_MS = 5_000;
const LONGEST_MS = 15 * 60_000;
const REFUSED_NOTES = { 401: 'the key is not valid at the provider', 403: 'the key may not do this at the provider' };

const diagnose = (status: number | 'unreachable', now: number, retryAfter: number | undefined): Ailment | undefined => {
  const asked = retryAfter === undefined ? undefined : Math.min(retryAfter * 1_000, LONGEST_MS);
  if (status === 'unreachable') return { health: 'failing', note: 'no answer', until: now + FAILING_MS };
  if (status === 402) return { health: 'refused', note: 'no credit at the provider', until: now + REFUSED_MS };
  if (status === 401 || status === 403) return { health: 'refused', note: REFUSED_NOTES[status], until: now + REFUSED_MS };
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
  // A key that was set anew starts healthy.
  const nameOf = ({ id, setAt }: Upstream): string => `${id} ${setAt}`;
  const ails = (upstream: Upstream): boolean => (ailing.get(nameOf(upstream))?.until ?? 0) > now();
  return {
    order: (routes) =>
      ailing.size === 0 ? routes : routes.toSorted((one, other) => Number(ails(one.upstream)) - Number(ails(other.upstream))),
    note: (upstream, status, retryAfter) => {
      // The common case: all is well, and was before.
      if (ailing.size === 0 && typeof status === 'number' && status < 300) return;
      const name = nameOf(upstream);
      const before = ailing.get(name);
      const ailment = diagnose(status, now(), retryAfter);
      if (ailment) ailing.set(name, ailment);
      else if (before) ailing.delete(name);
      if (before?.note !== ailment?.note) onChange(upstream.id, ailment);
    },
  };
};

import { MogplexError } from '@mogplex/protocol';
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config.ts';
import type { Store } from '../store/open.ts';
import { countedAddress } from './address.ts';

export type Bucket = 'key' | 'start' | 'address' | 'model';

export interface RateLimiter {
  /**
   * Charges one point of a bucket. Windows are one minute and fixed.
   *
   * @returns undefined when a point was at hand, so that the common case costs no turn of the event loop.
   * @throws MogplexError `rate_limited` with the seconds to the end of the window; `unavailable` when the store cannot tell.
   */
  charge(bucket: Bucket, key: string): Promise<void> | undefined;
}

const WINDOW_SECONDS = 60;
const TABLE = 'rate_limit';
/** A server draws points from the shared table in shares of one hundredth of the limit: exact below 200 a minute. */
const SHARE = 100;

interface Window {
  /** Points drawn and not yet spent. */
  left: number;
  /** Milliseconds since the epoch: end of the window. */
  endsAt: number;
  /** Whether the shared count has reached the limit. */
  spent: boolean;
}

type Draw = (key: string, points: number) => Promise<RateLimiterRes>;

const refuse = (endsAt: number, now: number): MogplexError => {
  const seconds = Math.max(1, Math.ceil((endsAt - now) / 1_000));
  return new MogplexError('rate_limited', `too many requests: try again in ${seconds} s`, { boundary: 'request', retryAfter: seconds });
};

const draw = async (limit: number, points: number, consume: () => Promise<RateLimiterRes>, now: number): Promise<Window> => {
  try {
    const result = await consume();
    return { left: points, endsAt: now + result.msBeforeNext, spent: false };
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) {
      throw new MogplexError('unavailable', 'the rate limit cannot be checked', { boundary: 'storage', retryAfter: 5, cause: error });
    }
    // The table counts past the limit: what was left of it before this draw is still ours.
    const before = error.consumedPoints - points;
    return { left: Math.max(0, limit - before), endsAt: now + error.msBeforeNext, spent: true };
  }
};

/** One bucket: a local window of drawn points a key, refilled from the shared count. */
const createBucket = (limit: number, consume: Draw, now: () => number): ((key: string) => Promise<void> | undefined) => {
  const windows = new Map<string, Window>();
  const drawing = new Map<string, Promise<Window>>();
  const points = Math.max(1, Math.floor(limit / SHARE));
  const sweep = (): void => {
    for (const [key, { endsAt }] of windows) if (endsAt <= now()) windows.delete(key);
  };
  let nextSweep = now() + WINDOW_SECONDS * 1_000;
  const refill = (key: string): Promise<Window> => {
    const known = drawing.get(key);
    if (known) return known;
    const drawn = draw(limit, points, () => consume(key, points), now()).finally(() => drawing.delete(key));
    drawing.set(key, drawn);
    return drawn.then((window) => {
      windows.set(key, window);
      return window;
    });
  };
  /** Takes a point that is at hand: true; false when a share must be drawn first. */
  const take = (key: string): boolean => {
    const at = now();
    if (at >= nextSweep) {
      nextSweep = at + WINDOW_SECONDS * 1_000;
      sweep();
    }
    const window = windows.get(key);
    if (!window || window.endsAt <= at) return false;
    if (window.left > 0) {
      window.left -= 1;
      return true;
    }
    if (window.spent) throw refuse(window.endsAt, at);
    return false;
  };
  const drawAndTake = async (key: string): Promise<void> => {
    do await refill(key);
    while (!take(key));
  };
  return (key) => (take(key) ? undefined : drawAndTake(key));
};

const memory = (limit: number): Draw => {
  const limiter = new RateLimiterMemory({ points: limit, duration: WINDOW_SECONDS });
  return (key, points) => limiter.consume(key, points);
};

const postgres = (pool: Pool, bucket: Bucket, limit: number): Draw => {
  const limiter = new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool',
    points: limit,
    duration: WINDOW_SECONDS,
    tableName: TABLE,
    tableCreated: true,
    keyPrefix: bucket,
    clearExpiredByTimeout: true,
  });
  return (key, points) => limiter.consume(key, points);
};

/**
 * The rate limits of the platform. Embedded, they live in memory: one process holds the store. On PostgreSQL an unlogged table
 * is shared by all servers; each draws small shares from it, so that a key costs at most a hundred writes a minute.
 */
export const createRateLimiter = (store: Store, limits: Config['limits'], now: () => number = Date.now): RateLimiter => {
  const points: Record<Bucket, number> = {
    key: limits.perKey,
    start: limits.startsPerAccount,
    address: limits.perAddress,
    model: limits.modelsPerKey,
  };
  const make = (bucket: Bucket) => {
    const consume = store.pool ? postgres(store.pool, bucket, points[bucket]) : memory(points[bucket]);
    return createBucket(points[bucket], consume, now);
  };
  const buckets = { key: make('key'), start: make('start'), address: make('address'), model: make('model') };
  return { charge: (bucket, key) => buckets[bucket](bucket === 'address' ? countedAddress(key) : key) };
};

import { ENDPOINTS } from '../upstreams/endpoints.ts';
import { createSafeConnector, type DialPolicy, type Lookup, operatorPolicy } from '../../network/dial.ts';
import { UpstreamPool } from './upstream/pool.ts';

/** How long an upstream may take, in milliseconds. */
export interface UpstreamTimeouts {
  connect: number;
  /** Until the first byte of the answer. */
  firstByte: number;
  /** Between two pieces of the answer. */
  idle: number;
  /** That a client may take nothing of its answer. */
  stall: number;
}

export interface Pools {
  /**
   * The pool of connections to an origin.
   *
   * @param origin `https://api.openai.com`.
   * @param trusted the operator set it on the command line, so that it may be on a private network.
   */
  get(origin: string, trusted: boolean): UpstreamPool;
  close(): void;
}

/** How long a connection without a call is kept where the upstream does not say. */
const KEEP_ALIVE_MS = 30_000;

/** Addresses that nobody set: those of the providers themselves. */
const PROVIDERS_OWN: ReadonlySet<string> = new Set(Object.values(ENDPOINTS).map(({ baseUrl }) => new URL(baseUrl).origin));

/** One pool of kept-alive connections per upstream origin and trust; a user's address never shares the operator's. */
export const createPools = (timeouts: UpstreamTimeouts, userPolicy: DialPolicy, lookup?: Lookup): Pools => {
  const pools = new Map<string, UpstreamPool>();
  return {
    get: (origin, trusted) => {
      const key = `${trusted ? 'operator' : 'user'} ${origin}`;
      const known = pools.get(key);
      if (known) return known;
      const policy = trusted ? operatorPolicy(userPolicy.proxy) : { ...userPolicy, proxyLooksUp: PROVIDERS_OWN.has(origin) };
      const connect = createSafeConnector(policy, {
        timeout: timeouts.connect,
        direct: true,
        ...(lookup ? { lookup } : {}),
      });
      const { firstByte, idle, stall } = timeouts;
      const pool = new UpstreamPool(origin, connect, { firstByte, idle, stall, keepAlive: KEEP_ALIVE_MS });
      pools.set(key, pool);
      return pool;
    },
    close: () => {
      for (const pool of pools.values()) pool.close();
      pools.clear();
    },
  };
};

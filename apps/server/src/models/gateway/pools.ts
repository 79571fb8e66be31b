import { Pool } from 'undici';
import { createSafeConnector, type DialPolicy, type Lookup, OPERATOR_NETWORKS } from './dial.ts';

/** How long an upstream may take, in milliseconds. */
export interface UpstreamTimeouts {
  connect: number;
  /** Until the first byte of the answer. */
  firstByte: number;
  /** Between two pieces of the answer. */
  idle: number;
}

export interface Pools {
  /**
   * The pool of connections to an origin.
   *
   * @param origin `https://api.openai.com`.
   * @param trusted the operator set it on the command line, so that it may be on a private network.
   */
  get(origin: string, trusted: boolean): Pool;
  close(): Promise<void>;
}

/** One pool of kept-alive connections per upstream origin and trust; a user's address never shares the operator's. */
export const createPools = (timeouts: UpstreamTimeouts, userPolicy: DialPolicy, lookup?: Lookup): Pools => {
  const pools = new Map<string, Pool>();
  return {
    get: (origin, trusted) => {
      const key = `${trusted ? 'operator' : 'user'} ${origin}`;
      const known = pools.get(key);
      if (known) return known;
      const pool = new Pool(origin, {
        connect: createSafeConnector(trusted ? OPERATOR_NETWORKS : userPolicy, {
          timeout: timeouts.connect,
          ...(lookup ? { lookup } : {}),
        }),
        headersTimeout: timeouts.firstByte,
        bodyTimeout: timeouts.idle,
        keepAliveTimeout: 30_000,
        allowH2: false,
      });
      pools.set(key, pool);
      return pool;
    },
    close: async () => {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
};

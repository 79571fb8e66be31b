import { randomUUID } from 'node:crypto';

/** Milliseconds for which refused credentials from one address share an id. */
const WINDOW = 600_000;
/** Addresses that are remembered at most. */
const MOST = 10_000;

/**
 * The request id of answers that refuse a credential. Those to one address within ten minutes share it, so that the answers to a
 * malformed, an unknown, an expired and a revoked token are the same to the last byte (statement B5), and so that the id finds the
 * whole series of attempts in the log (statement B22).
 */
export const createRefusalIds = (now: () => number): ((address: string) => string) => {
  const ids = new Map<string, { id: string; until: number }>();
  return (address) => {
    const known = ids.get(address);
    if (known && known.until > now()) return known.id;
    ids.delete(address);
    const oldest = ids.size >= MOST ? ids.keys().next().value : undefined;
    if (oldest !== undefined) ids.delete(oldest);
    const id = `req_${randomUUID()}`;
    ids.set(address, { id, until: now() + WINDOW });
    return id;
  };
};

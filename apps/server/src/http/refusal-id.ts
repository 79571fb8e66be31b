import { createHmac } from 'node:crypto';
import type { Secret } from '@mogplex/credentials';

/** Milliseconds for which refused credentials from one address share an id. */
const WINDOW = 600_000;

/**
 * The request id of answers that refuse a credential. Those to one address within ten minutes share it, on every server, so that the
 * answers to a malformed, an unknown, an expired and a revoked token are the same to the last byte (statement B5), and so that the id
 * finds the whole series of attempts in the log (statement B22).
 *
 * @param key the same on all servers of a store, so that an id tells nobody else the address.
 */
export const createRefusalIds =
  (key: Secret, now: () => number): ((address: string) => string) =>
  (address) => {
    const window = Math.floor(now() / WINDOW);
    const mac = createHmac('sha256', key.reveal()).update(`${window} ${address}`).digest('hex');
    return `req_${mac.slice(0, 32)}`;
  };

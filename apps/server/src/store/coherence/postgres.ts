import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MogplexError } from '@mogplex/protocol';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { z } from 'zod';
import { Answers, type Coherence, type Subscription } from './coherence.ts';
import { createListener } from './listener.ts';

/** Milliseconds that a server may answer from memory after it last proved, in the database, that it is alive. */
const LEASE = 5_000;
const RENEW = 1_500;
/** Taken off the server's own reckoning of its lease. */
const MARGIN = 500;
const NOTICES = 'mogplex_notice';
const KEYS_A_NOTICE = 50;

const DATABASE_NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

const notice = z.object({ id: z.string(), from: z.string(), topic: z.string(), keys: z.array(z.string()) });
const acknowledgement = z.object({ id: z.string(), server: z.string() });

interface Waiting {
  servers: Set<string>;
  done: () => void;
}

/**
 * Coherence over PostgreSQL. A server holds a short lease, renewed on the very connection that hears the notices, and answers from
 * memory only while the lease is live by its own monotonic clock. `invalidate` notifies all servers and resolves when each
 * one that held a lease has acknowledged, or its lease has run out. A server whose lease lapsed starts again with an empty memory.
 *
 * @param serve false for a process that only invalidates, such as an administrator's command: it holds no lease.
 */
export const openPostgresCoherence = async (
  pool: Pool,
  { serve, onError }: { serve: boolean; onError: (error: unknown) => void },
): Promise<Coherence> => {
  const me = randomBytes(9).toString('hex');
  const acknowledgements = `mogplex_ack_${me}`;
  const answers = new Answers();
  const waiting = new Map<string, Waiting>();
  const subscriptions = new Map<string, Subscription>();
  let liveUntil = 0;
  const isLive = (): boolean => performance.now() < liveUntil;

  const onNotice = async (payload: string): Promise<void> => {
    const { id, from, topic, keys } = notice.parse(JSON.parse(payload));
    if (from === me) return;
    answers.drop(topic, keys);
    await listener.query('select pg_notify($1, $2)', [`mogplex_ack_${from}`, JSON.stringify({ id, server: me })]);
  };

  const onAcknowledgement = (payload: string): void => {
    const { id, server } = acknowledgement.parse(JSON.parse(payload));
    const entry = waiting.get(id);
    entry?.servers.delete(server);
    if (entry?.servers.size === 0) entry.done();
  };

  const renew = async (): Promise<void> => {
    if (!serve) return;
    const asked = performance.now();
    await listener.query(
      `insert into cache_lease (server_id, expires_at) values ($1, ${DATABASE_NOW} + $2)
       on conflict (server_id) do update set expires_at = excluded.expires_at`,
      [me, LEASE],
    );
    // Notices that came while the lease was out were not waited for: nothing read before counts.
    if (!isLive()) answers.clear();
    liveUntil = asked + LEASE - MARGIN;
  };

  const listener = createListener(pool, {
    channels: () => [NOTICES, acknowledgements, ...subscriptions.keys()],
    async onConnect() {
      liveUntil = 0;
      await renew();
      for (const subscription of subscriptions.values()) subscription.missed();
    },
    async onMessage(channel, payload) {
      const subscription = subscriptions.get(channel);
      if (subscription) subscription.hear(payload);
      else if (channel === NOTICES) await onNotice(payload);
      else onAcknowledgement(payload);
    },
    onLost() {
      liveUntil = 0;
    },
    onError,
  });
  await listener.connect();
  const timer = setInterval(() => {
    renew().catch(onError);
  }, RENEW);
  timer.unref();

  const announce = async (topic: string, keys: readonly string[]): Promise<void> => {
    const id = randomBytes(9).toString('hex');
    const servers = new Set<string>();
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(id, { servers, done: resolve });
    try {
      const { rows } = await pool.query<{ server_id: string; left: number }>(
        `with told as (select pg_notify($1, $2))
         select server_id, expires_at - ${DATABASE_NOW} as left from cache_lease, told where server_id <> $3 and expires_at > ${DATABASE_NOW}`,
        [NOTICES, JSON.stringify({ id, from: me, topic, keys }), me],
      );
      if (rows.length === 0) return;
      for (const row of rows) servers.add(row.server_id);
      const longest = Math.max(...rows.map(({ left }) => left));
      const late = new AbortController();
      await Promise.race([promise, sleep(longest, undefined, { signal: late.signal }).catch(() => undefined)]);
      late.abort();
    } finally {
      waiting.delete(id);
    }
  };

  return {
    cached<T extends object>(topic: string, key: string, load: () => Promise<T | undefined>) {
      if (!isLive()) return load();
      const kept = answers.get(topic, key) as T | undefined;
      return kept ?? answers.fill(topic, key, load, isLive);
    },
    async invalidate(topic, keys) {
      answers.drop(topic, keys);
      try {
        for (let start = 0; start < keys.length; start += KEYS_A_NOTICE) await announce(topic, keys.slice(start, start + KEYS_A_NOTICE));
      } catch (cause) {
        throw new MogplexError('unavailable', 'the change is stored, but not every server is known to have heard of it', {
          boundary: 'storage',
          hint: 'Wait ten seconds: by then no server answers from before it.',
          retryAfter: 10,
          cause,
        });
      }
    },
    async subscribe(channel, subscription) {
      subscriptions.set(channel, subscription);
      await listener.hear(channel);
    },
    async say(db, channel, message) {
      await sql`select pg_notify(${channel}, ${message})`.execute(db);
    },
    async close() {
      clearInterval(timer);
      liveUntil = 0;
      if (serve) await listener.query('delete from cache_lease where server_id = $1', [me]).catch(onError);
      await listener.close();
    },
  };
};

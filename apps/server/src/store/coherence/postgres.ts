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

/** Without an id nobody waits for an acknowledgement. */
const notice = z.object({ id: z.string().optional(), from: z.string(), topic: z.string(), keys: z.array(z.string()) });
const acknowledgement = z.object({ id: z.string(), server: z.string() });

/** The lists of keys that fit into one notice each: PostgreSQL takes at most 8,000 bytes. */
const portionsOf = (keys: readonly string[]): (readonly string[])[] =>
  Array.from({ length: Math.ceil(keys.length / KEYS_A_NOTICE) }, (_, index) =>
    keys.slice(index * KEYS_A_NOTICE, (index + 1) * KEYS_A_NOTICE),
  );

/** The acknowledgements of one notice. */
class Waiting {
  readonly #acknowledged = new Set<string>();
  readonly #done = Promise.withResolvers<void>();
  #awaited: readonly string[] | undefined;

  /** Resolves once every server that is waited for has acknowledged. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** One can come before it is known who is waited for: over another connection, from a server that is quick. */
  acknowledge(server: string): void {
    this.#acknowledged.add(server);
    this.#look();
  }

  await(servers: readonly string[]): void {
    this.#awaited = servers;
    this.#look();
  }

  #look(): void {
    if (this.#awaited?.every((server) => this.#acknowledged.has(server))) this.#done.resolve();
  }
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
    answers.drop(topic, keys);
    if (id === undefined || from === me) return;
    await listener.query('select pg_notify($1, $2)', [`mogplex_ack_${from}`, JSON.stringify({ id, server: me })]);
  };

  const onAcknowledgement = (payload: string): void => {
    const { id, server } = acknowledgement.parse(JSON.parse(payload));
    waiting.get(id)?.acknowledge(server);
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
    const entry = new Waiting();
    waiting.set(id, entry);
    try {
      const { rows } = await pool.query<{ server_id: string; left: number }>(
        `with told as (select pg_notify($1, $2))
         select server_id, expires_at - ${DATABASE_NOW} as left from cache_lease, told where server_id <> $3 and expires_at > ${DATABASE_NOW}`,
        [NOTICES, JSON.stringify({ id, from: me, topic, keys }), me],
      );
      if (rows.length === 0) return;
      entry.await(rows.map((row) => row.server_id));
      const longest = Math.max(...rows.map(({ left }) => left));
      const late = new AbortController();
      await Promise.race([entry.done, sleep(longest, undefined, { signal: late.signal }).catch(() => undefined)]);
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
        for (const portion of portionsOf(keys)) await announce(topic, portion);
      } catch (cause) {
        throw new MogplexError('unavailable', 'the change is stored, but not every server is known to have heard of it', {
          boundary: 'storage',
          hint: 'Wait ten seconds: by then no server answers from before it.',
          retryAfter: 10,
          cause,
        });
      }
    },
    async tell(trx, topic, keys) {
      for (const portion of portionsOf(keys)) {
        await sql`select pg_notify(${NOTICES}, ${JSON.stringify({ from: me, topic, keys: portion })})`.execute(trx);
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

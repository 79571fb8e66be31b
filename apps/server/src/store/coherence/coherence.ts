import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';

/** What hears a channel. */
export interface Subscription {
  hear(message: string): void;
  /** The line was lost for a while and is back: messages may have been missed. */
  missed(): void;
}

/**
 * Answers kept in memory that are never older than what any server, or an administrator's command, has said in the meantime.
 */
export interface Coherence {
  /**
   * The kept answer for a key, or that of `load`, kept when it is not undefined. An answer is given only while nothing that was
   * acknowledged by `invalidate`, on whichever server, concerns it.
   */
  cached<T extends object>(topic: string, key: string, load: () => Promise<T | undefined>): T | Promise<T | undefined>;
  /**
   * Drops keys on every server. Call it after the change is committed and before the change is acknowledged: once it resolves, no
   * server answers from anything that it read before the commit.
   */
  invalidate(topic: string, keys: readonly string[]): Promise<void>;
  /**
   * Says in the transaction of a change which answers it makes void: the servers drop them when it commits, even if this process dies
   * right after. It does not wait for them, as `invalidate` does.
   */
  tell(trx: Kysely<Database>, topic: string, keys: readonly string[]): Promise<void>;
  /** Hears what any server says on a channel (letters and underscores); one subscription a channel and server. */
  subscribe(channel: string, subscription: Subscription): Promise<void>;
  /**
   * Says something short on a channel to every server, this one included, once the transaction `db` has committed. It only wakes: what
   * it is about must be read from the store.
   */
  say(db: Kysely<Database>, channel: string, message: string): Promise<void>;
  close(): Promise<void>;
}

/** Answers of a topic. */
const KEPT = 50_000;

/** The answers of one process. `generation` grows with every drop, so that a read that was under way is not kept. */
export class Answers {
  /** By topic and key. */
  readonly #kept = new Map<string, Map<string, object>>();
  #generation = 0;

  get(topic: string, key: string): object | undefined {
    return this.#kept.get(topic)?.get(key);
  }

  drop(topic: string, keys: readonly string[]): void {
    this.#generation += 1;
    for (const key of keys) this.#kept.get(topic)?.delete(key);
  }

  clear(): void {
    this.#generation += 1;
    this.#kept.clear();
  }

  /** Loads, and keeps the answer if nothing was dropped meanwhile and `stillGood` agrees. */
  async fill<T extends object>(
    topic: string,
    key: string,
    load: () => Promise<T | undefined>,
    stillGood: () => boolean,
  ): Promise<T | undefined> {
    const before = this.#generation;
    const value = await load();
    if (value === undefined || this.#generation !== before || !stillGood()) return value;
    const kept = this.#kept.get(topic) ?? new Map<string, object>();
    if (kept.size >= KEPT) {
      const oldest = kept.keys().next();
      if (oldest.done !== true) kept.delete(oldest.value);
    }
    this.#kept.set(topic, kept.set(key, value));
    return value;
  }
}

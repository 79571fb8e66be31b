import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';

type Db = Kysely<Database>;

/** A message that is held: nobody else gets it while its holder keeps it, or until it is done. */
export interface Ticket {
  runId: string;
  /** Names this very lease: a later one of the same message has another. */
  lease: string;
}

/** Milliseconds after which a message whose holder has gone silent is given to another. */
export const LEASE_MS = 10_000;

/**
 * Messages that say "this run needs a worker". Delivery is at least once: the store's own fence (`run.fence`) decides who may write.
 */
export interface Queue {
  /** Adds a message in the caller's transaction: with the run's row, or not at all. */
  add(trx: Db, runId: string): Promise<void>;
  /** Takes up to `count` free messages, oldest first. */
  take(count: number): Promise<Ticket[]>;
  /** Says that their holder lives. @returns those that are still held; the others were given away. */
  keep(tickets: readonly Ticket[]): Promise<ReadonlySet<Ticket>>;
  /** Removes a message that needs no worker any more; nothing happens when it was given away. */
  done(ticket: Ticket): Promise<void>;
  /** Frees a message at once, for the next worker that asks. */
  giveBack(ticket: Ticket): Promise<void>;
  close(): Promise<void>;
}

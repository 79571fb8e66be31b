import { MogplexError } from '@mogplex/protocol';
import { showDollars } from '../catalog/price.ts';
import type { AlertRow } from './book.ts';
import type { LedgerOperation, LedgerResult, Reservation, Settlement } from './operations.ts';

/** One transaction over many operations, in either store. */
export interface LedgerStore {
  commit(operations: readonly LedgerOperation[], now: number): Promise<{ results: LedgerResult[]; alerts: AlertRow[] }>;
  /**
   * Books a reservation or a settlement at once, where nothing must be written before anybody acts on it.
   *
   * @returns undefined, with nothing booked for the call, where that takes a transaction.
   */
  bookNow(operation: LedgerOperation, now: number): { alerts: AlertRow[] } | undefined;
  /** Puts off the expiry of this server's reservations. */
  beat(expiresAt: number): Promise<void>;
  /** Ids of reservations of servers that are gone. */
  expired(now: number, limit: number): Promise<string[]>;
  /** Writes what waits for company. */
  flush(): Promise<void>;
  /** Writes what waits. Never fails. @returns how many entries could not be written. */
  close(): Promise<number>;
}

export interface Ledger {
  /**
   * Sets credit aside. Resolves when the reservation is in the store.
   *
   * @returns undefined when the store holds enough as set aside already, so that the common case costs no turn of the event loop.
   * @throws MogplexError `out_of_credit`, `rate_limited`, or `unavailable` when the store cannot be reached.
   */
  reserve(reservation: Reservation): Promise<void> | undefined;
  /** Books what a call used. Never fails: it is repeated until the store takes it. */
  settle(settlement: Settlement): void;
  /** Gives a reservation back. Never fails. */
  release(reservation: Reservation): void;
  /** Credit given or taken by hand, once for a reference. */
  adjust(payer: string, amount: number, reference: string): Promise<void>;
  /** Resolves when everything that was handed over is in the store. */
  idle(): Promise<void>;
  /** Books what waits, for no longer than the time to drain; what is left after that is reported. Never fails. */
  close(): Promise<void>;
}

export interface LedgerEvents {
  onAlert(alert: AlertRow): void;
  /** The store refused a batch; its settlements are kept and repeated. */
  onFailure(error: unknown): void;
  /** The ledger is closed and this many calls could not be booked as they ended: their reservations expire. */
  onUnbooked(count: number): void;
}

/** Times of a ledger, in milliseconds. */
export interface LedgerTimes {
  /** How long the reservations of a server that died stay set aside. */
  lease: number;
  /** How long closing may wait for a store that does not answer. */
  drain: number;
}

interface Waiting {
  operation: LedgerOperation;
  resolve?: (result: LedgerResult) => void;
  reject?: (error: unknown) => void;
}

const MAX_BATCH = 500;
const SWEEP_BATCH = 200;
const RETRY_MS = 250;
/** How long a settlement waits for company. */
const SETTLE_MS = 10;

const unavailable = (cause: unknown): MogplexError =>
  new MogplexError('unavailable', 'the ledger cannot be reached, so no call is started', { boundary: 'storage', retryAfter: 2, cause });

const refusal = (result: Exclude<LedgerResult, { ok: true }>, amount: number): MogplexError => {
  switch (result.why) {
    case 'out_of_credit':
      return new MogplexError(
        'out_of_credit',
        `out of credit: this call can cost up to ${showDollars(amount)} and ${showDollars(result.available)} is left this month`,
        {
          boundary: 'model',
          hint: 'Ask for less output, change the plan, or add an AI Gateway, OpenAI or Anthropic key in Settings > API Keys',
        },
      );
    case 'parallel':
      return new MogplexError('rate_limited', `the plan allows ${result.limit} calls at the same time`, {
        boundary: 'model',
        retryAfter: 1,
      });
    case 'rate':
      return new MogplexError('rate_limited', `the plan allows ${result.limit} calls a minute`, {
        boundary: 'model',
        retryAfter: result.retryAfter,
      });
  }
};

/** What a promise comes to; undefined when it takes longer than `ms`. */
const within = async <T>(ms: number, promise: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * The ledger of one server. Operations that come in the same turn of the event loop, or while a transaction is under
 * way, share one transaction: a busy server pays one commit for many calls, an idle one waits for nobody.
 */
export const createLedger = (store: LedgerStore, events: LedgerEvents, times: LedgerTimes, now: () => number = Date.now): Ledger => {
  let waiting: Waiting[] = [];
  let underWay: readonly Waiting[] = [];
  let closed = false;
  let running: Promise<void> | undefined;
  let scheduled = false;
  let later: NodeJS.Timeout | undefined;

  const settled = (batch: readonly Waiting[], results: readonly LedgerResult[]): void => {
    for (const [index, { resolve }] of batch.entries()) resolve?.(results[index] ?? { ok: true });
  };

  const failed = (batch: readonly Waiting[], error: unknown): void => {
    events.onFailure(error);
    for (const { operation, reject } of batch) {
      // Whether a reservation reached the store is unknown: it is given back as soon as the store answers again.
      if (operation.type === 'reserve') waiting.push({ operation: { type: 'release', reservation: operation.reservation } });
      else if (!reject) waiting.push({ operation });
      reject?.(unavailable(error));
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0 && !closed) {
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      underWay = batch;
      try {
        const { results, alerts } = await store.commit(
          batch.map(({ operation }) => operation),
          now(),
        );
        settled(batch, results);
        underWay = [];
        for (const alert of alerts) events.onAlert(alert);
      } catch (error) {
        underWay = [];
        failed(batch, error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };

  const start = (): void => {
    scheduled = false;
    clearTimeout(later);
    later = undefined;
    running ??= run().finally(() => {
      running = undefined;
      if (waiting.length > 0 && !closed) start();
    });
  };
  const enqueue = (entry: Waiting): void => {
    waiting.push(entry);
    if (running || scheduled) return;
    if (entry.resolve === undefined && waiting.length < MAX_BATCH) {
      // Nobody waits for it: it goes with the next reservation, or soon.
      later ??= setTimeout(start, SETTLE_MS);
      return;
    }
    scheduled = true;
    setImmediate(start);
  };
  const ask = (operation: LedgerOperation): Promise<LedgerResult> =>
    new Promise((resolve, reject) => {
      enqueue({ operation, resolve, reject });
    });

  const upkeep = async (): Promise<void> => {
    try {
      await store.beat(now() + times.lease);
      const ids = await store.expired(now(), SWEEP_BATCH);
      await Promise.all(ids.map((id) => ask({ type: 'expire', id })));
    } catch (error) {
      events.onFailure(error);
    }
  };
  let tending: Promise<void> = upkeep();
  const timer = setInterval(() => {
    tending = tending.then(upkeep);
  }, times.lease / 3);
  timer.unref();

  const idle = async (): Promise<void> => {
    if (waiting.length > 0) start();
    while ((waiting.length > 0 || running || scheduled) && !closed) await new Promise((resolve) => setTimeout(resolve, 1));
  };

  const bookNow = (operation: LedgerOperation): boolean => {
    const booked = store.bookNow(operation, now());
    if (booked) for (const alert of booked.alerts) events.onAlert(alert);
    return booked !== undefined;
  };
  const reserveLater = async (operation: LedgerOperation, amount: number): Promise<void> => {
    const result = await ask(operation);
    if (!result.ok) throw refusal(result, amount);
  };

  return {
    reserve: (reservation) => {
      const operation: LedgerOperation = { type: 'reserve', reservation };
      return bookNow(operation) ? undefined : reserveLater(operation, reservation.amount);
    },
    settle: (settlement) => {
      const operation: LedgerOperation = { type: 'settle', settlement };
      if (!bookNow(operation)) enqueue({ operation });
    },
    release: (reservation) => enqueue({ operation: { type: 'release', reservation } }),
    adjust: async (payer, amount, reference) => {
      await ask({ type: 'adjust', payer, amount, reference });
    },
    idle: async () => {
      await idle();
      await store.flush();
    },
    close: async () => {
      clearInterval(timer);
      const booked = tending.then(idle).then(() => store.close());
      const unwritten = await within(times.drain, booked);
      closed = true;
      clearTimeout(later);
      const left = [...waiting, ...underWay].filter(({ operation }) => operation.type === 'settle').length;
      if (unwritten === undefined || unwritten + left > 0) events.onUnbooked((unwritten ?? 0) + left);
    },
  };
};

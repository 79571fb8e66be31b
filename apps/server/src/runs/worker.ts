import { setTimeout as sleep } from 'node:timers/promises';
import { MogplexError, type RunError } from '@mogplex/protocol';
import type { Logger } from '../http/log.ts';
import { usageOfRuns } from '../models/index.ts';
import { LEASE_MS, type Ticket } from '../queue/queue.ts';
import type { Agent } from './agents/agent.ts';
import { runErrorOf, safeEvent, type SafeEvent } from './events.ts';
import { appendEvents, finishHeld, type HeldRun, holdRun, letGo, RunLost } from './hold.ts';
import type { RunStore } from './record.ts';
import { createSink, type Sink } from './sink.ts';

export interface WorkerParts extends RunStore {
  agents: ReadonlyMap<string, Agent>;
  log: Logger;
  randomBytes: (count: number) => Uint8Array;
  /** Origin below which the gateway of this very server is. */
  gateway: string;
  /** Told, over and over, while the queue does not answer. */
  queueFailed: (error: unknown) => void;
}

/** Why an agent was told to stop. */
type Stop = 'cancelled' | 'lost' | 'closing';

/** One run that this server works on. */
export interface Job {
  readonly ticket: Ticket;
  /** Tells the agent to stop; the first reason counts. */
  stop(why: Stop): void;
  /** Resolves when nothing of it is left. */
  readonly ended: Promise<void>;
}

/** Milliseconds that an agent has to end after it was told to. */
const STOP_MS = 3_000;
/** Milliseconds that the ledger is waited for before a run ends; what is booked later still shows. */
const BOOKING_MS = 2_000;
const RETRY_MS = 500;

const asError = (error: unknown, run: HeldRun['run'], log: Logger): RunError => {
  if (error instanceof MogplexError) return runErrorOf(error, run.request_id);
  log.error('an agent failed', error, { runId: run.id, requestId: run.request_id });
  const unexpected = new MogplexError('internal', 'something failed inside the platform', {
    boundary: 'run',
    hint: 'The request id finds it in the log of the platform.',
  });
  return runErrorOf(unexpected, run.request_id);
};

/** The run's usage as an event, once the ledger has booked the calls that were answered, or some time has passed. */
const usageEvent = async ({ store }: RunStore, runId: string, calls: number): Promise<SafeEvent[]> => {
  if (calls === 0) return [];
  for (const until = performance.now() + BOOKING_MS; ; await sleep(20)) {
    const usage = (await usageOfRuns(store.db, [runId])).get(runId);
    if ((usage?.calls ?? 0) < calls && performance.now() < until) continue;
    if (!usage) return [];
    const { inputTokens, outputTokens, costMicros } = usage;
    return [safeEvent({ type: 'usage', data: { inputTokens, outputTokens, costMicros } })];
  }
};

class Work implements Job {
  readonly ticket: Ticket;
  readonly ended: Promise<void>;
  readonly #parts: WorkerParts;
  readonly #abort = new AbortController();
  #why: Stop | undefined;
  #calls = 0;

  constructor(parts: WorkerParts, ticket: Ticket) {
    this.#parts = parts;
    this.ticket = ticket;
    this.ended = this.#run().catch((error: unknown) =>
      parts.log.error('a run was let go: another worker takes it over', error, { runId: ticket.runId }),
    );
  }

  stop(why: Stop): void {
    this.#why ??= why;
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { queue } = this.#parts;
    const held = await holdRun(this.#parts, this.ticket.runId);
    const left = held ? await this.#work(held) : undefined;
    if (left === 'closing') await queue.giveBack(this.ticket);
    else if (left !== 'lost') await queue.done(this.ticket);
  }

  /** @returns why the run is left without its end */
  async #work(held: HeldRun): Promise<'closing' | 'lost' | undefined> {
    const { log } = this.#parts;
    const { id: runId, request_id: requestId } = held.run;
    const sink = createSink(this.#parts, held, {
      onLost: () => this.stop('lost'),
      onCancel: () => this.stop('cancelled'),
      onFailure: (error) => log.error('the events of a run could not be stored yet', error, { runId, requestId }),
    });
    const error = await this.#agent(held, sink);
    if (this.#why === 'closing' || this.#why === 'lost') {
      sink.stop();
      if (this.#why === 'closing') await letGo(this.#parts, held);
      return this.#why;
    }
    return this.#finish(held, sink, error);
  }

  /** Lets the agent work until it ends, or does not within some time after it was told to. @returns why it failed */
  async #agent(held: HeldRun, sink: Sink): Promise<RunError | undefined> {
    const { agents, gateway, log } = this.#parts;
    const { run, prompt, system, token } = held;
    const { signal } = this.#abort;
    const late = new Promise<void>((resolve) => {
      const giveUp = (): void => void setTimeout(resolve, STOP_MS).unref();
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
    try {
      const agent = agents.get(run.agent);
      if (!agent) {
        throw new MogplexError('not_implemented', `this server does not know the agent ${run.agent}`, { boundary: 'run' });
      }
      const work = agent.work({
        runId: run.id,
        prompt,
        ...(system === undefined ? {} : { system }),
        model: run.model,
        ...(run.repository === null ? {} : { repository: run.repository }),
        token,
        gateway,
        signal,
        text: (piece) => sink.text(piece),
        event: (content) => sink.event(content),
        called: () => {
          this.#calls += 1;
        },
      });
      await Promise.race([work, late]);
      return undefined;
    } catch (error) {
      return this.#why === undefined ? asError(error, run, log) : undefined;
    }
  }

  /** Stores the end; tries until the store answers, the run is lost, or the server stops. */
  async #finish(held: HeldRun, sink: Sink, error: RunError | undefined): Promise<'closing' | 'lost' | undefined> {
    const { log } = this.#parts;
    const { id: runId, request_id: requestId } = held.run;
    const end = error
      ? { status: 'failed' as const, error }
      : { status: this.#why === 'cancelled' ? ('cancelled' as const) : ('succeeded' as const) };
    let last = await sink.rest();
    for (;;) {
      try {
        // The last words do not wait for the ledger.
        if (last.length > 0) await appendEvents(this.#parts, held, last);
        last = [];
        const events = await usageEvent(this.#parts, runId, this.#calls);
        const { status } = await finishHeld(this.#parts, held, { ...end, events });
        log.info('a run has ended', { runId, requestId, status, ...(error ? { code: error.code, boundary: error.boundary } : {}) });
        return undefined;
      } catch (failure) {
        if (failure instanceof RunLost) return 'lost';
        log.error('the end of a run could not be stored yet', failure, { runId, requestId });
        if (this.#why === 'closing' || this.#why === 'lost') return this.#why;
        await sleep(RETRY_MS);
      }
    }
  }
}

const POLL_MS = 500;
const BEAT_MS = 2_500;

/** The workers of one server. */
export interface Workers {
  /** Looks for work now. */
  wake(): void;
  /** Stops the work on a run, where this server has it, because its cancel was asked for. */
  cancel(runId: string): void;
  /** Looks whether a cancel was missed. */
  check(): void;
  /** Takes nothing more; gives what runs `ms` to end, then hands it to others. */
  drain(ms: number): Promise<void>;
}

/** Starts working on runs, `count` at the same time. */
export const startWorkers = (parts: WorkerParts, count: number): Workers => {
  const { queue, store, log } = parts;
  const jobs = new Map<string, Job>();
  let pulling: Promise<void> | undefined;
  let again = false;
  let stopped = count === 0;
  let lastBeat = performance.now();

  const begin = (ticket: Ticket): void => {
    const job = new Work(parts, ticket);
    jobs.set(ticket.runId, job);
    void job.ended.then(() => {
      if (jobs.get(ticket.runId) === job) jobs.delete(ticket.runId);
      wake();
    });
  };
  const pull = async (): Promise<void> => {
    do {
      again = false;
      const free = count - jobs.size;
      if (free <= 0) return;
      const tickets = await queue.take(free);
      for (const ticket of tickets) {
        if (stopped) await queue.giveBack(ticket);
        else begin(ticket);
      }
    } while (again && !stopped);
  };
  const wake = (): void => {
    if (stopped) return;
    again = true;
    if (pulling) return;
    pulling = pull()
      .catch(parts.queueFailed)
      .finally(() => {
        pulling = undefined;
      });
  };
  const keep = async (): Promise<void> => {
    const held = [...jobs.values()];
    const began = performance.now();
    try {
      const kept = await queue.keep(held.map(({ ticket }) => ticket));
      lastBeat = began;
      for (const job of held) if (!kept.has(job.ticket) && jobs.get(job.ticket.runId) === job) job.stop('lost');
    } catch (error) {
      log.error('the leases of runs could not be kept', error);
      // By now another worker may have them: this one must not go on.
      if (performance.now() - lastBeat > LEASE_MS) for (const job of held) job.stop('lost');
    }
  };
  const checkCancels = async (): Promise<void> => {
    const rows = await store.db
      .selectFrom('run')
      .select('id')
      .where('id', 'in', [...jobs.keys()])
      .where('cancel_requested_at', 'is not', null)
      .execute();
    for (const { id } of rows) jobs.get(id)?.stop('cancelled');
  };
  const check = (): void => {
    if (jobs.size > 0) checkCancels().catch((error: unknown) => log.error('the cancels of runs could not be read', error));
  };
  const poll = setInterval(wake, POLL_MS);
  const beat = setInterval(() => {
    if (jobs.size === 0) {
      lastBeat = performance.now();
      return;
    }
    void keep();
    check();
  }, BEAT_MS);
  for (const timer of [poll, beat]) timer.unref();
  wake();
  return {
    wake,
    cancel: (runId) => jobs.get(runId)?.stop('cancelled'),
    check,
    async drain(ms) {
      stopped = true;
      clearInterval(poll);
      await pulling;
      const ended = (): Promise<unknown> => Promise.all([...jobs.values()].map((job) => job.ended));
      const late = new AbortController();
      await Promise.race([ended(), sleep(ms, undefined, { signal: late.signal }).catch(() => undefined)]);
      late.abort();
      for (const job of jobs.values()) job.stop('closing');
      await ended();
      clearInterval(beat);
    },
  };
};

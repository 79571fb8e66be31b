import { MogplexError, type RunEvent, runStreamEnd } from '@mogplex/protocol';
import type { z } from 'zod';
import { isLastEvent, readEvent, type ReadEvent } from './event.ts';
import { type SseMessage, SseReader } from './sse.ts';
import { wait as realWait } from './wait.ts';

/** Whether events come in at the moment. */
export type LineState =
  | { connected: true }
  /** `error` is what happened to the line; it is tried again in `retryIn` milliseconds. */
  | { connected: false; error: MogplexError; retryIn: number };

export interface FollowTuning {
  /** A line without a byte for so many milliseconds is given up as hung. Default 45,000: three heartbeats. */
  silence?: number;
  /** Milliseconds without an event or a heartbeat after which nothing is tried any more. Default 300,000. */
  patience?: number;
  /** Milliseconds of real time, for the limits. */
  now?: () => number;
  wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Jitter of the waits; default `Math.random`. */
  random?: () => number;
  /** Told when the line is lost and when it is back. */
  onLine?: (state: LineState) => void;
}

/**
 * Opens the stream behind an event.
 *
 * @returns an answer that is no error
 * @throws MogplexError what the platform refused, or `unavailable`
 */
export type OpenStream = (after: number, signal: AbortSignal) => Promise<Response>;

export interface FollowOptions extends FollowTuning {
  /** `seq` of the last event that the caller has. Default 0: none. */
  after?: number;
  signal?: AbortSignal;
}

const FIRST_WAIT = 250;
const LONGEST_WAIT = 15_000;
/** Answers in a row that make no sense after which the platform is taken for another program. */
const STRIKES = 5;

const RETRIED: ReadonlySet<string> = new Set(['rate_limited', 'internal', 'upstream_error', 'unavailable', 'upstream_timeout']);

const lost = (message: string, cause?: unknown): MogplexError => new MogplexError('unavailable', message, { boundary: 'network', cause });

const senseless = (message: string, cause?: unknown): MogplexError =>
  new MogplexError('upstream_error', message, {
    boundary: 'network',
    hint: 'Check that the address is that of a Mogplex platform, and that nothing between changes its answers.',
    cause,
  });

const parsed = <T extends z.ZodType>(schema: T, data: string): z.output<T> => {
  try {
    return schema.parse(JSON.parse(data));
  } catch (cause) {
    throw senseless('the platform sent an event that this client does not know', cause);
  }
};

/** The event of a message, under the number that it came with. */
const eventOf = ({ id, data }: SseMessage): ReadEvent => {
  const event = parsed(readEvent, data);
  if (id === undefined || id === String(event.seq)) return event;
  throw senseless(`event ${event.seq} came under another number`);
};

/** One try at the stream. A byte has to come within `silence` milliseconds, the first of them counted from the request. */
class Line {
  readonly #stop = new AbortController();
  readonly #silence: number;
  readonly signal: AbortSignal;

  constructor(silence: number, signal: AbortSignal | undefined) {
    this.#silence = silence;
    this.signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
  }

  /** What `work` gives, unless it takes too long: then the line is closed. */
  async within<T>(work: Promise<T>): Promise<T> {
    const hung = (): void => this.close(lost(`the platform sent nothing for ${Math.round(this.#silence / 1_000)} s`));
    const timer = setTimeout(hung, this.#silence);
    try {
      return await work;
    } catch (error) {
      // A closed line fails in the words of its transport; why it was closed says more.
      this.signal.throwIfAborted();
      throw error instanceof MogplexError ? error : lost('the line to the platform broke', error);
    } finally {
      clearTimeout(timer);
    }
  }

  close(reason?: unknown): void {
    this.#stop.abort(reason);
  }
}

/** Follows the events of a run over as many lines as it takes. */
class Follower {
  readonly #source: OpenStream;
  readonly #signal: AbortSignal | undefined;
  readonly #tuning: Required<FollowTuning>;
  #cursor: number;
  /** Tries in a row that brought no event. */
  #failures = 0;
  /** Answers in a row that made no sense. */
  #strikes = 0;
  /** When an event or a heartbeat last came. */
  #heard: number;
  #connected = true;

  constructor(source: OpenStream, { after = 0, signal, ...tuning }: FollowOptions) {
    this.#source = source;
    this.#signal = signal;
    this.#cursor = after;
    this.#tuning = {
      silence: 45_000,
      patience: 300_000,
      now: Date.now,
      wait: realWait,
      random: Math.random,
      onLine: () => undefined,
      ...tuning,
    };
    this.#heard = this.#tuning.now();
  }

  async *events(): AsyncGenerator<RunEvent, void, undefined> {
    for (;;) {
      this.#signal?.throwIfAborted();
      const line = new Line(this.#tuning.silence, this.#signal);
      let failure: unknown = lost('the platform closed the stream');
      try {
        if (yield* this.#arriving(line)) return;
      } catch (error) {
        this.#signal?.throwIfAborted();
        failure = error;
      } finally {
        line.close();
      }
      await this.#pause(failure);
    }
  }

  /** The new events of one line, each the next of the one before. @returns whether they are all that the run will ever have */
  async *#arriving(line: Line): AsyncGenerator<RunEvent, boolean, undefined> {
    const reader = (await this.#open(line)).getReader();
    const decoder = new TextDecoder();
    const messages = new SseReader();
    for (let isFirst = true; ; isFirst = false) {
      const { done, value } = await line.within(reader.read());
      if (done) return false;
      for (const message of messages.push(decoder.decode(value, { stream: true }))) {
        if (message.event === 'end') return this.#isComplete(message.data);
        const event = eventOf(message);
        if (event.seq <= this.#cursor) continue;
        if (event.seq !== this.#cursor + 1) throw senseless(`event ${event.seq} came after event ${this.#cursor}`);
        this.#cursor = event.seq;
        this.#heard = this.#tuning.now();
        this.#failures = 0;
        this.#strikes = 0;
        if (event.known === undefined) continue;
        this.#back();
        yield event.known;
        if (isLastEvent(event.known)) return true;
        this.#signal?.throwIfAborted();
      }
      // Who greets and hangs up again and again is not well.
      if (isFirst) continue;
      this.#heard = this.#tuning.now();
      this.#back();
    }
  }

  /** What the message that closes a stream says: whether everything has come. */
  #isComplete(data: string): boolean {
    const { reason, lastSeq } = parsed(runStreamEnd, data);
    if (reason !== 'done') return false;
    if (lastSeq > this.#cursor) throw senseless(`the stream ended at event ${this.#cursor} of ${lastSeq}`);
    return true;
  }

  async #open(line: Line): Promise<ReadableStream<Uint8Array>> {
    const { body, headers } = await line.within(this.#source(this.#cursor, line.signal));
    if (body && /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')) return body;
    throw senseless('the platform answered with something else than a stream of events');
  }

  #back(): void {
    if (this.#connected) return;
    this.#connected = true;
    this.#tuning.onLine({ connected: true });
  }

  /** Waits before the next try. @throws the error where another try cannot help, or was made often enough */
  async #pause(error: unknown): Promise<void> {
    const { now, patience, random, wait } = this.#tuning;
    if (!(error instanceof MogplexError) || !RETRIED.has(error.code)) throw error;
    if (error.code === 'rate_limited') this.#heard = now();
    if (error.code === 'upstream_error' && ++this.#strikes >= STRIKES) throw error;
    const asked = (error.retryAfter ?? 0) * 1_000;
    if (asked > patience || now() - this.#heard > patience) throw error;
    const backoff = Math.min(FIRST_WAIT * 2 ** Math.min(this.#failures++, 16), LONGEST_WAIT) * (0.5 + random());
    const retryIn = Math.max(backoff, asked);
    this.#connected = false;
    this.#tuning.onLine({ connected: false, error, retryIn });
    await wait(retryIn, this.#signal);
  }
}

/**
 * Follows the events of a run over a line that may break: it is opened again behind the last event that came, after growing, jittered
 * waits and never sooner than `Retry-After` says; what comes twice is dropped, a hole is read again, a type of event that is not known
 * is skipped. It ends after the last event of the run.
 *
 * @throws MogplexError what the platform refuses (401, 403, 404 ...), at once; `unavailable` when it was not heard for too long,
 *   `upstream_error` when what it says makes no sense again and again
 * @throws the reason of `signal` as soon as that aborts
 */
export const follow = (open: OpenStream, options: FollowOptions = {}): AsyncGenerator<RunEvent, void, undefined> =>
  new Follower(open, options).events();

import type { ServerResponse } from 'node:http';
import { MogplexError, type RunStreamEnd } from '@mogplex/protocol';
import type { Logger } from '../../http/log.ts';
import type { Db } from '../record.ts';
import { type Chunk, readChunk, Tail } from './tail.ts';

/** Where a stream is written: the part of a response that this needs. */
export type Line = Pick<ServerResponse, 'write' | 'end' | 'destroy' | 'on' | 'destroyed'>;

export interface WatchOptions {
  /** Milliseconds between two comments that keep the line open. */
  beat: number;
  /** Milliseconds that a watcher may take nothing before it is dropped. */
  stalled: number;
  /** Watchers of this server. */
  most: number;
}

const DEFAULTS: WatchOptions = { beat: 15_000, stalled: 20_000, most: 10_000 };
/** Milliseconds that a line has to take what is under way and its ending; one that takes nothing gets less. */
const ENDING_MS = 30_000;
const SLOW_ENDING_MS = 2_000;
/** Parts of a beat. */
const PARTS = 30;
/** First words to a watcher: how long it should wait before it comes back (HTML, section 9.2.6). */
const GREETING = 'retry: 1000\n\n';

interface Group {
  tail: Tail;
  watchers: Set<Watcher>;
}

interface WatcherParts {
  db: Db;
  runId: string;
  group: Group;
  /** Whether its credential still opens this run. */
  mayStill: () => Promise<boolean>;
  onFailure: (error: unknown) => void;
  onEnd: (watcher: Watcher) => void;
}

/**
 * One watcher. It takes the next piece when it has taken the last one: nothing gathers for a slow one, which reads the store once it has
 * fallen behind what the tail keeps, and is dropped when it takes nothing at all.
 */
class Watcher {
  readonly #parts: WatcherParts;
  readonly #line: Line;
  #cursor: number;
  #full = false;
  #fullSince = 0;
  #reading = false;
  #ended = false;

  constructor(parts: WatcherParts, line: Line, after: number) {
    this.#parts = parts;
    this.#line = line;
    this.#cursor = after;
    line.on('drain', () => {
      this.#full = false;
      this.pump();
    });
    line.on('close', () => this.#leave());
    this.#send(GREETING);
  }

  /** Sends what there is, as long as it is taken. */
  pump(): void {
    const { tail } = this.#parts.group;
    while (!this.#ended && !this.#full && !this.#reading) {
      const chunk = tail.next(this.#cursor);
      if (chunk === 'unknown') return this.#catchUp();
      if (chunk) this.#take(chunk);
      else {
        if (tail.over) this.end('done');
        return;
      }
    }
  }

  /** Keeps the line open, drops a watcher that takes nothing, and one who may not see the run any more. */
  beat(stalled: number, now: number): void {
    if (this.#line.destroyed) return this.#leave();
    if (this.#full) {
      if (now - this.#fullSince >= stalled) this.end('slow');
      return;
    }
    this.#send(': \n\n');
    this.#parts
      .mayStill()
      .then((may) => {
        if (!may) this.end('revoked');
      })
      .catch(this.#parts.onFailure);
  }

  end(reason: RunStreamEnd['reason']): void {
    if (this.#ended) return;
    this.#leave();
    const last: RunStreamEnd = { reason, lastSeq: this.#cursor };
    this.#line.end(`event: end\ndata: ${JSON.stringify(last)}\n\n`);
    const cut = setTimeout(() => this.#line.destroy(), reason === 'slow' ? SLOW_ENDING_MS : ENDING_MS).unref();
    this.#line.on('close', () => clearTimeout(cut));
  }

  #take(chunk: Chunk): void {
    this.#cursor = chunk.last;
    this.#send(chunk.text);
  }

  #send(text: string): void {
    if (this.#ended || this.#line.write(text)) return;
    if (!this.#full) this.#fullSince = performance.now();
    this.#full = true;
  }

  #catchUp(): void {
    const { db, runId, onFailure } = this.#parts;
    this.#reading = true;
    readChunk(db, runId, this.#cursor)
      .then((chunk) => {
        this.#reading = false;
        if (chunk) this.#take(chunk);
        this.pump();
      })
      .catch((error: unknown) => {
        this.#reading = false;
        onFailure(error);
        this.end('failed');
      });
  }

  #leave(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.onEnd(this);
  }
}

/** Everybody who watches runs on this server. */
export interface Watching {
  /**
   * Streams a run's events behind `after` to a line whose head has been written, until the run's last event.
   *
   * @throws MogplexError `unavailable` when this server has as many watchers as it takes.
   */
  watch(runId: string, after: number, line: Line, mayStill: () => Promise<boolean>): void;
  /** @throws MogplexError as `watch`, before anything is written. */
  checkRoom(): void;
  /** The run has new events. */
  wake(runId: string): void;
  /** Wake-ups may have been missed: every run is looked at. */
  wakeAll(): void;
  /** Ends every stream, so that its watcher comes back, to another server. */
  close(): void;
}

export const createWatching = (db: Db, log: Pick<Logger, 'error'>, given: Partial<WatchOptions> = {}): Watching => {
  const options = { ...DEFAULTS, ...given };
  const groups = new Map<string, Group>();
  let count = 0;
  let joined = 0;
  let closed = false;

  const leave = (runId: string, group: Group, watcher: Watcher): void => {
    if (!group.watchers.delete(watcher)) return;
    count -= 1;
    for (const some of parts) some.delete(watcher);
    if (group.watchers.size === 0 && groups.get(runId) === group) groups.delete(runId);
  };
  const groupOf = (runId: string, after: number): Group => {
    const known = groups.get(runId);
    if (known) return known;
    const watchers = new Set<Watcher>();
    const tail = new Tail(db, runId, after, {
      onNews: () => {
        for (const watcher of watchers) watcher.pump();
      },
      onFailure: (error) => {
        log.error('the events of a run cannot be read', error, { runId });
        for (const watcher of watchers) watcher.end('failed');
      },
    });
    const group: Group = { tail, watchers };
    // Wake-ups reach it from here on; what came before is read now.
    groups.set(runId, group);
    tail.wake();
    return group;
  };
  // A part of the watchers at a time: all of them at once would ask the store for everything else's turn.
  const parts = Array.from({ length: PARTS }, () => new Set<Watcher>());
  let part = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    part = (part + 1) % PARTS;
    for (const watcher of parts[part] ?? []) watcher.beat(options.stalled, now);
  }, options.beat / PARTS);
  timer.unref();
  const checkRoom = (): void => {
    if (closed || count >= options.most) {
      throw new MogplexError('unavailable', closed ? 'the server stops' : 'this server streams to as many as it can', {
        boundary: 'run',
        retryAfter: closed ? 1 : 15,
        hint: 'GET the events page by page instead.',
      });
    }
  };
  return {
    checkRoom,
    watch(runId, after, line, mayStill) {
      checkRoom();
      const group = groupOf(runId, after);
      const onFailure = (error: unknown): void => log.error('a watcher of a run could not be served', error, { runId });
      const watcher = new Watcher({ db, runId, group, mayStill, onFailure, onEnd: (one) => leave(runId, group, one) }, line, after);
      group.watchers.add(watcher);
      parts[joined % PARTS]?.add(watcher);
      joined += 1;
      count += 1;
      watcher.pump();
    },
    wake: (runId) => groups.get(runId)?.tail.wake(),
    wakeAll() {
      for (const { tail } of groups.values()) tail.wake();
    },
    close() {
      closed = true;
      clearInterval(timer);
      for (const { watchers } of groups.values()) for (const watcher of watchers) watcher.end('closing');
    },
  };
};

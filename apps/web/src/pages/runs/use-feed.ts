import type { LineState } from '@mogplex/client/follow';
import type { RunEvent } from '@mogplex/protocol';
import { useEffect, useState } from 'react';
import { followRun } from '../../api/runs.ts';
import { EMPTY, type Timeline, withEvents } from './timeline.ts';

export interface Feed {
  timeline: Timeline;
  /** Whether the run's last event has come. */
  isComplete: boolean;
  /** Why no event comes, while it is tried again. */
  lost?: Error;
  /** What ended the feed early. */
  error?: unknown;
}

/** Events are gathered for so many milliseconds before the page is drawn with them. */
const GATHER = 80;
/** A page that nobody looks at gives its line back after so many milliseconds: a browser has few for one platform. */
const HIDDEN = 15_000;
/** An outage that is tried again sooner than this is not worth a word, in milliseconds. */
const WORTH_A_WORD = 1_000;

interface FeedWork {
  onEvents: (events: readonly RunEvent[]) => void;
  onChange: (change: Partial<Omit<Feed, 'timeline'>>) => void;
}

/** Keeps a run's events coming until they are complete or `stop` is called. */
class FeedReader {
  readonly #id: string;
  readonly #work: FeedWork;
  #line: AbortController | undefined;
  #cursor = 0;
  #waiting: RunEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(id: string, work: FeedWork) {
    this.#id = id;
    this.#work = work;
  }

  start(): void {
    if (this.#line || this.#ended) return;
    this.#line = new AbortController();
    void this.#read(this.#line.signal);
  }

  stop(): void {
    this.#line?.abort();
    this.#line = undefined;
    this.#flush();
  }

  async #read(signal: AbortSignal): Promise<void> {
    try {
      for await (const event of followRun(this.#id, { after: this.#cursor, signal, onLine: (state) => this.#onLine(state) })) {
        this.#cursor = event.seq;
        this.#waiting.push(event);
        this.#timer ??= setTimeout(() => this.#flush(), GATHER);
      }
      this.#ended = true;
      this.#flush();
      this.#work.onChange({ isComplete: true });
    } catch (error) {
      if (signal.aborted) return;
      this.#ended = true;
      this.#flush();
      this.#work.onChange({ error });
    }
  }

  #onLine(state: LineState): void {
    if (state.connected) this.#work.onChange({});
    else if (state.retryIn >= WORTH_A_WORD) this.#work.onChange({ lost: state.error });
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length > 0) this.#work.onEvents(this.#waiting);
    this.#waiting = [];
  }
}

/**
 * The events of a run as they happen. While the page is hidden for long, they wait at the platform.
 *
 * @param id the same one as long as the component lives
 */
export const useFeed = (id: string): Feed => {
  const [timeline, setTimeline] = useState(EMPTY);
  const [state, setState] = useState<Omit<Feed, 'timeline'>>({ isComplete: false });
  useEffect(() => {
    const reader = new FeedReader(id, {
      onEvents: (events) => setTimeline((before) => withEvents(before, events)),
      onChange: (change) => setState({ isComplete: false, ...change }),
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onVisibility = (): void => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => reader.stop(), HIDDEN);
      else reader.start();
    };
    reader.start();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      clearTimeout(timer);
      reader.stop();
    };
  }, [id]);
  return { timeline, ...state };
};

import type { Run, RunEvent, RunStatus, StartRun } from '@mogplex/protocol';
import { call, type CallInput, type ClientOptions, openStream } from './call.ts';
import { readEventPage } from './follow/event.ts';
import { follow, type FollowOptions } from './follow/follow.ts';
import { operations } from './operations.ts';

/** Events of a run behind one of them. */
export interface EventPage {
  items: RunEvent[];
  /** `after` of the next page. */
  next: number;
  /** `seq` of the last event that the run has so far. */
  lastSeq: number;
  /** Whether there is no event behind these and will never be one. */
  done: boolean;
}

/** The runs of an account. */
export interface Runs {
  /**
   * Starts a run. Tries that fail are repeated under one `Idempotency-Key`, so that it starts once.
   *
   * @param options.idempotencyKey 1 to 128 visible characters; a random one by default
   */
  start(body: StartRun, options?: { idempotencyKey?: string; signal?: AbortSignal }): Promise<Run>;
  get(id: string, options?: { signal?: AbortSignal }): Promise<Run>;
  /** Newest first. */
  list(options?: {
    status?: RunStatus;
    cursor?: string;
    limit?: number;
    signal?: AbortSignal;
  }): Promise<{ items: Run[]; nextCursor: string | null }>;
  /** Asks for the end of a run; one that is over stays as it is. */
  cancel(id: string, options?: { signal?: AbortSignal }): Promise<Run>;
  /** One page of events, oldest first, at most `limit` (1 to 1,000) behind the event `after`. */
  events(id: string, options?: { after?: number; limit?: number; signal?: AbortSignal }): Promise<EventPage>;
  /** The events of a run as they happen, to its end: see `follow`. */
  follow(id: string, options?: FollowOptions): AsyncGenerator<RunEvent, void, undefined>;
}

const signalOf = ({ signal }: { signal?: AbortSignal }): CallInput => (signal ? { signal } : {});

/** The calls about runs, with the client's options. */
export const createRuns = (options: ClientOptions): Runs => {
  const oneRun = async (name: 'startRun' | 'getRun' | 'cancelRun', input: CallInput): Promise<Run> =>
    ((await call(options, operations[name], input)) as { run: Run }).run;
  return {
    start: (body, { idempotencyKey = crypto.randomUUID(), ...rest } = {}) =>
      oneRun('startRun', { body, idempotencyKey, ...signalOf(rest) }),
    get: (id, settings = {}) => oneRun('getRun', { params: { id }, ...signalOf(settings) }),
    cancel: (id, settings = {}) => oneRun('cancelRun', { params: { id }, ...signalOf(settings) }),
    list: async ({ status, cursor, limit, ...rest } = {}) => {
      const page = await call(options, operations.listRuns, { query: { status, cursor, limit }, ...signalOf(rest) });
      return page as { items: Run[]; nextCursor: string | null };
    },
    events: async (id, { after = 0, limit, ...rest } = {}) => {
      const operation = { ...operations.listRunEvents, response: readEventPage };
      const page = await call(options, operation, { params: { id }, query: { after, limit }, ...signalOf(rest) });
      const { items, lastSeq, done } = page as ReturnType<typeof readEventPage.parse>;
      return { items: items.flatMap(({ known }) => known ?? []), next: items.at(-1)?.seq ?? after, lastSeq, done };
    },
    follow: (id, settings = {}) =>
      follow(
        (after, signal) =>
          openStream(
            options,
            { ...operations.listRunEvents, path: '/runs/{id}/stream' },
            { params: { id }, query: { after }, signal },
            after,
          ),
        settings,
      ),
  };
};

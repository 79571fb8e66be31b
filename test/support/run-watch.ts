import { request } from 'node:http';
import type { Run, RunEvent, RunStreamEnd } from '@mogplex/protocol';
import { expect } from 'vitest';

interface Answer<T> {
  status: number;
  headers: Headers;
  data: T;
  error: { code: string; message: string; boundary: string; requestId: string };
}

export interface StreamOptions {
  after?: number;
  /** Sent as `Last-Event-ID`. */
  last?: number;
  /** The line is cut by the watcher after so many bytes. */
  cutAfter?: number;
  signal?: AbortSignal;
  /** The platform has begun to answer. */
  onOpen?: () => void;
}

/** What a watcher got from one connection. */
export interface Watched {
  status: number;
  events: RunEvent[];
  /** Undefined when the line broke before its ending. */
  end: RunStreamEnd | undefined;
  comments: number;
}

/** Reads one connection of `text/event-stream`, over a socket of its own, as it comes: only whole messages count. */
export const watch = (url: string, token: string, runId: string, options: StreamOptions = {}): Promise<Watched> =>
  new Promise((resolve, reject) => {
    const watched: Watched = { status: 0, events: [], end: undefined, comments: 0 };
    const query = options.after === undefined ? '' : `?after=${options.after}`;
    const headers = {
      authorization: `Bearer ${token}`,
      ...(options.last === undefined ? {} : { 'last-event-id': String(options.last) }),
    };
    const call = request(
      `${url}/api/v1/mogplex/runs/${runId}/stream${query}`,
      { headers, agent: false, signal: options.signal },
      (response) => {
        watched.status = response.statusCode ?? 0;
        options.onOpen?.();
        let text = '';
        let size = 0;
        const take = (): void => {
          for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
            const lines = text.slice(0, end).split('\n');
            text = text.slice(end + 2);
            if (lines[0]?.startsWith(':')) watched.comments += 1;
            const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
            if (data === undefined) continue;
            if (lines.includes('event: end')) watched.end = JSON.parse(data) as RunStreamEnd;
            else {
              const event = JSON.parse(data) as RunEvent;
              if (!lines.includes(`id: ${event.seq}`)) reject(new Error(`event ${event.seq} came under another id`));
              watched.events.push(event);
            }
          }
        };
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const room = (options.cutAfter ?? Number.POSITIVE_INFINITY) - size;
          size += chunk.length;
          text += chunk.slice(0, room);
          take();
          if (size >= (options.cutAfter ?? Number.POSITIVE_INFINITY)) response.destroy();
        });
        response.on('close', () => resolve(watched));
        response.on('error', () => resolve(watched));
      },
    );
    call.on('error', (error) => (watched.status === 0 && !options.signal?.aborted ? reject(error) : resolve(watched)));
    call.end();
  });

/** Calls the runs of a platform with a credential. */
export const runsOf = (url: string, token: string) => {
  const call = async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> => {
    const response = await fetch(`${url}/api/v1/mogplex${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { data: T; error: Answer<T>['error'] };
    return { status: response.status, headers: response.headers, data: answer.data, error: answer.error };
  };
  const get = async (id: string): Promise<Run> => (await call<{ run: Run }>('GET', `/runs/${id}`)).data.run;
  return {
    call,
    get,
    start: (body: Record<string, unknown>, key?: string) =>
      call<{ run: Run }>('POST', '/runs', { model: 'openai/gpt-5', ...body }, key === undefined ? {} : { 'idempotency-key': key }),
    cancel: (id: string) => call<{ run: Run }>('POST', `/runs/${id}/cancel`),
    /** All events so far, page by page. */
    async events(id: string, limit = 1_000): Promise<RunEvent[]> {
      const events: RunEvent[] = [];
      for (;;) {
        const { data } = await call<{ items: RunEvent[]; done: boolean }>(
          'GET',
          `/runs/${id}/events?after=${events.at(-1)?.seq ?? 0}&limit=${limit}`,
        );
        events.push(...data.items);
        if (data.done || data.items.length < limit) return events;
      }
    },
    /** Waits until the run is in one of these states. */
    async until(id: string, ...statuses: Run['status'][]): Promise<Run> {
      await expect
        .poll(async () => (await get(id)).status, { timeout: 45_000, interval: 50 })
        .toSatisfy((status) => statuses.includes(status as Run['status']));
      return get(id);
    },
    watch: (id: string, options: StreamOptions = {}) => watch(url, token, id, options),
  };
};

export type Runs = ReturnType<typeof runsOf>;

/** Checks what holds of every run's events: 1, 2, 3 ... without a gap, one end, and it is the last. */
export const expectWhole = (events: readonly RunEvent[]): void => {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
  const ends = events.filter(
    ({ type, data }) => type === 'status' && ['succeeded', 'failed', 'cancelled'].includes((data as { status: string }).status),
  );
  expect(ends).toHaveLength(1);
  expect(events.at(-1)).toBe(ends[0]);
};

/** What the assistant said, as a watcher reads it: a restart makes void what was said before. */
export const said = (events: readonly RunEvent[]): string => {
  let text = '';
  for (const event of events) {
    if (event.type === 'message.delta') text += event.data.text;
    if (event.type === 'notice' && event.data.code === 'restarted') text = '';
  }
  return text;
};

export const statusesOf = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'status' ? [event.data.status] : []));

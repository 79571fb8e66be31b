import { randomInt } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '@mogplex/credentials';
import type { RunEvent } from '@mogplex/protocol';
import { describe, expect, test } from 'vitest';
import { createClient, type FollowOptions, type LineState } from '../src/index.ts';
import { begin, eventNumber, messageOf, refuse, type ScriptedPlatform, scriptedPlatform, type Turn } from './platform.ts';

const RUN = 'run_00000000000000000000000000';
const token = new Secret('mog_a-token-for-a-test', 'test');

/** Follows with waits that are noted and not waited. */
const following = (platform: ScriptedPlatform, options: FollowOptions = {}) => {
  const waits: number[] = [];
  const lines: LineState[] = [];
  const client = createClient({ baseUrl: platform.url, token });
  const events = client.runs.follow(RUN, {
    random: () => 0.5,
    onLine: (state) => void lines.push(state),
    wait: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
    ...options,
  });
  return { events, waits, lines };
};

const all = async (events: AsyncIterable<RunEvent>): Promise<RunEvent[]> => {
  const seen: RunEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
};

const upTo = (last: number) => Array.from({ length: last }, (_, index) => eventNumber(index + 1, last));

/** Writes bytes in pieces of random length, so that messages and characters are split anywhere. */
const inPieces = async (response: ServerResponse, bytes: Buffer): Promise<void> => {
  for (let from = 0; from < bytes.length;) {
    const to = from + randomInt(1, 400);
    response.write(bytes.subarray(from, to));
    from = to;
    if (randomInt(4) === 0) await sleep(0);
  }
};

describe('D7 following a run', () => {
  test('D7 a line that is cut at random, repeats and splits characters loses nothing and doubles nothing', async () => {
    const events = upTo(400);
    const unreliable: Turn = async (request, response) => {
      // Sometimes from further back than was asked for.
      const from = Math.max(0, Number(request.headers['last-event-id']) - randomInt(4));
      const bytes = Buffer.from(events.slice(from).map(messageOf).join(''));
      begin(response);
      const cut = randomInt(bytes.length + 1);
      await inPieces(response, bytes.subarray(0, Math.max(cut, Math.min(bytes.length, 800))));
      await sleep(1);
      if (randomInt(2) === 0) response.destroy();
      else response.end();
    };
    await using platform = await scriptedPlatform(unreliable);
    const { events: followed } = following(platform);
    expect(await all(followed)).toEqual(events);
    expect(platform.requests.length).toBeGreaterThan(1);
    expect(platform.requests[0]?.path).toBe(`/api/v1/mogplex/runs/${RUN}/stream?after=0`);
    expect(platform.requests[0]?.headers.authorization).toBe('Bearer mog_a-token-for-a-test');
  });

  test('D7 it resumes behind the last event, and a hole is read again', async () => {
    const events = upTo(5);
    const [one = '', two = '', three = '', four = '', five = ''] = events.map(messageOf);
    await using platform = await scriptedPlatform(
      (_request, response) => begin(response, one, three),
      (_request, response) => {
        begin(response, one, two, three);
        response.end('event: end\ndata: {"reason":"closing","lastSeq":3}\n\n');
      },
      (_request, response) => {
        begin(response, four);
        response.end('event: end\ndata: {"reason":"done","lastSeq":5}\n\n');
      },
      (_request, response) => begin(response, five),
    );
    const { events: followed, lines } = following(platform);
    expect(await all(followed)).toEqual(events);
    expect(platform.requests.map(({ headers }) => headers['last-event-id'])).toEqual(['0', '1', '3', '4']);
    expect(lines.map((state) => (state.connected ? 'back' : state.error.message))).toEqual([
      'event 3 came after event 1',
      'back',
      'the platform closed the stream',
      'back',
      'the stream ended at event 4 of 5',
      'back',
    ]);
  });

  test('D7 a stream that says that everything has come ends it, also with nothing new and with types of a later release', async () => {
    const end = 'event: end\ndata: {"reason":"done","lastSeq":2}\n\n';
    const later = `id: 1\ndata: ${JSON.stringify({ runId: RUN, seq: 1, at: 1, type: 'hologram', data: {} })}\n\n`;
    await using platform = await scriptedPlatform(
      (_request, response) => begin(response, later, messageOf(eventNumber(2, 2))),
      (_request, response) => begin(response, end),
    );
    expect(await all(following(platform).events)).toEqual([eventNumber(2, 2)]);
    expect(await all(following(platform, { after: 2 }).events)).toEqual([]);
    expect(platform.requests.map(({ path }) => path.split('?')[1])).toEqual(['after=0', 'after=2']);
  });

  test('D7 a peer that hangs, before its answer or in it, is left; heartbeats keep a quiet line', async () => {
    const [one = '', two = ''] = upTo(2).map(messageOf);
    await using platform = await scriptedPlatform(
      () => undefined,
      (_request, response) => begin(response, one, two.slice(0, 20)),
      async (_request, response) => {
        begin(response);
        for (let beat = 0; beat < 10; beat++) {
          await sleep(200);
          response.write(': heartbeat\n\n');
        }
        response.write(two);
      },
    );
    const { events, lines } = following(platform, { silence: 1_500 });
    expect(await all(events)).toEqual(upTo(2));
    expect(lines.flatMap((state) => (state.connected ? [] : [state.error.message]))).toEqual(
      Array.from({ length: 2 }, () => 'the platform sent nothing for 2 s'),
    );
    expect(platform.requests).toHaveLength(3);
  });

  test('B22 D7 what the platform refuses ends it at once, with its boundary and request id', async () => {
    for (const [status, code] of [
      [401, 'unauthenticated'],
      [403, 'insufficient_scope'],
      [404, 'not_found'],
    ] as const) {
      await using platform = await scriptedPlatform(refuse(status, code));
      await expect(all(following(platform).events)).rejects.toMatchObject({ code, boundary: 'token', requestId: 'req_12345678' });
      expect(platform.requests).toHaveLength(1);
    }
  });

  test('B6 D7 Retry-After is obeyed, in the envelope and from what stands before the platform', async () => {
    await using platform = await scriptedPlatform(
      refuse(429, 'rate_limited', { retryAfter: 7 }),
      (_request, response) => void response.writeHead(503, { 'retry-after': '9' }).end('<html>busy</html>'),
      (_request, response) => void response.writeHead(502).end(),
      (_request, response) => begin(response, messageOf(eventNumber(1, 1))),
    );
    const { events, waits } = following(platform);
    expect(await all(events)).toHaveLength(1);
    expect(waits).toEqual([7_000, 9_000, 1_000]);
    await using closed = await scriptedPlatform(refuse(429, 'rate_limited', { retryAfter: 3_600 }));
    await expect(all(following(closed).events)).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 3_600 });
  });

  test('D7 garbage is read again, and another program behind the address is told from a platform', async () => {
    const good = messageOf(eventNumber(1, 1));
    await using hiccup = await scriptedPlatform(
      (_request, response) => begin(response, 'id: 1\ndata: {"seq":1,"type":"message.delta"}\n\n'),
      (_request, response) => begin(response, 'id: 1\ndata: {"seq":\n\n'),
      (_request, response) => begin(response, good.replace('id: 1', 'id: 4')),
      (_request, response) => begin(response, good),
    );
    expect(await all(following(hiccup).events)).toEqual([eventNumber(1, 1)]);
    await using other = await scriptedPlatform((_request, response) => void response.end('<html>Welcome</html>'));
    await expect(all(following(other).events)).rejects.toMatchObject({ code: 'upstream_error', boundary: 'network' });
    expect(other.requests).toHaveLength(5);
  });

  test('D7 a platform that stays away is given up after a time, with growing waits', async () => {
    const platform = await scriptedPlatform(() => undefined);
    await platform[Symbol.asyncDispose]();
    let clock = 0;
    const waits: number[] = [];
    const { events } = following(platform, {
      now: () => clock,
      wait: (milliseconds) => {
        waits.push(milliseconds);
        clock += milliseconds;
        return Promise.resolve();
      },
    });
    await expect(all(events)).rejects.toMatchObject({ code: 'unavailable', boundary: 'network' });
    expect(waits.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
    expect(Math.max(...waits)).toBe(15_000);
    expect(clock).toBeGreaterThan(300_000);
    expect(clock).toBeLessThan(330_000);
  });

  test('D7 an abort counts at once: in a hang, in a wait, in the middle of what has come', async () => {
    const leave = new AbortController();
    const stopped = { name: 'AbortError' };
    await using hanging = await scriptedPlatform((_request, response) => begin(response, messageOf(eventNumber(1, 3))));
    const first = following(hanging, { signal: leave.signal }).events;
    expect((await first.next()).value).toEqual(eventNumber(1, 3));
    const second = first.next();
    leave.abort();
    await expect(second).rejects.toMatchObject(stopped);
    await expect.poll(() => hanging.left).toBe(1);

    const waiting = new AbortController();
    await using away = await scriptedPlatform(refuse(429, 'rate_limited', { retryAfter: 100 }));
    const client = createClient({ baseUrl: away.url, token });
    const third = client.runs.follow(RUN, { signal: waiting.signal, onLine: () => waiting.abort() }).next();
    await expect(third).rejects.toMatchObject(stopped);

    const burst = new AbortController();
    await using busy = await scriptedPlatform((_request, response) => begin(response, ...upTo(100).map(messageOf)));
    const seen: number[] = [];
    const work = async (): Promise<void> => {
      for await (const { seq } of following(busy, { signal: burst.signal }).events) {
        seen.push(seq);
        if (seq === 3) burst.abort();
      }
    };
    await expect(work()).rejects.toMatchObject(stopped);
    expect(seen).toEqual([1, 2, 3]);
    await expect(all(following(busy, { signal: burst.signal }).events)).rejects.toMatchObject(stopped);
  });

  test('D7 who stops reading closes the line', async () => {
    await using platform = await scriptedPlatform((_request, response) => begin(response, messageOf(eventNumber(1, 3))));
    for await (const event of following(platform).events) {
      expect(event.seq).toBe(1);
      break;
    }
    await expect.poll(() => platform.left).toBe(1);
  });
});

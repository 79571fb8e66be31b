import { randomInt } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { RunEvent } from '@mogplex/protocol';
import type { TestGateway } from './gateway.ts';

/** What an event says, without where it stands. */
export type EventContent = RunEvent extends infer E ? (E extends RunEvent ? Pick<E, 'type' | 'data'> : never) : never;

const INSERT = 500;

/** Gives a run that is over another history: these events, and its end behind them. What stands there is taken as it is. */
export const rewriteEvents = async ({ store: { db } }: Pick<TestGateway, 'store'>, runId: string, contents: readonly EventContent[]) => {
  const all: EventContent[] = [...contents, { type: 'status', data: { status: 'succeeded' } }];
  const rows = all.map(({ type, data }, index) => ({
    run_id: runId,
    seq: index + 1,
    at: 1_790_000_000_000 + index,
    type,
    data: JSON.stringify(data),
  }));
  await db.deleteFrom('run_event').where('run_id', '=', runId).execute();
  for (let from = 0; from < rows.length; from += INSERT) {
    await db
      .insertInto('run_event')
      .values(rows.slice(from, from + INSERT))
      .execute();
  }
  await db.updateTable('run').set({ last_seq: rows.length, status: 'succeeded', error: null }).where('id', '=', runId).execute();
};

export interface BadLine extends AsyncDisposable {
  url: string;
  /** Lines that it has cut by itself. */
  readonly cuts: number;
  /** Cuts every line, and lets nobody through from now on. */
  close(): void;
  open(): void;
}

/** A line to a platform that breaks without a word after a random number of bytes, from `least` to `most`. */
export const startBadLine = async (target: string, { least, most }: { least: number; most: number }): Promise<BadLine> => {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let cuts = 0;
  let closed = false;
  const server = createServer((socket) => {
    if (closed) {
      socket.destroy();
      return;
    }
    const upstream = connect(Number(port), hostname);
    let left = randomInt(least, most);
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        (one === socket ? upstream : socket).destroy();
      });
    }
    socket.on('data', (data) => upstream.write(data));
    upstream.on('data', (data: Buffer) => {
      const part = data.subarray(0, left);
      left -= part.length;
      if (left > 0) {
        socket.write(part);
        return;
      }
      cuts += 1;
      socket.write(part, () => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return cuts;
    },
    close() {
      closed = true;
      for (const socket of sockets) socket.destroy();
    },
    open() {
      closed = false;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

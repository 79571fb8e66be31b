import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';

export interface ListenerOptions {
  /** The channels to hear, asked anew at each connection. */
  channels: () => readonly string[];
  /** Runs once the channels are heard, before `connect` resolves and after every reconnect. */
  onConnect: () => Promise<void>;
  onMessage: (channel: string, payload: string) => Promise<void>;
  onLost: () => void;
  onError: (error: unknown) => void;
}

export interface Listener {
  connect(): Promise<void>;
  /** Hears one more channel, of those that `channels` names from now on; a lost connection hears it once it is back. */
  hear(channel: string): Promise<void>;
  /** Runs a statement on the listening connection, in order with the notices that it hears. */
  query(sql: string, parameters: unknown[]): Promise<void>;
  close(): Promise<void>;
}

const RETRY = 500;

/** One connection that hears `NOTIFY` on some channels and comes back when it is lost. */
export const createListener = (pool: Pool, options: ListenerOptions): Listener => {
  let client: PoolClient | undefined;
  let closed = false;

  const lose = (lost: PoolClient, error?: Error): void => {
    if (client !== lost) return;
    client = undefined;
    options.onLost();
    lost.release(error ?? true);
    if (!closed) void reconnect();
  };

  const open = async (): Promise<void> => {
    const next = await pool.connect();
    next.on('error', (error) => lose(next, error));
    next.on('end', () => lose(next));
    next.on('notification', ({ channel, payload = '' }) => {
      options.onMessage(channel, payload).catch(options.onError);
    });
    try {
      for (const channel of options.channels()) await next.query(`listen ${channel}`);
      client = next;
      await options.onConnect();
    } catch (error) {
      if (client === next) client = undefined;
      next.release(true);
      throw error;
    }
  };

  const reconnect = async (): Promise<void> => {
    for (;;) {
      await sleep(RETRY, undefined, { ref: false });
      if (closed) return;
      try {
        await open();
        return;
      } catch (error) {
        options.onError(error);
      }
    }
  };

  return {
    connect: open,
    async hear(channel) {
      await client?.query(`listen ${channel}`);
    },
    async query(sql, parameters) {
      if (!client) throw new Error('the listening connection is lost');
      await client.query(sql, parameters);
    },
    close() {
      closed = true;
      const last = client;
      client = undefined;
      last?.release(true);
      return Promise.resolve();
    },
  };
};

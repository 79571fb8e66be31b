import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { type ExchangeTimes, UpstreamConnection, UpstreamFault, type UpstreamHandler, type UpstreamRequest } from './connection.ts';

/** Milliseconds. */
export interface PoolTimes extends ExchangeTimes {
  /** How long a connection without an exchange is kept. */
  keepAlive: number;
}

/** How often connections are looked at whose time is up, in milliseconds. */
const LOOK_EVERY = 250;
/** Milliseconds before the upstream's own end of an idle connection at which it is no longer used. */
const MARGIN = 1_000;

/** Until when a connection may be used again, in milliseconds, by what the upstream says of it (`Keep-Alive: timeout=5`). */
const keptFor = (hint: string | undefined, most: number): number => {
  const seconds = hint === undefined ? undefined : /(?:^|[\s,;])timeout=(\d{1,6})/i.exec(hint)?.[1];
  return seconds === undefined ? most : Math.min(most, Number(seconds) * 1_000 - MARGIN);
};

/**
 * The connections to one origin over HTTP/1.1: as many as there are exchanges at the same time, the last used first. It is
 * for the model gateway, which knows one kind of request and wants its answer byte by byte as it comes: on a kept connection
 * it adds about a quarter of what a general client does, and a pool that only waits keeps no process alive.
 *
 * A request is written once. One that fails is not repeated, since it may have been taken, but for one case: a kept connection that
 * the upstream closes as the request goes out. Every client of the field opens another one then.
 */
export class UpstreamPool {
  readonly #origin: URL;
  readonly #connect: buildConnector.connector;
  readonly #times: PoolTimes;
  readonly #free: UpstreamConnection[] = [];
  readonly #all = new Set<UpstreamConnection>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * @param origin `https://api.openai.com` or, for plain connections, `http://…`.
   * @param connect makes a connected socket, with TLS where the origin says so, or refuses the address.
   */
  constructor(origin: string, connect: buildConnector.connector, times: PoolTimes) {
    this.#origin = new URL(origin);
    this.#connect = connect;
    this.#times = times;
  }

  /** How long one who listens may pause an answer, in milliseconds. */
  get stallMs(): number {
    return this.#times.stall;
  }

  /** Makes one exchange. Never throws: what fails is told to the handler. */
  dispatch(request: UpstreamRequest, handler: UpstreamHandler): void {
    const free = this.#free.pop();
    if (free) {
      free.send(request, handler);
      return;
    }
    this.#dial(request, handler);
  }

  /** Cuts every connection. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const connection of this.#all) connection.close();
  }

  #dial(request: UpstreamRequest, handler: UpstreamHandler): void {
    const { protocol, hostname, host, port } = this.#origin;
    this.#connect({ protocol, hostname: hostname.replace(/^\[|\]$/g, ''), host, port }, (...[error, socket]) => {
      if (error) return handler.onError(error);
      if (this.#closed) {
        socket.destroy();
        return handler.onError(new UpstreamFault('UPSTREAM_CLOSED', 'the gateway has stopped'));
      }
      this.#open(socket as Socket).send(request, handler);
    });
  }

  #open(socket: Socket): UpstreamConnection {
    const connection = new UpstreamConnection(socket, this.#origin.host, this.#times, {
      free: (freed) => {
        const kept = keptFor(freed.hint, this.#times.keepAlive);
        if (kept <= 0) return freed.close();
        freed.deadline = performance.now() + kept;
        this.#free.push(freed);
      },
      gone: (lost) => {
        this.#all.delete(lost);
        const at = this.#free.indexOf(lost);
        if (at !== -1) this.#free.splice(at, 1);
        if (this.#all.size === 0) this.#rest();
      },
      crossed: (request, handler) => this.#dial(request, handler),
    });
    this.#all.add(connection);
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY);
    return connection;
  }

  #look(): void {
    const now = performance.now();
    for (const connection of this.#all) if (connection.deadline <= now) connection.expire();
    for (const connection of this.#free) connection.rest();
    if (this.#free.length === this.#all.size) this.#timer?.unref();
    else this.#timer?.ref();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

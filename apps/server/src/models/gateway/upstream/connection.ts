import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { takeBytes } from '../../../network/direct-reads.ts';
import { ResponseParser } from './response-parser.ts';

/** What is sent to an upstream. */
export interface UpstreamRequest {
  method: 'POST' | 'GET';
  /** Path with its query, as it stands on the request line. */
  path: string;
  /** Fields beside `host`, `connection` and `content-length`. */
  headers: Readonly<Record<string, string>>;
  body: Buffer | undefined;
}

/** The one hand on an exchange that is under way. Once that is over it does nothing, whoever uses the connection then. */
export interface UpstreamControl {
  /** Takes no more of the answer until {@link resume}; the other side is slowed down in turn. */
  pause(): void;
  resume(): void;
  /** Ends the exchange and its connection at once; `onError` is called with the reason. */
  abort(reason: Error): void;
}

/** What comes of a request. After `onEnd` or `onError` nothing more is called. */
export interface UpstreamHandler {
  /** Called before anything is written, and again where that is done once more on another connection. */
  onStart(control: UpstreamControl): void;
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onData(bytes: Buffer): void;
  onEnd(): void;
  onError(error: Error): void;
}

/** The upstream was silent for too long, or closed the connection in the midst. */
export class UpstreamFault extends Error {
  override readonly name = 'UpstreamFault';
  readonly code: 'UPSTREAM_HEADERS_TIMEOUT' | 'UPSTREAM_BODY_TIMEOUT' | 'UPSTREAM_CLOSED' | 'UPSTREAM_INVALID_REQUEST';

  constructor(code: UpstreamFault['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The one who listens has paused an answer for too long. */
export class ClientStalled extends Error {
  override readonly name = 'ClientStalled';
  readonly code = 'CLIENT_STALLED';

  constructor() {
    super('the client takes nothing of its answer');
  }
}

/** Milliseconds. */
export interface ExchangeTimes {
  /** Until the head of the answer. */
  firstByte: number;
  /** Between two pieces of the answer. */
  idle: number;
  /** That the one who listens may pause the answer. */
  stall: number;
}

const PATH = /^\/[\x21-\x7e\x80-\xff]*$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Up to this size head and body are put together and written in one go. */
const ONE_WRITE = 64 * 1024;

/** @throws UpstreamFault for what cannot stand in a request without changing what it says (RFC 9112 section 11.1). */
const headOf = (host: string, { method, path, headers, body }: UpstreamRequest): string => {
  if (!PATH.test(path)) throw new UpstreamFault('UPSTREAM_INVALID_REQUEST', 'the path of the request is not valid');
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (!NAME.test(name) || !VALUE.test(value)) throw new UpstreamFault('UPSTREAM_INVALID_REQUEST', 'a header of the request is not valid');
    head += `${name}: ${value}\r\n`;
  }
  if (body !== undefined) head += `content-length: ${body.length}\r\n`;
  return `${head}\r\n`;
};

/**
 * A used connection that the upstream closes so soon after a request, in milliseconds, and without a word, was given up before the
 * request came: the two met on their way.
 */
const CROSSED = 1_000;
const CROSSED_CODES = new Set(['UPSTREAM_CLOSED', 'ECONNRESET', 'EPIPE']);

/** What a connection tells its pool. */
export interface ConnectionEvents {
  /** An exchange has ended and another may follow. */
  free(connection: UpstreamConnection): void;
  /** None can follow any more; called once. */
  gone(connection: UpstreamConnection): void;
  /** The upstream had closed an idle connection before it saw this request, which is for a new connection then. */
  crossed(request: UpstreamRequest, handler: UpstreamHandler): void;
}

/** One request and what listens for its answer. */
class Exchange implements UpstreamControl {
  readonly request: UpstreamRequest;
  readonly handler: UpstreamHandler;
  readonly #connection: UpstreamConnection;

  constructor(connection: UpstreamConnection, request: UpstreamRequest, handler: UpstreamHandler) {
    this.#connection = connection;
    this.request = request;
    this.handler = handler;
  }

  pause(): void {
    this.#connection.pause(this);
  }

  resume(): void {
    this.#connection.resume(this);
  }

  abort(reason: Error): void {
    this.#connection.abort(this, reason);
  }
}

/** One connection to an upstream: one exchange at a time, as many as the upstream allows. */
export class UpstreamConnection {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #times: ExchangeTimes;
  readonly #on: ConnectionEvents;
  readonly #parser: ResponseParser;
  #exchange: Exchange | undefined;
  #sentAt = 0;
  /** Exchanges that were answered. */
  #served = 0;
  /** Something of the answer has come. */
  #heard = false;
  #gotHead = false;
  #paused = false;
  #gone = false;
  #resting = false;
  /** When the upstream must have moved by, on the clock of `performance.now`; in an idle connection, when it is closed. */
  deadline = Number.POSITIVE_INFINITY;

  /**
   * @param socket connected.
   * @param host what the `host` field says.
   */
  constructor(socket: Socket, host: string, times: ExchangeTimes, on: ConnectionEvents) {
    this.#socket = socket;
    this.#host = host;
    this.#times = times;
    this.#on = on;
    this.#parser = new ResponseParser({
      onHead: (status, headers) => this.#takeHead(status, headers),
      onBody: (bytes) => this.#exchange?.handler.onData(bytes),
      onEnd: () => this.#ended(),
    });
    socket.setNoDelay(true);
    takeBytes(socket, (bytes) => this.#take(bytes));
    socket.on('end', () => this.#closed());
    socket.on('error', (error: Error) => this.#lost(error, true));
    socket.on('close', () => this.#closed());
  }

  /** The `Keep-Alive` field of the last answer: how long the upstream keeps the connection. */
  get hint(): string | undefined {
    return this.#parser.hint;
  }

  /** Sends a request; the connection must be free. */
  send(request: UpstreamRequest, handler: UpstreamHandler): void {
    let head: string;
    try {
      head = headOf(this.#host, request);
    } catch (error) {
      this.#on.free(this);
      handler.onError(error as Error);
      return;
    }
    const exchange = new Exchange(this, request, handler);
    this.#exchange = exchange;
    if (this.#resting) this.#socket.ref();
    this.#resting = false;
    this.#heard = false;
    this.#gotHead = false;
    this.#paused = false;
    this.#parser.reset();
    this.#sentAt = performance.now();
    this.deadline = this.#sentAt + this.#times.firstByte;
    handler.onStart(exchange);
    if (this.#exchange !== exchange) return;
    const { body } = request;
    if (body === undefined) this.#socket.write(head, 'latin1');
    else if (body.length < ONE_WRITE) {
      const bytes = Buffer.allocUnsafe(head.length + body.length);
      bytes.write(head, 0, 'latin1');
      body.copy(bytes, head.length);
      this.#socket.write(bytes);
    } else {
      this.#socket.write(head, 'latin1');
      this.#socket.write(body);
    }
  }

  /** Keeps no process alive until the next request. */
  rest(): void {
    if (this.#exchange !== undefined || this.#resting) return;
    this.#resting = true;
    this.#socket.unref();
  }

  pause(exchange: object): void {
    if (this.#exchange !== exchange) return;
    this.#paused = true;
    this.deadline = performance.now() + this.#times.stall;
    this.#socket.pause();
  }

  resume(exchange: object): void {
    if (this.#exchange !== exchange || !this.#paused) return;
    this.#paused = false;
    this.deadline = performance.now() + this.#times.idle;
    this.#socket.resume();
  }

  abort(exchange: object, reason: Error): void {
    if (this.#exchange === exchange) this.#lost(reason);
  }

  /** The deadline has passed: nobody waits for this upstream any longer. */
  expire(): void {
    if (this.#exchange === undefined) this.close();
    else if (this.#paused) this.#lost(new ClientStalled());
    else if (this.#gotHead) this.#lost(new UpstreamFault('UPSTREAM_BODY_TIMEOUT', 'the upstream stopped in the midst of its answer'));
    else this.#lost(new UpstreamFault('UPSTREAM_HEADERS_TIMEOUT', 'the upstream did not begin to answer'));
  }

  /** Closes a connection; an exchange that is under way fails. */
  close(): void {
    this.#lost(new UpstreamFault('UPSTREAM_CLOSED', 'the connection was closed'));
  }

  #take(bytes: Buffer): void {
    if (this.#gone) return;
    if (this.#exchange === undefined) {
      // Nobody asked for anything.
      this.close();
      return;
    }
    this.#heard = true;
    if (this.#gotHead) this.deadline = performance.now() + this.#times.idle;
    try {
      this.#parser.push(bytes);
    } catch (error) {
      this.#lost(error as Error);
    }
    if (this.#parser.isDone && !this.#gone) this.#release();
  }

  #takeHead(status: number, headers: IncomingHttpHeaders): void {
    this.#gotHead = true;
    this.deadline = performance.now() + this.#times.idle;
    this.#exchange?.handler.onHead(status, headers);
  }

  #ended(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#served += 1;
    exchange?.handler.onEnd();
  }

  /** An answer has ended: the connection serves the next request, unless one of both sides wants its end. */
  #release(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    // An answer that came before its request was sent leaves the rest of that request in the line.
    if (!this.#parser.keepAlive || this.#socket.writableLength > 0) this.close();
    else {
      if (this.#paused) this.#socket.resume();
      this.#paused = false;
      this.#on.free(this);
    }
  }

  #closed(): void {
    if (this.#gone) return;
    if (this.#exchange === undefined || !this.#parser.end()) {
      this.#lost(new UpstreamFault('UPSTREAM_CLOSED', 'the upstream closed the connection'), true);
    } else this.close();
  }

  /** Whether the upstream had given this connection up before it could see the request (RFC 9112 section 9.3.1). */
  #hasCrossed(error: Error): boolean {
    if (this.#served === 0 || this.#heard || performance.now() - this.#sentAt > CROSSED) return false;
    return 'code' in error && CROSSED_CODES.has(String(error.code));
  }

  #lost(error: Error, byUpstream = false): void {
    if (this.#gone) return;
    this.#gone = true;
    this.deadline = Number.POSITIVE_INFINITY;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#socket.destroy();
    this.#on.gone(this);
    if (exchange === undefined) return;
    if (byUpstream && this.#hasCrossed(error)) this.#on.crossed(exchange.request, exchange.handler);
    else exchange.handler.onError(error);
  }
}

import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { MogplexError } from '@mogplex/protocol';
import { tooManySearches } from '../catalog/pieces.ts';
import type { Operation, Usage, WireFormat } from '../types.ts';
import { failureEvent } from '../wire/failure.ts';
import { createMeter, type Meter, usageOfSilence } from '../wire/meter.ts';
import { clientHeaders } from './headers.ts';
import { createEchoMask, type EchoMask, echoMaskFor, type EchoPattern } from './mask-echo.ts';
import { SpelledMask } from './mask-spelled.ts';
import { type Pinged, type Pinger, PINGS } from './ping.ts';
import { ClientStalled, type UpstreamControl, type UpstreamHandler } from './upstream/connection.ts';
import type { UpstreamPool } from './upstream/pool.ts';
import { MalformedResponse } from './upstream/response-parser.ts';

/** One attempt at one upstream. */
export interface RelayRequest {
  pool: UpstreamPool;
  method: 'POST' | 'GET';
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** The upstream's key, in the clear, to take it out of what comes back. */
  key: string;
  echo: EchoPattern;
  format: WireFormat;
  operation: Operation;
  /** Whether the provider may search the web, and the most searches that a stream may tell of before it is cut. */
  searching: boolean;
  mostSearches: number;
  requestId: string;
  response: ServerResponse;
  pinger: Pinger;
}

/** How an attempt ended. */
export type RelayResult =
  /** The client has the whole answer, or as much as it wanted, or as much as the upstream gave. */
  | {
      type: 'answered';
      outcome: 'done' | 'cancelled' | 'cut';
      status: number;
      headers: IncomingHttpHeaders;
      usage: Usage;
      /** Until when the upstream was at work, as far as can be seen, on the clock of `performance.now`. */
      until: number;
      echoed: boolean;
      error?: Error;
    }
  /** The upstream answered with an error; nothing was sent to the client. */
  | { type: 'refused'; status: number; headers: IncomingHttpHeaders; body: string }
  /** The client left before anything went out to the upstream. */
  | { type: 'unsent' }
  /** No answer came; nothing was sent to the client. */
  | { type: 'failed'; error: Error };

const ERROR_BODY = 64 * 1024;
/** How long the words of an error are waited for, in milliseconds: another key may answer meanwhile. */
const ERROR_MS = 3_000;
const NOTHING = Buffer.alloc(0);

/** The client closed its connection: the reason of the upstream's abort. */
class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
}

const DECODERS = new Map<string, () => NodeJS.ReadWriteStream & Readable>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
]);

/** What undoes the coding of an answer; undefined where there is none. @throws MalformedResponse for one that nobody asked for and knows. */
const decoderFor = (headers: IncomingHttpHeaders): (NodeJS.ReadWriteStream & Readable) | undefined => {
  const coding = String(headers['content-encoding'] ?? '').toLowerCase();
  if (coding === '' || coding === 'identity') return undefined;
  const make = DECODERS.get(coding);
  if (!make) throw new MalformedResponse('the upstream answers in a coding that was not asked for');
  return make();
};

const contentType = (headers: IncomingHttpHeaders): string => String(headers['content-type'] ?? '').toLowerCase();

const NEWLINE = 0x0a;
/** Up to this size Node writes a string and the head before it in one piece, without an allocation. */
const ONE_WRITE = 16 * 1024;

/** Ends an answer. A small one goes out in one write with its head: one character a byte stands for it faithfully. */
const endWith = (response: ServerResponse, last: Buffer): void => {
  if (last.length === 0) response.end();
  else if (last.length < ONE_WRITE) response.end(last.toString('latin1'), 'latin1');
  else response.end(last);
};

/** Whether bytes end with the empty line that ends an event. */
const endsEvent = (bytes: Buffer): boolean => {
  const { length } = bytes;
  if (bytes[length - 1] !== NEWLINE) return false;
  return bytes[length - 2] === NEWLINE || (bytes[length - 2] === 0x0d && bytes[length - 3] === NEWLINE);
};

/** Passes one upstream's answer on to the client while it comes, with backpressure in both directions. */
class Relay implements UpstreamHandler, Pinged {
  readonly #request: RelayRequest;
  readonly #resolve: (result: RelayResult) => void;
  #control: UpstreamControl | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #errorBody: Buffer[] | undefined;
  #errorBytes = 0;
  #errorTimer: NodeJS.Timeout | undefined;
  #meter: Meter | undefined;
  /** What has gone to the client and is not metered yet. */
  #unmetered: Buffer[] = [];
  #mask: EchoMask | undefined;
  #spelled: SpelledMask | undefined;
  #decoder: (NodeJS.ReadWriteStream & Readable) | undefined;
  #events = false;
  #sent = false;
  /** Bytes of the answer that are still to come; not a number where the upstream does not say. */
  #left = Number.NaN;
  #last: Buffer | undefined;
  /** The upstream has said all; its connection serves others. */
  #over = false;
  /** When something last came of the answer, on the clock of `performance.now`. */
  #heardAt = performance.now();
  #echoed = false;
  #finished = false;
  /** Runs while a decoded answer waits for the client: its upstream may have ended, and with it the connection's own deadline. */
  #stallTimer: NodeJS.Timeout | undefined;
  /** The client could not take the answer as fast as it came. */
  #wasSlow = false;
  /** What has passed ends between two events, where one of ours may stand. */
  #between = true;
  moved = false;

  constructor(request: RelayRequest, resolve: (result: RelayResult) => void) {
    this.#request = request;
    this.#resolve = resolve;
    request.response.on('close', this.#onClose);
  }

  #onClose = (): void => {
    if (this.#finished) return;
    if (this.#control) this.#fail(new ClientLeft('the client closed the connection'));
    else this.#finish({ type: 'unsent' });
  };

  /** Takes no more of the answer until the client has taken what it was given. */
  #waitForClient(): void {
    if (this.#decoder) {
      this.#decoder.pause();
      this.#stallTimer ??= setTimeout(() => this.#fail(new ClientStalled()), this.#request.pool.stallMs);
    } else this.#control?.pause();
    if (!this.#wasSlow) this.#request.response.on('drain', this.#onDrain);
    this.#wasSlow = true;
  }

  #onDrain = (): void => {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    if (this.#decoder) this.#decoder.resume();
    else this.#control?.resume();
  };

  /** Ends an answer early, on the upstream's side as well where that is still at it. */
  #fail(reason: Error): void {
    if (this.#over) this.onError(reason);
    else this.#control?.abort(reason);
  }

  #finish(result: RelayResult): void {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#errorTimer);
    clearTimeout(this.#stallTimer);
    if (this.#events) this.#request.pinger.remove(this);
    this.#decoder?.destroy();
    this.#resolve(result);
  }

  #answered(outcome: 'done' | 'cancelled' | 'cut', error?: Error): void {
    this.#count();
    const usage = this.#meter?.finish() ?? usageOfSilence(this.#request.body.length);
    const echoed = this.#echoed || this.#mask?.seen === true || this.#spelled?.seen === true;
    const [status, headers] = [this.#status, this.#headers];
    // What fell silent may have done nothing since.
    const until = error ? this.#heardAt : performance.now();
    this.#finish({ type: 'answered', outcome, status, headers, usage, until, echoed, ...(error ? { error } : {}) });
  }

  onStart(control: UpstreamControl): void {
    this.#control = control;
    if (!this.#finished && !this.#request.response.destroyed) return;
    this.#finish({ type: 'unsent' });
    control.abort(new ClientLeft('the client closed the connection'));
  }

  #maskHeader(value: string): string {
    const { key } = this.#request;
    if (!value.includes(key)) return value;
    this.#echoed = true;
    return value.replaceAll(key, echoMaskFor(key));
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status >= 300) {
      this.#errorBody = [];
      this.#errorTimer = setTimeout(() => this.#fail(new Error('the error of the upstream does not end')), ERROR_MS);
      return;
    }
    const { operation, body, searching, echo, requestId, response } = this.#request;
    const decoder = decoderFor(headers);
    this.#events = contentType(headers).startsWith('text/event-stream');
    this.#meter = createMeter({ operation, requestBytes: body.length, searching }, this.#events);
    this.#mask = createEchoMask(echo);
    if (this.#events || operation === 'stream-generate') this.#spelled = new SpelledMask(echo.spelled);
    const outgoing = clientHeaders(headers, requestId, (value) => this.#maskHeader(value));
    if (decoder || this.#spelled) delete outgoing['content-length'];
    if (decoder) this.#startDecoder(decoder);
    else if (!this.#spelled) this.#left = Number(headers['content-length'] ?? Number.NaN);
    response.writeHead(status, outgoing);
    this.#sent = true;
    if (!this.#events) return;
    this.#request.pinger.add(this);
    // An answer whose first words take their time still shows at once that it began.
    setImmediate(() => this.#finished || response.flushHeaders());
  }

  onSilence(): void {
    const { response, format } = this.#request;
    if (response.writableNeedDrain) return;
    const held = this.#spelled?.end() ?? NOTHING;
    if (held.length > 0) this.#send(held);
    const ping = PINGS[format];
    if (ping && this.#between && !this.#mask?.holding) response.write(ping);
  }

  #send(bytes: Buffer): boolean {
    this.#between = endsEvent(bytes);
    this.moved = true;
    return this.#request.response.write(bytes);
  }

  #startDecoder(decoder: NodeJS.ReadWriteStream & Readable): void {
    this.#decoder = decoder;
    decoder.on('data', (chunk: Buffer) => {
      if (!this.#pass(chunk)) this.#waitForClient();
    });
    decoder.on('drain', () => this.#control?.resume());
    decoder.on('end', () => this.#end());
    decoder.on('error', (error: Error) => this.#fail(error));
  }

  #count(): void {
    for (const chunk of this.#unmetered) this.#meter?.push(chunk);
    this.#unmetered = [];
  }

  #countWhatPassed = (): void => {
    if (this.#finished) return;
    this.#count();
    this.#cutSearches();
  };

  /** @returns false when the client is slower than the upstream. */
  #pass(chunk: Buffer): boolean {
    // The client's bytes go out first.
    if (this.#unmetered.push(chunk) === 1) process.nextTick(this.#countWhatPassed);
    const plain = this.#mask?.push(chunk) ?? chunk;
    const safe = this.#spelled?.push(plain) ?? plain;
    this.#left -= chunk.length;
    if (this.#left === 0) {
      // The end follows at once: both go out in one write.
      this.#last = safe;
      return true;
    }
    return safe.length === 0 || this.#send(safe);
  }

  onData(chunk: Buffer): void {
    this.#heardAt = performance.now();
    if (this.#errorBody) {
      if (this.#errorBytes < ERROR_BODY) this.#errorBody.push(chunk.subarray(0, ERROR_BODY - this.#errorBytes));
      this.#errorBytes += chunk.length;
      if (this.#errorBytes > ERROR_BODY * 16) this.#control?.abort(new Error('the error of the upstream does not end'));
      return;
    }
    if (!this.#decoder) {
      if (!this.#pass(chunk)) this.#waitForClient();
    } else if (!this.#decoder.write(chunk)) this.#control?.pause();
  }

  /** Ends an answer that makes more searches than credit was set aside for. */
  #cutSearches(): void {
    if (this.#meter && this.#meter.searches > this.#request.mostSearches) this.#fail(tooManySearches());
  }

  onEnd(): void {
    this.#over = true;
    if (this.#errorBody) this.#refused(this.#errorBody);
    else if (this.#decoder) this.#decoder.end();
    else this.#end();
  }

  #refused(body: Buffer[]): void {
    this.#finish({ type: 'refused', status: this.#status, headers: this.#headers, body: Buffer.concat(body).toString('utf8') });
  }

  #end(): void {
    const plain = this.#mask?.end() ?? NOTHING;
    const held = this.#spelled ? Buffer.concat([this.#spelled.push(plain), this.#spelled.end()]) : plain;
    const last = this.#last && held.length > 0 ? Buffer.concat([this.#last, held]) : (this.#last ?? held);
    endWith(this.#request.response, last);
    this.#answered('done');
  }

  onError(error: Error): void {
    if (this.#errorBody) this.#refused(this.#errorBody);
    else if (error instanceof ClientLeft) this.#answered('cancelled');
    else if (error instanceof ClientStalled) this.#dropClient(error);
    else if (!this.#sent) this.#finish({ type: 'failed', error });
    else this.#cut(error);
  }

  /** A client that takes nothing holds up its credit and an upstream. */
  #dropClient(error: Error): void {
    this.#answered('cancelled', error);
    this.#request.response.destroy();
  }

  /** The upstream stopped in the middle: a stream of events says so, any other answer breaks off visibly. */
  #cut(error: Error): void {
    const { response, format, operation, requestId } = this.#request;
    if (this.#events) {
      const why = error instanceof MogplexError ? error.message : 'the provider cut the answer';
      const code = error instanceof MogplexError ? error.code : 'upstream_error';
      const facts = { status: 502, message: `${why} (model, request ${requestId})`, code };
      response.end(`\n\n${failureEvent(format, operation, facts, requestId)}`);
    } else response.destroy();
    this.#answered('cut', error);
  }
}

/** Makes one attempt. Never rejects. */
export const relay = (request: RelayRequest): Promise<RelayResult> =>
  new Promise((resolve) => {
    const { pool, method, path, headers, body } = request;
    const handler = new Relay(request, resolve);
    pool.dispatch({ method, path, headers, body: method === 'POST' ? body : undefined }, handler);
  });

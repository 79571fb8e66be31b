import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a model is to answer. Every dialect turns it into its own wire format. */
export interface Answer {
  /** The streamed pieces of text. */
  text?: readonly string[];
  /** The model calls this tool after the text; `input` is JSON. */
  toolCall?: { id: string; name: string; input: string };
  usage?: { inputTokens: number; outputTokens: number };
  /** Why the answer ends, in the vendor's own word, in place of the usual one. */
  finish?: string;
  /** Milliseconds between two frames, 0 by default. */
  gapMs?: number;
}

export type CompleteAnswer = Required<Omit<Answer, 'toolCall' | 'finish'>> & Pick<Answer, 'toolCall' | 'finish'>;

/**
 * What goes wrong:
 * - `hang`: the request is read, nothing is answered
 * - `hang-mid-stream`, `cut`, `malformed`: half of the frames, then silence, a destroyed socket, or a frame that is no JSON
 * - `ends-early`: half of the frames, then an end as of a whole answer, as a proxy makes it that lost its upstream
 * - `reset`: the connection is reset before any header
 * - `bad-request` 400, `unauthorized` 401 (its message repeats the key that was sent, as some providers do), `forbidden` 403, `not-found` 404,
 *   `rate-limited` 429 with `retry-after: 7`, `server-error` 500, `overloaded` 529 (503 where the vendor has no 529)
 * - `echo-key`: a whole answer whose text is the key that was sent, cut in two pieces
 */
export type Fault =
  | 'hang'
  | 'hang-mid-stream'
  | 'cut'
  | 'malformed'
  | 'ends-early'
  | 'reset'
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'rate-limited'
  | 'server-error'
  | 'overloaded'
  | 'echo-key';

export interface Reply {
  contentType: string;
  /** Written one by one. A JSON answer is one frame. */
  frames: readonly string[];
}

export interface Dialect {
  /** Appended to the origin: what a client takes as its base URL. */
  basePath: string;
  /** The answer to a request, or undefined for a path that the vendor does not have. */
  reply(request: RecordedRequest, answer: CompleteAnswer): Reply | undefined;
  failure(status: number, message: string, path: string): unknown;
  /** The status of an overload, 529 or 503. */
  overloadStatus: number;
}

/** One request as it arrived. The credential is kept as a digest only, so a failing test cannot print it. */
export interface RecordedRequest {
  method: string;
  /** Path with query; a `key` parameter is blanked. */
  path: string;
  /** Headers without the ones that carry a credential. */
  headers: Readonly<Record<string, string>>;
  /** The parsed JSON body, or undefined. */
  body: Record<string, unknown> | undefined;
  /** Whether this very key was sent. */
  credentialIs(key: string): boolean;
  /** Whether the client closed the connection before the whole answer was written. */
  readonly abandoned: boolean;
}

export interface Upstream extends AsyncDisposable {
  /** The base URL for a client of this dialect. */
  readonly url: string;
  readonly origin: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** The answer from now on; changes take effect with the next request. */
  answer: Answer;
  /** The fault from now on, undefined for none. */
  fault: Fault | undefined;
  /** Answers to the next requests, one each, before `answer` applies. */
  readonly answersOnce: Answer[];
  /** Faults for the next requests, one each, before `fault` applies. */
  readonly faultsOnce: (Fault | undefined)[];
  /** Resolves when a request has been abandoned by its client. */
  nextAbandoned(): Promise<void>;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  answer?: Answer;
  fault?: Fault;
}

const CREDENTIAL_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'cookie'];

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const readBody = async (incoming: IncomingMessage): Promise<Record<string, unknown> | undefined> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
};

const credentialOf = (incoming: IncomingMessage): string => {
  const bearer = incoming.headers.authorization?.replace(/^Bearer /, '');
  const named = incoming.headers['x-api-key'] ?? incoming.headers['x-goog-api-key'];
  const query = new URL(incoming.url ?? '/', 'http://localhost').searchParams.get('key');
  return bearer ?? (typeof named === 'string' ? named : undefined) ?? query ?? '';
};

const safeHeaders = (incoming: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(incoming.headers)
      .filter(([name]) => !CREDENTIAL_HEADERS.includes(name))
      .map(([name, value]) => [name, String(value)]),
  );

class Recording implements RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown> | undefined;
  abandoned = false;
  readonly #digest: string;

  constructor(incoming: IncomingMessage, body: Record<string, unknown> | undefined, credential: string) {
    this.method = incoming.method ?? 'GET';
    this.path = (incoming.url ?? '/').replace(/([?&]key=)[^&]*/, '$1');
    this.headers = safeHeaders(incoming);
    this.body = body;
    this.#digest = digest(credential);
  }

  credentialIs(key: string): boolean {
    return this.#digest === digest(key);
  }
}

const FAILURES: Partial<Record<Fault, { status: number; message: string }>> = {
  'bad-request': { status: 400, message: 'This model does not support tools' },
  unauthorized: { status: 401, message: 'Incorrect API key provided' },
  forbidden: { status: 403, message: 'Your organization does not have access to this model' },
  'not-found': { status: 404, message: 'The model does not exist' },
  'rate-limited': { status: 429, message: 'Rate limit reached' },
  'server-error': { status: 500, message: 'The server had an error' },
  overloaded: { status: 529, message: 'Overloaded' },
};

const whole = (answer: Answer): CompleteAnswer => ({
  text: answer.text ?? ['Hello', ' from', ' the model.'],
  usage: answer.usage ?? { inputTokens: 11, outputTokens: 5 },
  gapMs: answer.gapMs ?? 0,
  ...(answer.toolCall === undefined ? {} : { toolCall: answer.toolCall }),
  ...(answer.finish === undefined ? {} : { finish: answer.finish }),
});

const sendFailure = (dialect: Dialect, request: Recording, response: ServerResponse, fault: Fault, credential: string): void => {
  const { status, message } = FAILURES[fault] ?? { status: 500, message: 'unknown' };
  const said = fault === 'unauthorized' ? `${message}: ${credential}` : message;
  const actual = fault === 'overloaded' ? dialect.overloadStatus : status;
  response.writeHead(actual, { 'content-type': 'application/json', ...(actual === 429 ? { 'retry-after': '7' } : {}) });
  response.end(JSON.stringify(dialect.failure(actual, said, request.path)));
};

const writeFrames = async (response: ServerResponse, reply: Reply, gapMs: number, fault: Fault | undefined): Promise<void> => {
  response.writeHead(200, { 'content-type': reply.contentType, 'cache-control': 'no-cache' });
  const broken = fault !== undefined && ['cut', 'hang-mid-stream', 'malformed', 'ends-early'].includes(fault);
  const count = broken ? Math.ceil(reply.frames.length / 2) : reply.frames.length;
  for (const frame of reply.frames.slice(0, count)) {
    if (response.destroyed) return;
    response.write(frame);
    if (gapMs > 0) await sleep(gapMs);
  }
  if (fault === 'hang-mid-stream') return;
  if (fault === 'cut') {
    // The frames have to leave before the socket dies.
    await sleep(20);
    response.destroy();
    return;
  }
  if (fault === 'malformed') response.write('data: {"this is": not JSON\n\n');
  response.end();
};

class LoopbackUpstream implements Upstream {
  readonly requests: Recording[] = [];
  readonly answersOnce: Answer[] = [];
  readonly faultsOnce: (Fault | undefined)[] = [];
  answer: Answer;
  fault: Fault | undefined;
  origin = '';
  readonly #dialect: Dialect;
  readonly #waiting: (() => void)[] = [];
  readonly #server = createServer((incoming, response) => {
    this.#handle(incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });

  constructor(dialect: Dialect, options: UpstreamOptions) {
    this.#dialect = dialect;
    this.answer = options.answer ?? {};
    this.fault = options.fault;
  }

  get url(): string {
    return this.origin + this.#dialect.basePath;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  nextAbandoned(): Promise<void> {
    if (this.requests.some((request) => request.abandoned)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const credential = credentialOf(incoming);
    const request = new Recording(incoming, await readBody(incoming), credential);
    this.requests.push(request);
    response.on('close', () => {
      if (response.writableFinished) return;
      request.abandoned = true;
      for (const wake of this.#waiting.splice(0)) wake();
    });
    const fault = this.faultsOnce.length > 0 ? this.faultsOnce.shift() : this.fault;
    if (fault === 'hang') return;
    if (fault === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (fault !== undefined && fault in FAILURES) {
      sendFailure(this.#dialect, request, response, fault, credential);
      return;
    }
    const half = Math.ceil(credential.length / 2);
    const answer = whole(
      fault === 'echo-key' ? { text: [credential.slice(0, half), credential.slice(half)] } : (this.answersOnce.shift() ?? this.answer),
    );
    const reply = this.#dialect.reply(request, answer);
    if (reply) {
      await writeFrames(response, reply, answer.gapMs, fault);
      return;
    }
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(this.#dialect.failure(404, 'no such path', request.path)));
  }
}

/** Starts a loopback upstream of a dialect; the vendors' files beside this one are the ways in. */
export const startUpstream = async (dialect: Dialect, options: UpstreamOptions = {}): Promise<Upstream> =>
  await new LoopbackUpstream(dialect, options).listen();

/** A Server-Sent Events frame (WHATWG HTML 9.2) with JSON data. */
export const sse = (data: unknown, event?: string): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;

export const EVENT_STREAM = 'text/event-stream';

/** A JSON answer in one frame. */
export const json = (body: unknown): Reply => ({ contentType: 'application/json', frames: [JSON.stringify(body)] });

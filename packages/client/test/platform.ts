import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one request, or leaves it. */
export type Turn = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface ScriptedPlatform extends AsyncDisposable {
  url: string;
  /** Every request so far: method, path with query, headers, body. */
  requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[];
  /** Streams whose client has gone. */
  readonly left: number;
}

/** A platform on the loopback interface whose answers are these, one each; the last one answers every further request. */
export const scriptedPlatform = async (...turns: Turn[]): Promise<ScriptedPlatform> => {
  const requests: ScriptedPlatform['requests'] = [];
  let left = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString();
    requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
    response.on('close', () => (left += 1));
    const turn = turns.length > 1 ? turns.shift() : turns[0];
    await turn?.(request, response);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get left() {
      return left;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** The `n`th event of a made-up run. */
export const eventNumber = (seq: number, last: number) => ({
  runId: 'run_00000000000000000000000000',
  seq,
  at: 1_790_000_000_000 + seq,
  ...(seq === last
    ? { type: 'status' as const, data: { status: 'succeeded' as const } }
    : { type: 'message.delta' as const, data: { text: `püce ${seq} 🧵 — 東京\n` } }),
});

export const messageOf = (event: { seq: number }): string => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;

/** Answers with the beginning of a stream of events, in one write. */
export const begin = (response: ServerResponse, ...messages: string[]): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(messages.join('') || ': here\n\n');
};

/** Answers with an error envelope. */
export const refuse =
  (status: number, code: string, more: object = {}): Turn =>
  (_request, response) => {
    const error = { code, message: 'no', boundary: 'token', requestId: 'req_12345678', ...more };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: false, error }));
  };

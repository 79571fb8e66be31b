import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { MogplexError } from '@moxxy/sdk';
import { failurePage, strayPage, successPage } from './pages.ts';
import { portHolder } from './port-holder.ts';

/** The answer of the service that came through the browser. */
export interface Callback {
  parameters: URLSearchParams;
  /** Tells the browser, which is still waiting, how the login ended. */
  respond(outcome: { serviceName: string } | { failure: string }): Promise<void>;
}

export interface CallbackListener {
  /** What to register as `redirect_uri`, with the port that was really taken. */
  redirectUri: string;
  /** Waits for the answer that carries the right state, through any number of others. */
  wait(signal: AbortSignal): Promise<Callback>;
  close(): Promise<void>;
}

export interface CallbackOptions {
  host: 'localhost' | '127.0.0.1';
  /** 0 takes a free port. */
  port: number;
  path: string;
  state: string;
  /** The issuer of RFC 9207 when the service has one to send; `required` when its metadata promises it. */
  issuer: { value: string; required: boolean };
  /** Told about every request that was turned away, in harmless words. */
  onNoise?: (reason: string) => void;
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};
const FREE_PORT_TRIES = 10;
const HEADERS_TIMEOUT_MS = 5_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const sameText = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));

const send = async (response: ServerResponse, status: number, html: string): Promise<void> => {
  if (response.destroyed) return;
  response.writeHead(status, HEADERS).end(html);
  await once(response, 'close');
};

const listen = async (server: Server, address: string, port: number): Promise<number> => {
  server.listen({ host: address, port, ipv6Only: address.includes(':') });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

const isErrno = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

const close = async (server: Server): Promise<void> => {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
};

const bindBoth = async (makeServer: () => Server, port: number): Promise<{ servers: Server[]; port: number }> => {
  const four = makeServer();
  const six = makeServer();
  try {
    const taken = await listen(four, '127.0.0.1', port);
    try {
      await listen(six, '::1', taken);
      return { servers: [four, six], port: taken };
    } catch (error) {
      if (isErrno(error, 'EADDRNOTAVAIL', 'EAFNOSUPPORT')) return { servers: [four], port: taken };
      throw error;
    }
  } catch (error) {
    await Promise.all([close(four), close(six)]);
    throw error;
  }
};

const portError = async (port: number, cause: unknown): Promise<MogplexError> => {
  if (!isErrno(cause, 'EADDRINUSE')) {
    return new MogplexError('unavailable', `port ${port} cannot be opened for the callback`, { boundary: 'network', cause });
  }
  const holder = await portHolder(port);
  return new MogplexError(
    'unavailable',
    `port ${port} is taken${holder === undefined ? '' : ` by ${holder}`}, so the browser's answer could not arrive`,
    {
      boundary: 'network',
      hint: 'End that program, or log in with --no-browser.',
      cause,
    },
  );
};

const bind = async (makeServer: () => Server, port: number): Promise<{ servers: Server[]; port: number }> => {
  for (let round = 1; ; round++) {
    try {
      return await bindBoth(makeServer, port);
    } catch (error) {
      const another = port === 0 && round < FREE_PORT_TRIES && isErrno(error, 'EADDRINUSE');
      if (!another) throw await portError(port, error);
    }
  }
};

/** Why a request is not the answer that the login waits for, or undefined. */
const strayReason = (request: IncomingMessage, port: number, options: CallbackOptions): { status: number; reason: string } | undefined => {
  const hosts = [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`];
  if (!hosts.includes(request.headers.host ?? '')) return { status: 421, reason: 'It was sent to another host.' };
  const target = request.url ?? '';
  const url = target.startsWith('/') && !target.startsWith('//') ? URL.parse(target, 'http://localhost') : null;
  if (url?.pathname !== options.path) return { status: 404, reason: 'There is nothing at this address.' };
  if (request.method !== 'GET') return { status: 405, reason: 'Only GET is answered here.' };
  const repeated = [...new Set(url.searchParams.keys())].some((name) => url.searchParams.getAll(name).length > 1);
  if (repeated) return { status: 400, reason: 'A parameter came twice.' };
  const state = url.searchParams.get('state');
  if (state === null || !sameText(state, options.state)) return { status: 400, reason: 'It does not carry the state of this login.' };
  const iss = url.searchParams.get('iss');
  if (iss === null ? options.issuer.required : iss !== options.issuer.value)
    return { status: 400, reason: 'It comes from another issuer.' };
  if (!url.searchParams.has('code') && !url.searchParams.has('error'))
    return { status: 400, reason: 'It carries neither a code nor an error.' };
  return undefined;
};

/**
 * Opens the loopback callback (RFC 8252 section 7.3) on 127.0.0.1 and ::1 and waits for the one request that carries
 * the right state and issuer (RFC 9207). Every other request gets an error page and changes nothing.
 *
 * @throws MogplexError `unavailable` when the port is taken, naming the program that has it where the system tells.
 */
export const listenForCallback = async (options: CallbackOptions): Promise<CallbackListener> => {
  const arrived = Promise.withResolvers<Callback>();
  let port = 0;
  let taken = false;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const stray = strayReason(request, port, options) ?? (taken ? { status: 409, reason: 'This answer was used already.' } : undefined);
    if (stray) {
      options.onNoise?.(stray.reason);
      await send(response, stray.status, strayPage(stray.reason));
      return;
    }
    taken = true;
    arrived.resolve({
      parameters: new URL(request.url ?? '', 'http://localhost').searchParams,
      respond: (outcome) =>
        'serviceName' in outcome
          ? send(response, 200, successPage(outcome.serviceName))
          : send(response, 400, failurePage(outcome.failure)),
    });
  };
  const makeServer = (): Server => {
    const server = createServer((request, response) => {
      handle(request, response).catch(() => response.destroy());
    });
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = HEADERS_TIMEOUT_MS;
    return server;
  };

  const bound = await bind(makeServer, options.port);
  port = bound.port;
  return {
    redirectUri: `http://${options.host}:${port}${options.path}`,
    wait: (signal) => {
      const stop = (): void => arrived.reject(signal.reason);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
      return arrived.promise.finally(() => signal.removeEventListener('abort', stop));
    },
    close: async () => {
      await Promise.all(bound.servers.map(close));
    },
  };
};

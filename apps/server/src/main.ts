import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { MogplexError } from '@mogplex/protocol';
import { createRedactor, profiles } from '@mogplex/redaction';
import { Agent, setGlobalDispatcher } from 'undici';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import type { Route } from './http/route.ts';
import { createLogger, type Logger } from './http/log.ts';
import { createSafeConnector, operatorPolicy } from './network/dial.ts';
import type { ProxySettings } from './network/proxy.ts';
import type { Platform } from './platform.ts';
import { openRooms } from './rooms.ts';
import { openCoherence } from './store/coherence/open.ts';
import { openStore } from './store/open.ts';
import { holdDataFolder } from './store/hold.ts';

/** What the server takes from its process. */
export interface ServerIo {
  /** Takes whole log lines. */
  log: (lines: string) => void;
  now: () => number;
  randomBytes: (count: number) => Buffer;
  pid: number;
}

const processIo: ServerIo = {
  log: (lines) => void process.stderr.write(lines),
  now: Date.now,
  randomBytes,
  pid: process.pid,
};

export interface RunningServer {
  /** Where it listens, for instance `http://127.0.0.1:4100`. */
  url: string;
  routes: readonly Route[];
  /** The link where the owner account is made; undefined when there is an owner. Each call makes the link before it void. */
  setupLink(): Promise<string | undefined>;
  /** Takes no new requests, lets the open ones end, and closes the store. */
  close(): Promise<void>;
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

const starting: Listener = (_incoming, outgoing) => {
  outgoing.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' }).end('starting\n');
};

const listen = (server: Server, { host, port }: Config): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      reject(
        new MogplexError(
          'unavailable',
          taken ? `port ${port} of ${host} is taken by another program` : `cannot listen on ${host}:${port}`,
          {
            boundary: 'network',
            hint: 'Set MOGPLEX_PORT to a free port.',
            cause,
          },
        ),
      );
    });
    // Thousands of watchers may come back in one moment.
    server.listen({ port, host, backlog: 4_096 }, () => {
      const { address, port: bound, family } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`);
    });
  });

/** An address that stands for every interface is reached by the loopback one. */
const localOrigin = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');

const drain = (server: Server, seconds: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), seconds * 1_000);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });

/**
 * Whether a client insists on another protocol. HTTP/2 that is offered (`h2c`, as clients on Java do without TLS) may be passed over
 * (RFC 9110 section 7.8).
 */
const wantsWebSocket = ({ headers }: IncomingMessage): boolean => /\bwebsocket\b/i.test(headers.upgrade ?? '');

/** RFC 6797: for a year, this host is asked over https alone. */
const HSTS = 'max-age=31536000';

/** How long an idle connection is kept, in milliseconds: longer than the minute of common proxies, which would else send into a closed one. */
const KEEP_ALIVE_MS = 75_000;

/** What every part of the platform, after the open requests, has to end in, in milliseconds. */
const CLOSE_MS = 5_000;

/** How long the proxy may take to let a `fetch` through, in milliseconds. */
const PROXY_MS = 10_000;

/** Lets `fetch` go through the proxy, for as long as this process lives: that is how GitHub is asked. */
const useProxy = (proxy: ProxySettings): void =>
  setGlobalDispatcher(new Agent({ connect: createSafeConnector(operatorPolicy(proxy), { timeout: PROXY_MS }) }));

/** A part of the platform that ends when the server stops. */
interface Part {
  name: string;
  close: () => Promise<void>;
  /** Lets go of what does not end by itself. */
  abandon?: () => void;
}

/** Ends parts from the last to the first. One that fails or does not end in time is logged and left, so that the process ends. */
const closeParts = async (parts: Part[], drainSeconds: number, log: Logger): Promise<void> => {
  const deadline = performance.now() + drainSeconds * 1_000 + CLOSE_MS;
  for (const { name, close, abandon } of parts.splice(0).toReversed()) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${name} did not end in time`)), Math.max(0, deadline - performance.now()));
    });
    try {
      await Promise.race([close(), late]);
    } catch (error) {
      log.error('the server stops without a part that could not be closed in order', error, { part: name });
      abandon?.();
    } finally {
      clearTimeout(timer);
    }
  }
};

/**
 * Starts the platform: takes the data folder, binds the address, opens the store, mounts the routes.
 *
 * @throws MogplexError `conflict` when another process holds the data folder, `unavailable` when the port is taken or the store
 *   cannot be used, `damaged` for a store or a master key that is.
 */
export const startServer = async (config: Config, io: ServerIo = processIo): Promise<RunningServer> => {
  const redactor = createRedactor(profiles.serverLog);
  const log = createLogger(io.log, (fields) => redactor.json(fields).json, config.log, io.now);
  if (config.proxy) useProxy(config.proxy);
  const hold = config.databaseUrl ? undefined : await holdDataFolder(config.dataDir, io);
  let listener = starting;
  const server = createServer({ shouldUpgradeCallback: wantsWebSocket }, (incoming, outgoing) => listener(incoming, outgoing));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const parts: Part[] = [
    { name: 'data folder', close: () => hold?.release() ?? Promise.resolve() },
    { name: 'requests', close: () => drain(server, config.drainSeconds) },
  ];
  const closeAll = (): Promise<void> => closeParts(parts, config.drainSeconds, log);
  try {
    const url = await listen(server, config);
    const store = await openStore(config, io.now);
    parts.splice(1, 0, { name: 'store', close: () => store.close(), abandon: () => store.abandon() });
    const publicUrl = config.publicUrl ?? url;
    const coherence = await openCoherence(store, { serve: true, onError: (error) => log.error('the line between servers failed', error) });
    parts.splice(2, 0, { name: 'line between servers', close: () => coherence.close() });
    const platform: Platform = {
      config,
      store,
      coherence,
      log,
      publicUrl,
      localUrl: localOrigin(url),
      now: io.now,
      randomBytes: io.randomBytes,
    };
    const rooms = await openRooms(platform);
    parts.splice(3, 0, { name: 'rooms', close: () => rooms.close() });
    const app = createApp(platform, rooms);
    const hono = getRequestListener(app.fetch);
    const gateway = rooms.gateway(app.guards);
    const secure = publicUrl.startsWith('https:');
    listener = (incoming, outgoing) => {
      if (secure) outgoing.setHeader('strict-transport-security', HSTS);
      void (gateway.owns(incoming.url ?? '') ? gateway.serve(incoming, outgoing) : hono(incoming, outgoing));
    };
    server.on('upgrade', (_incoming, socket) => gateway.refuseUpgrade(socket));
    parts.push({ name: 'runs', close: () => rooms.drain() });
    rooms.start();
    return { url, routes: app.routes, setupLink: () => rooms.setupLink(), close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
};

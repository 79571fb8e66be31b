import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildConnector } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { directReads } from '../../../network/direct-reads.ts';
import { type UpstreamControl, UpstreamFault, type UpstreamRequest } from './connection.ts';
import { fetchWhole } from './fetch-whole.ts';
import { UpstreamPool, type PoolTimes } from './pool.ts';

const TIMES: PoolTimes = { firstByte: 5_000, idle: 5_000, stall: 5_000, keepAlive: 5_000 };
const GET: UpstreamRequest = { method: 'GET', path: '/v1/models', headers: { accept: '*/*' }, body: undefined };
const post = (body: Buffer | string, headers: Record<string, string> = {}): UpstreamRequest => ({
  method: 'POST',
  path: '/v1/x',
  headers,
  body: Buffer.from(body),
});
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

const open: { close: () => unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

interface Upstream {
  pool: UpstreamPool;
  port: number;
  sockets: Socket[];
  /** What came in on each connection. */
  received: Buffer[];
  server: Server;
}

/** An upstream that does as it is told with each connection, and a pool to it. */
const upstream = async (talk: (socket: Socket, index: number) => void, times: Partial<PoolTimes> = {}): Promise<Upstream> => {
  const sockets: Socket[] = [];
  const received: Buffer[] = [];
  const server = createServer((socket) => {
    const index = sockets.push(socket) - 1;
    received.push(Buffer.alloc(0));
    socket.on('data', (bytes: Buffer) => (received[index] = Buffer.concat([received[index] ?? Buffer.alloc(0), bytes])));
    socket.on('error', () => undefined);
    talk(socket, index);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pool = new UpstreamPool(
    `http://127.0.0.1:${port}`,
    buildConnector({ timeout: 2_000, ...directReads } as buildConnector.BuildOptions),
    { ...TIMES, ...times },
  );
  open.push({ close: () => pool.close() }, { close: () => sockets.forEach((socket) => socket.destroy()) }, server);
  return { pool, port, sockets, received, server };
};

const answering =
  (answer: string | Buffer) =>
  (socket: Socket): void =>
    void socket.on('data', () => socket.write(answer));

interface Told {
  /** What the handler was told, in order. */
  said: string[];
  control: UpstreamControl;
  error?: Error;
  body: Buffer;
  over: Promise<void>;
}

const dispatch = (pool: UpstreamPool, request: UpstreamRequest, onHead: (control: UpstreamControl) => void = () => undefined): Told => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const told: Told = {
    said: [],
    control: { pause: () => undefined, resume: () => undefined, abort: () => undefined },
    body: Buffer.alloc(0),
    over: promise,
  };
  pool.dispatch(request, {
    onStart: (control) => {
      told.said.push('start');
      told.control = control;
    },
    onHead: (status) => {
      told.said.push(`head ${status}`);
      onHead(told.control);
    },
    onData: (bytes) => {
      if (told.said.at(-1) !== 'data') told.said.push('data');
      told.body = Buffer.concat([told.body, bytes]);
    },
    onEnd: () => {
      told.said.push('end');
      resolve();
    },
    onError: (error) => {
      told.said.push('error');
      told.error = error;
      resolve();
    },
  });
  return told;
};

const LIMITS = { bytes: 64 * 1_024 * 1_024, ms: 5_000 };
const codeOf = (error: Error | undefined): string =>
  error instanceof UpstreamFault ? error.code : String((error as NodeJS.ErrnoException).code);

describe('exchanges with an upstream', () => {
  it('writes a request as it was given, and reads the answer', async () => {
    const { pool, received, port } = await upstream(answering(OK));
    const told = dispatch(pool, post('{"a":1}', { 'content-type': 'application/json', authorization: 'Bearer k' }));
    await told.over;
    expect(told.said).toEqual(['start', 'head 200', 'data', 'end']);
    expect(received[0]?.toString()).toBe(
      `POST /v1/x HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: keep-alive\r\ncontent-type: application/json\r\nauthorization: Bearer k\r\ncontent-length: 7\r\n\r\n{"a":1}`,
    );
  });

  it('uses a connection again, and opens another only for a call at the same time', async () => {
    const { pool, sockets } = await upstream(answering(OK));
    for (let count = 0; count < 5; count++) await fetchWhole(pool, GET, LIMITS);
    expect(sockets).toHaveLength(1);
    await Promise.all([1, 2, 3].map(() => fetchWhole(pool, GET, LIMITS)));
    expect(sockets).toHaveLength(3);
  });

  it.each([
    ['the upstream says so', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'],
    ['it speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ['it keeps a connection for less than a second', 'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok'],
    ['bytes follow the answer', `${OK}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`],
  ])('does not use a connection again when %s', async (_why, answer) => {
    const { pool, sockets } = await upstream(answering(answer));
    for (let count = 0; count < 2; count++) expect((await fetchWhole(pool, GET, LIMITS)).body.toString()).toBe('ok');
    expect(sockets).toHaveLength(2);
  });

  it('closes an idle connection after its time', async () => {
    const { pool, sockets } = await upstream(answering(OK), { keepAlive: 100 });
    await fetchWhole(pool, GET, LIMITS);
    await once(sockets[0] as Socket, 'close');
    await fetchWhole(pool, GET, LIMITS);
    expect(sockets).toHaveLength(2);
  });

  it('does not use a connection that the upstream has closed while it was idle', async () => {
    const { pool, sockets } = await upstream(answering(OK));
    await fetchWhole(pool, GET, LIMITS);
    sockets[0]?.end();
    await sleep(50);
    await fetchWhole(pool, GET, LIMITS);
    expect(sockets).toHaveLength(2);
  });

  it.each([
    ['closes', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ])('sends a request again that met a kept connection as the upstream %s it', async (_how, leave) => {
    const { pool, sockets, received } = await upstream((socket, index) => {
      let count = 0;
      socket.on('data', () => (index === 0 && ++count === 2 ? leave(socket) : socket.write(OK)));
    });
    await fetchWhole(pool, GET, LIMITS);
    const told = dispatch(pool, post('{"a":1}'));
    await told.over;
    expect(told.said).toEqual(['start', 'start', 'head 200', 'data', 'end']);
    expect(sockets).toHaveLength(2);
    expect(received[1]?.toString()).toContain('{"a":1}');
  });

  it('sends it again once and on a new connection, whatever number of kept ones is there', async () => {
    let closing = false;
    const { pool, sockets } = await upstream((socket) => void socket.on('data', () => (closing ? socket.end() : socket.write(OK))));
    await Promise.all([1, 2, 3].map(() => fetchWhole(pool, GET, LIMITS)));
    expect(sockets).toHaveLength(3);
    closing = true;
    const told = dispatch(pool, GET);
    await told.over;
    expect(codeOf(told.error)).toBe('UPSTREAM_CLOSED');
    expect(told.said).toEqual(['start', 'start', 'error']);
    expect(sockets).toHaveLength(4);
  });

  it.each([
    ['of which the upstream has said a word', (socket: Socket) => socket.end('HTTP/1.1 2')],
    ['that the upstream has had for a while', (socket: Socket) => setTimeout(() => socket.end(), 1_100)],
  ])('does not send a request again %s', async (_which, leave) => {
    let count = 0;
    const { pool, sockets } = await upstream((socket) => void socket.on('data', () => (++count === 2 ? leave(socket) : socket.write(OK))));
    await fetchWhole(pool, GET, LIMITS);
    const told = dispatch(pool, GET);
    await told.over;
    expect(told.said).toEqual(['start', 'error']);
    expect(sockets).toHaveLength(1);
  });

  it('closes a connection on which something comes unasked, before it is used again', async () => {
    const { pool, sockets } = await upstream(answering(OK));
    await fetchWhole(pool, GET, LIMITS);
    sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil');
    await sleep(50);
    expect((await fetchWhole(pool, GET, LIMITS)).body.toString()).toBe('ok');
    expect(sockets).toHaveLength(2);
  });

  it.each(['/a b', '/a\r\nx: y', 'a', '/\u0100', '/a\0'])('refuses the path %j before anything is written', async (path) => {
    const { pool, received } = await upstream(answering(OK));
    const told = dispatch(pool, { ...GET, path });
    await told.over;
    expect(codeOf(told.error)).toBe('UPSTREAM_INVALID_REQUEST');
    expect(told.said).toEqual(['error']);
    await fetchWhole(pool, GET, LIMITS);
    expect(received.map(String)).toEqual([expect.stringMatching(/^GET \/v1\/models /)]);
  });

  it.each([
    ['x', 'a\r\ny: z'],
    ['x', 'a\nb'],
    ['x', 'a\0'],
    ['x', 'Ā'],
    ['x y', 'a'],
    ['', 'a'],
    ['x:', 'a'],
  ])('refuses the header %j: %j before anything is written', async (name, value) => {
    const { pool, received } = await upstream(answering(OK));
    const told = dispatch(pool, { ...GET, headers: { [name]: value } });
    await told.over;
    expect(codeOf(told.error)).toBe('UPSTREAM_INVALID_REQUEST');
    await fetchWhole(pool, GET, LIMITS);
    expect(received.map(String)).toEqual([expect.stringMatching(/^GET \/v1\/models /)]);
  });
});

describe('an upstream that fails', () => {
  it('is given up when its answer does not begin in time', async () => {
    const { pool, sockets } = await upstream(() => undefined, { firstByte: 200 });
    const told = dispatch(pool, GET);
    await told.over;
    expect(codeOf(told.error)).toBe('UPSTREAM_HEADERS_TIMEOUT');
    expect(told.said).toEqual(['start', 'error']);
    if (!sockets[0]?.destroyed) await once(sockets[0] as Socket, 'close');
  });

  it('is given up when its answer stops for too long, and not while the client is the slow one', async () => {
    const { pool } = await upstream(answering('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello'), { idle: 300 });
    const told = dispatch(pool, GET, (control) => control.pause());
    await sleep(900);
    expect(told.said).toEqual(['start', 'head 200', 'data']);
    told.control.resume();
    await told.over;
    expect(codeOf(told.error)).toBe('UPSTREAM_BODY_TIMEOUT');
  });

  it('is given up when nobody takes its answer for too long', async () => {
    const { pool, sockets } = await upstream(answering('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello'), { stall: 300 });
    const told = dispatch(pool, GET, (control) => control.pause());
    await told.over;
    expect(codeOf(told.error)).toBe('CLIENT_STALLED');
    if (!sockets[0]?.destroyed) await once(sockets[0] as Socket, 'close');
  });

  it.each([
    ['closes before its answer', (socket: Socket) => socket.on('data', () => socket.end()), ['start', 'error']],
    [
      'closes in the midst of the head',
      (socket: Socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nco')),
      ['start', 'error'],
    ],
    [
      'closes in the midst of the body',
      (socket: Socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello')),
      ['start', 'head 200', 'data', 'error'],
    ],
    ['resets the connection', (socket: Socket) => socket.on('data', () => socket.resetAndDestroy()), ['start', 'error']],
    ['answers nonsense', (socket: Socket) => socket.on('data', () => socket.write('SSH-2.0-OpenSSH\r\n\r\n')), ['start', 'error']],
    [
      'breaks its chunks',
      (socket: Socket) => socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n')),
      ['start', 'head 200', 'data', 'error'],
    ],
  ] as const)('fails once when it %s', async (_how, talk, said) => {
    const { pool, sockets } = await upstream(talk);
    const told = dispatch(pool, GET);
    await told.over;
    await sleep(50);
    expect(told.said).toEqual(said);
    expect(sockets).toHaveLength(1);
  });

  it('ends a body without a length where the connection ends', async () => {
    const { pool } = await upstream((socket) => void socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it')));
    expect((await fetchWhole(pool, GET, LIMITS)).body.toString()).toBe('all of it');
  });

  it('tells of an address that refuses', async () => {
    const { pool, server } = await upstream(answering(OK));
    server.close();
    const told = dispatch(pool, GET);
    await told.over;
    expect(codeOf(told.error)).toBe('ECONNREFUSED');
    expect(told.said).toEqual(['error']);
  });

  it('ends what is under way when the pool is closed', async () => {
    const { pool } = await upstream(() => undefined);
    const told = dispatch(pool, GET);
    await expect.poll(() => told.said).toEqual(['start']);
    pool.close();
    await told.over;
    expect(codeOf(told.error)).toBe('UPSTREAM_CLOSED');
  });
});

describe('the flow of bytes', () => {
  it('stops the upstream while the client is slow, and loses nothing', async () => {
    const size = 30 * 1_024 * 1_024;
    const whole = Buffer.alloc(size, 'x');
    let written = 0;
    const { pool } = await upstream((socket) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`);
        const more = (): void => {
          while (written < size) {
            const ready = socket.write(whole.subarray(written, written + 65_536));
            written += 65_536;
            if (!ready) return void socket.once('drain', more);
          }
        };
        more();
      });
    });
    let got = 0;
    let control: UpstreamControl | undefined;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    pool.dispatch(GET, {
      onStart: (given) => (control = given),
      onHead: () => control?.pause(),
      onData: (bytes) => (got += bytes.length),
      onEnd: resolve,
      onError: reject,
    });
    await sleep(400);
    expect(got).toBeLessThan(1_024 * 1_024);
    expect(written).toBeLessThan(size);
    control?.resume();
    await promise;
    expect(got).toBe(size);
  });

  it('aborts at once, closes the connection and says so once', async () => {
    const { pool, sockets } = await upstream(answering('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello'));
    const told = dispatch(pool, GET);
    await expect.poll(() => told.said).toContain('data');
    const reason = new Error('enough');
    told.control.abort(reason);
    told.control.abort(new Error('again'));
    await told.over;
    expect(told.error).toBe(reason);
    if (!sockets[0]?.destroyed) await once(sockets[0] as Socket, 'close');
    expect(told.said.filter((word) => word === 'error')).toHaveLength(1);
  });

  it('keeps the hand on an exchange that is over from the next one on its connection', async () => {
    const { pool, sockets } = await upstream((socket, index) => {
      let count = 0;
      socket.on('data', () => void setTimeout(() => socket.write(OK), index === 0 && ++count === 2 ? 200 : 0));
    });
    const first = dispatch(pool, GET);
    await first.over;
    const second = dispatch(pool, GET);
    first.control.pause();
    first.control.abort(new Error('too late'));
    await second.over;
    expect(second.said).toEqual(['start', 'head 200', 'data', 'end']);
    expect(first.said.at(-1)).toBe('end');
    expect(sockets).toHaveLength(1);
  });

  it('sends nothing of a request that is given up at its start', async () => {
    const { pool, received } = await upstream(answering(OK));
    const { promise, resolve } = Promise.withResolvers<Error>();
    pool.dispatch(GET, {
      onStart: (control) => control.abort(new Error('gone')),
      onHead: () => undefined,
      onData: () => undefined,
      onEnd: () => undefined,
      onError: resolve,
    });
    expect((await promise).message).toBe('gone');
    await sleep(50);
    expect(Buffer.concat(received).toString()).toBe('');
  });

  it('does not use a connection again on which a request was answered before it was sent', async () => {
    const { pool, sockets } = await upstream((socket) => {
      socket.pause();
      socket.write('HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n');
    });
    for (let count = 0; count < 2; count++)
      expect((await fetchWhole(pool, post(Buffer.alloc(8 * 1_024 * 1_024)), LIMITS)).status).toBe(413);
    expect(sockets).toHaveLength(2);
  });

  it('sends a large body whole', async () => {
    const size = 5 * 1_024 * 1_024;
    const { pool, received } = await upstream((socket) => {
      let left = size;
      socket.on('data', (bytes: Buffer) => {
        left -= bytes.length;
        if (left <= 0) socket.write(OK);
      });
    });
    const body = Buffer.alloc(size, 'z');
    expect((await fetchWhole(pool, post(body), LIMITS)).status).toBe(200);
    expect(received[0]?.subarray(-size).equals(body)).toBe(true);
  });

  it('keeps a process alive while a call is under way, and not between calls', async () => {
    const { port } = await upstream((socket) => void socket.on('data', () => setTimeout(() => socket.write(OK), 400)));
    const script = `
      import { buildConnector } from 'undici';
      import { UpstreamPool } from ${JSON.stringify(new URL('pool.ts', import.meta.url).href)};
      const pool = new UpstreamPool('http://127.0.0.1:${port}', buildConnector({}), { firstByte: 60000, idle: 60000, stall: 60000, keepAlive: 60000 });
      const request = { method: 'GET', path: '/', headers: {}, body: undefined };
      const handler = (onEnd) => ({ onStart: () => {}, onHead: () => {}, onData: (bytes) => console.log(String(bytes)), onEnd, onError: console.error });
      pool.dispatch(request, handler(() => setTimeout(() => pool.dispatch(request, handler(() => {})), 800)));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => (said += String(bytes)));
    open.push({ close: () => child.kill('SIGKILL') });
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(said).toBe('ok\nok\n');
  });
});

describe('fetching a whole answer', () => {
  it('stops an answer that is larger than allowed', async () => {
    const { pool } = await upstream(answering(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(2_000)}`));
    await expect(fetchWhole(pool, GET, { bytes: 1_000, ms: 5_000 })).rejects.toThrow('the answer does not end');
  });

  it('stops an answer that comes too slowly', async () => {
    const { pool } = await upstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const timer = setInterval(() => socket.write('.'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    const error = await fetchWhole(pool, GET, { bytes: 1_000_000, ms: 200 }).catch((caught: unknown) => caught as Error);
    expect(codeOf(error as Error)).toBe('UPSTREAM_BODY_TIMEOUT');
  });

  it('sends nothing when the connection comes after that', async () => {
    const { port, received, sockets } = await upstream(answering(OK));
    const slow: buildConnector.connector = (options, callback) => void setTimeout(() => buildConnector({})(options, callback), 300);
    const pool = new UpstreamPool(`http://127.0.0.1:${port}`, slow, TIMES);
    open.push({ close: () => pool.close() });
    await expect(fetchWhole(pool, GET, { bytes: 100, ms: 100 })).rejects.toThrow('in time');
    await expect.poll(() => sockets.length).toBe(1);
    await sleep(50);
    expect(received.map(String)).toEqual(['']);
  });

  it('does not wait for a connection longer than that', async () => {
    const pool = new UpstreamPool('http://127.0.0.1:9', () => undefined, TIMES);
    const error = await fetchWhole(pool, GET, { bytes: 100, ms: 100 }).catch((caught: unknown) => caught as Error);
    expect(codeOf(error as Error)).toBe('UPSTREAM_BODY_TIMEOUT');
  });
});

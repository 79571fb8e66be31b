import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';
import { openOperator, type TestOperator } from './support/gateway.ts';
import { temporaryFolder } from './support/stores.ts';

const WEBSOCKET =
  'GET /gateway/openai/v1/responses HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n';

describe('B7 clients that want another protocol', () => {
  let server: ServerProcess;
  let operator: TestOperator;
  let upstream: Upstream;

  beforeAll(async () => {
    upstream = await startOpenAiUpstream();
    const dataDir = await temporaryFolder();
    server = await startServerProcess({ HOME: dataDir, MOGPLEX_DATA_DIR: dataDir });
    operator = await openOperator({ dataDir });
    await operator.upstream('openai', upstream.url, 'sk-hosted-key-of-the-operator-0010');
  });
  afterAll(async () => {
    await server.end('SIGTERM');
    await operator.close();
    await upstream.close();
  });

  const dial = async (): Promise<Socket> => {
    const { hostname, port } = new URL(server.url);
    // A client that leaves its side open when the server has closed the other.
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    await once(socket, 'connect');
    return socket;
  };

  const answerTo = async (request: string): Promise<string> => {
    const socket = await dial();
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.write(request);
    await once(socket, 'end');
    socket.destroy();
    return text;
  };

  test('B7 a WebSocket is refused with 426, which says what would do', async () => {
    expect(await answerTo(WEBSOCKET)).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\nupgrade: HTTP\/1\.1\r\n/);
  });

  test('B7 clients that are refused and break the line, or never close it, harm nobody', async () => {
    const lingering = await dial();
    const closed = new Promise((resolve) => lingering.once('close', resolve));
    lingering.on('error', () => undefined).on('data', () => undefined);
    lingering.write(WEBSOCKET);
    for (let count = 0; count < 50; count++) {
      const socket = await dial();
      socket.on('error', () => undefined);
      socket.write(WEBSOCKET);
      if (count % 2 === 0) await once(socket, 'data');
      socket.resetAndDestroy();
    }
    const drip = setInterval(() => lingering.write('x'), 100);
    await closed;
    clearInterval(drip);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test('B7 an offer of HTTP/2, as clients on Java and curl make it, is answered in HTTP/1.1', async () => {
    const body = JSON.stringify({ model: 'gpt-5', max_tokens: 5, messages: [] });
    const answer = await answerTo(
      `POST /gateway/openai/v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close, Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\ncontent-type: application/json\r\nauthorization: Bearer ${operator.token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('Hello from the model.');
  });
});

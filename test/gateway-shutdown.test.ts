import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Secret } from '@mogplex/credentials';
import { afterAll, describe, expect, test } from 'vitest';
import { startOpenAiUpstream } from './fakes/index.ts';
import { openOperator } from './support/gateway.ts';
import { startServerProcess } from './support/server-process.ts';
import { createDatabase, temporaryFolder } from './support/stores.ts';

/** Stands between the platform and its database, and can fall silent or go away. */
const startLine = async ({ port: to, hostname }: URL) => {
  const open = new Set<Socket>();
  let silent = false;
  const server = createServer((near) => {
    const far = connect(Number(to), hostname);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('data', (bytes) => silent || into.write(bytes));
      from.on('error', () => from.destroy());
      from.on('close', () => {
        open.delete(from);
        into.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return {
    port,
    /** Takes everything and answers nothing, as a frozen database or a lost network does. */
    silence: () => {
      silent = true;
    },
    close,
  };
};

describe('D8 B7 a stop while PostgreSQL is not there', () => {
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends) await end();
  });

  test.each(['stopped', 'silent'] as const)(
    'D8 B7 PostgreSQL is %s: SIGTERM still ends the server, and the log says what was left',
    async (how) => {
      const databaseUrl = await createDatabase();
      const place = { dataDir: await temporaryFolder(), databaseUrl: new Secret(databaseUrl, 'DATABASE_URL') };
      const operator = await openOperator(place);
      const upstream = await startOpenAiUpstream();
      ends.push(
        () => operator.close(),
        () => upstream.close(),
      );
      await operator.upstream('openai', upstream.url, 'sk-hosted-key-of-the-operator-0009');
      const url = new URL(databaseUrl);
      const line = await startLine(url);
      ends.push(() => line.close());
      url.host = `127.0.0.1:${line.port}`;
      const server = await startServerProcess({
        HOME: place.dataDir,
        MOGPLEX_DATA_DIR: place.dataDir,
        DATABASE_URL: url.href,
        MOGPLEX_DRAIN_SECONDS: '2',
      });
      const answer = await fetch(`${server.url}/gateway/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${operator.token}` },
        body: JSON.stringify({ model: 'gpt-5', messages: [] }),
      });
      if (how === 'stopped') line.close();
      else line.silence();
      expect(answer.status).toBe(200);
      await answer.text();
      const asked = performance.now();
      const { code, signal } = await server.end('SIGTERM');
      expect({ code, signal }).toEqual({ code: 0, signal: null });
      // Two seconds for requests and five for everything else, and some for a busy machine.
      expect(performance.now() - asked).toBeLessThan(15_000);
      expect(server.stderr()).toMatch(/"message":"[^"]*could not be closed in order"/);
    },
  );
});

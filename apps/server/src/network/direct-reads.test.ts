import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { directReads, takeBytes } from './direct-reads.ts';

const open: { close?: () => unknown; destroy?: () => unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) (one.destroy ?? one.close)?.call(one);
});

/** A listener, and both ends of two connections to it. */
const pairs = async (): Promise<{ near: Socket; far: Socket }[]> => {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  const { port } = server.address() as AddressInfo;
  const made: { near: Socket; far: Socket }[] = [];
  for (let count = 0; count < 2; count++) {
    const near = connect({ port, host: '127.0.0.1', ...directReads });
    const [far] = (await once(server, 'connection')) as [Socket];
    await once(near, 'connect');
    open.push(near, far);
    made.push({ near, far });
  }
  return made;
};

describe('sockets that are read into one room', () => {
  it('B7 D1 what came on one connection stays as it was when more comes, there and on others', async () => {
    const [one, other] = await pairs();
    if (!one || !other) throw new Error('no connections');
    const kept: { of: string; bytes: Buffer }[] = [];
    takeBytes(one.near, (bytes) => kept.push({ of: 'one', bytes }));
    takeBytes(other.near, (bytes) => kept.push({ of: 'other', bytes }));
    for (let round = 0; round < 5; round++) {
      for (const [of, { far }] of [
        ['one', one],
        ['other', other],
      ] as const) {
        const before = kept.length;
        far.write(`${of}${round}`.repeat(2_000));
        await expect.poll(() => kept.slice(before).reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe((of.length + 1) * 2_000);
      }
    }
    for (const of of ['one', 'other']) {
      const whole = Buffer.concat(kept.filter((piece) => piece.of === of).map(({ bytes }) => bytes)).toString();
      expect(whole).toBe([0, 1, 2, 3, 4].map((round) => `${of}${round}`.repeat(2_000)).join(''));
    }
  });

  it('tells the end of the other side', async () => {
    const [one] = await pairs();
    if (!one) throw new Error('no connection');
    const got: string[] = [];
    takeBytes(one.near, (bytes) => got.push(bytes.toString()));
    const ended = once(one.near, 'end');
    one.far.end('last');
    await ended;
    expect(got).toEqual(['last']);
  });

  it('takes nothing while it is paused', async () => {
    const [one] = await pairs();
    if (!one) throw new Error('no connection');
    let got = 0;
    takeBytes(one.near, (bytes) => {
      got += bytes.length;
      one.near.pause();
    });
    one.far.write(Buffer.alloc(32 * 1024 * 1024));
    await expect.poll(() => got).toBeGreaterThan(0);
    const before = got;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(got).toBe(before);
    one.near.resume();
    await expect.poll(() => got).toBeGreaterThan(before);
  });

  it('gives up a connection on which something comes that nobody waits for', async () => {
    const [one] = await pairs();
    if (!one) throw new Error('no connection');
    const closed = once(one.near, 'close');
    one.far.write('unasked');
    await closed;
    expect(one.near.destroyed).toBe(true);
  });
});

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { describeStores } from '../../test/stores.ts';
import { openQueue } from './open.ts';
import { LEASE_MS } from './queue.ts';

const fail = (error: unknown): never => {
  throw error;
};

describeStores('D7 the queue of runs', (stores) => {
  test('D7 a message is added with its transaction or not at all, and held by one', async () => {
    const store = await stores.open();
    const queue = await openQueue(store, Date.now, fail);
    const id = `run_${randomBytes(4).toString('hex')}`;
    await expect(
      store.db.transaction().execute(async (trx) => {
        await queue.add(trx, id);
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await queue.take(5)).toEqual([]);
    await store.db.transaction().execute((trx) => queue.add(trx, id));
    const [ticket] = await queue.take(5);
    expect(ticket?.runId).toBe(id);
    expect(await queue.take(5)).toEqual([]);
    if (!ticket) throw new Error('no message');
    expect((await queue.keep([ticket])).has(ticket)).toBe(true);
    await queue.giveBack(ticket);
    const [again] = await queue.take(5);
    expect(again?.runId).toBe(id);
    expect(again?.lease).not.toBe(ticket.lease);
    expect((await queue.keep([ticket])).size).toBe(0);
    await queue.done(ticket);
    if (!again) throw new Error('no message');
    expect((await queue.keep([again])).has(again)).toBe(true);
    await queue.done(again);
    expect(await queue.take(5)).toEqual([]);
    await queue.close();
  });

  test('D7 D8 servers that start at the same time over one empty store share its queue', async () => {
    const store = await stores.open();
    const queues = await Promise.all(Array.from({ length: 4 }, () => openQueue(store, Date.now, fail)));
    await store.db.transaction().execute((trx) => queues[0]?.add(trx, 'run_1') ?? Promise.resolve());
    const taken = await Promise.all(queues.map((queue) => queue.take(1)));
    expect(taken.flat()).toMatchObject([{ runId: 'run_1' }]);
    for (const queue of queues) await queue.close();
  });

  test('D7 a message whose holder went silent is given to another', async () => {
    const store = await stores.open();
    let ahead = 0;
    const queue = await openQueue(store, () => Date.now() + ahead, fail);
    await store.db.transaction().execute((trx) => queue.add(trx, 'run_1'));
    const [first] = await queue.take(1);
    expect(first).toBeDefined();
    if (stores.dialect === 'sqlite') ahead = LEASE_MS + 1;
    await expect.poll(() => queue.take(1), { timeout: 30_000, interval: 250 }).toMatchObject([{ runId: 'run_1' }]);
    expect((await queue.keep(first ? [first] : [])).size).toBe(0);
    await queue.close();
  });
});

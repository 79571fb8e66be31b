import { expect, test } from 'vitest';
import { safeEvent } from '../events.ts';
import type { Db } from '../record.ts';
import { Tail } from './tail.ts';

/** A store whose queries give one batch after the other. */
const storeOf = (batches: object[][]): Db => {
  const query: object = new Proxy(
    {},
    { get: (_query, name) => () => (name === 'execute' ? Promise.resolve(batches.shift() ?? []) : query) },
  );
  return query as Db;
};

const row = (seq: number) => ({ run_id: 'run_x', seq, at: seq, ...safeEvent({ type: 'message.delta', data: { text: `${seq}` } }) });

test('D7 a wake-up that comes in the very moment in which a reader rests is not lost', async () => {
  const tail = new Tail(storeOf([[row(1)], [row(2)]]), 'run_x', 0, {
    onNews: () => {
      if (tail.position === 1) queueMicrotask(() => tail.wake());
    },
    onFailure: (error) => expect.unreachable(String(error)),
  });
  tail.wake();
  await expect.poll(() => tail.position).toBe(2);
});

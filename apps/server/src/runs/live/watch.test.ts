import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPerson, makeRunTokenFor } from '../../../test/people.ts';
import { describeStores } from '../../../test/stores.ts';
import { safeEvent, type SafeEvent, statusEvent } from '../events.ts';
import { insertEvents } from '../record.ts';
import { createWatching, type Line, type WatchOptions } from './watch.ts';

/** A line that takes what it is given, or nothing. */
class FakeLine extends EventEmitter {
  text = '';
  taking = true;
  destroyed = false;
  ended = false;

  write(text: string): boolean {
    this.text += text;
    return this.taking;
  }

  end(text: string): void {
    this.text += text;
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }

  get seqs(): number[] {
    return [...this.text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  }

  get reason(): string | undefined {
    return /"reason":"(\w+)"/.exec(this.text)?.[1];
  }
}

const asLine = (line: FakeLine): Line => line as unknown as Line;
const yes = (): Promise<boolean> => Promise.resolve(true);
const delta = (text: string): SafeEvent => safeEvent({ type: 'message.delta', data: { text } });

describeStores('D7 watching', (stores) => {
  const open = async (options: Partial<WatchOptions> = {}) => {
    const store = await stores.open();
    const { db } = store;
    const person = await createPerson(store);
    const { runId } = await makeRunTokenFor(store, person.id);
    let last = 0;
    const failures: unknown[] = [];
    const watching = createWatching(db, { error: (_message, error) => void failures.push(error) }, options);
    const add = async (...events: SafeEvent[]): Promise<void> => {
      await insertEvents(db, runId, last, events, Date.now());
      last += events.length;
      watching.wake(runId);
    };
    return { watching, runId, add, failures };
  };

  test('D7 who joins late, or takes nothing for a while, gets what the others got', async () => {
    const { watching, runId, add, failures } = await open();
    await add(...Array.from({ length: 1_200 }, (_one, index) => delta(`early ${index}`)));
    const [steady, slow] = [new FakeLine(), new FakeLine()];
    watching.watch(runId, 0, asLine(steady), yes);
    slow.taking = false;
    watching.watch(runId, 1_000, asLine(slow), yes);
    await expect.poll(() => steady.seqs.length).toBe(1_200);
    // Far more than is kept in memory for those who are behind.
    for (let round = 0; round < 6; round += 1) {
      await add(...Array.from({ length: 450 }, () => delta('x'.repeat(1_900))));
      await expect.poll(() => steady.seqs.length, { timeout: 20_000 }).toBe(1_200 + 450 * (round + 1));
    }
    expect(slow.seqs.length).toBeLessThan(600);
    slow.taking = true;
    slow.emit('drain');
    const late = new FakeLine();
    watching.watch(runId, 5, asLine(late), yes);
    await add(statusEvent('succeeded'));
    const expected = (first: number): number[] => Array.from({ length: 3_901 - first + 1 }, (_one, index) => first + index);
    await expect.poll(() => slow.reason, { timeout: 20_000 }).toBe('done');
    await expect.poll(() => late.reason, { timeout: 20_000 }).toBe('done');
    expect(steady.reason).toBe('done');
    expect(steady.seqs).toEqual(expected(1));
    expect(slow.seqs).toEqual(expected(1_001));
    expect(late.seqs).toEqual(expected(6));
    expect(failures).toEqual([]);
  });

  test('D7 B4 a line that takes nothing is dropped with a clear ending; a lost right ends a stream; beats keep it open', async () => {
    const { watching, runId, add } = await open({ beat: 20, stalled: 200 });
    const [stalled, revoked, fine] = [new FakeLine(), new FakeLine(), new FakeLine()];
    let may = true;
    stalled.taking = false;
    watching.watch(runId, 0, asLine(stalled), yes);
    watching.watch(runId, 0, asLine(revoked), () => Promise.resolve(may));
    watching.watch(runId, 0, asLine(fine), yes);
    await add(delta('a'));
    await expect.poll(() => fine.text.split(': \n\n').length, { timeout: 5_000 }).toBeGreaterThan(5);
    expect(revoked.reason).toBeUndefined();
    may = false;
    await expect.poll(() => revoked.reason, { timeout: 5_000 }).toBe('revoked');
    await expect.poll(() => stalled.reason, { timeout: 5_000 }).toBe('slow');
    await expect.poll(() => stalled.destroyed, { timeout: 5_000 }).toBe(true);
    await add(delta('b'));
    await sleep(50);
    expect(revoked.seqs).toEqual([1]);
    watching.close();
    expect(fine.reason).toBe('closing');
    expect(fine.seqs).toEqual([1, 2]);
    expect(() => watching.watch(runId, 0, asLine(new FakeLine()), yes)).toThrow('the server stops');
  });

  test('D7 a server takes so many watchers and no more, and counts those who left', async () => {
    const { watching, runId } = await open({ most: 2 });
    const lines = [new FakeLine(), new FakeLine()];
    for (const line of lines) watching.watch(runId, 0, asLine(line), yes);
    expect(() => watching.checkRoom()).toThrow('as many as it can');
    lines[0]?.destroy();
    watching.watch(runId, 0, asLine(new FakeLine()), yes);
    watching.close();
  });
});

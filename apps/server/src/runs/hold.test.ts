import { randomBytes } from 'node:crypto';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { putPlan } from '../../test/gateway.ts';
import { createPerson } from '../../test/people.ts';
import { describeStores } from '../../test/stores.ts';
import type { Principal } from '../http/principal.ts';
import { openQueue } from '../queue/open.ts';
import { openCoherence } from '../store/coherence/open.ts';
import { findRunPrincipal } from '../tokens/run-token.ts';
import { createChatAgent } from './agents/chat.ts';
import { cancelRun } from './cancel.ts';
import { safeEvent, statusEvent } from './events.ts';
import { appendEvents, finishHeld, type HeldRun, holdRun, letGo, RunLost } from './hold.ts';
import { readEvents } from './show.ts';
import { type StartParts, startRun } from './start.ts';

const fail = (error: unknown): never => {
  throw error;
};

const delta = (text: string) => safeEvent({ type: 'message.delta', data: { text } });

describeStores('D7 the hold on a run', (stores) => {
  const open = async () => {
    const store = await stores.open();
    const coherence = await openCoherence(store, { serve: true, onError: fail });
    const queue = await openQueue(store, Date.now, fail);
    const chat = createChatAgent();
    const parts: StartParts = {
      store,
      coherence,
      queue,
      now: Date.now,
      randomBytes,
      agents: new Map([[chat.info.id, chat]]),
      defaultModel: () => Promise.resolve(undefined),
    };
    const { id: accountId, email } = await createPerson(store);
    await putPlan(store, `account:${accountId}`, { parallelRuns: 2 });
    const scopes = new Set(['read', 'write'] as const);
    const principal = { kind: 'personal' as const, accountId, email, tokenId: 't', name: 'test', scopes } satisfies Principal;
    const start = (prompt = 'x') => startRun(parts, { prompt, model: 'openai/gpt-5', principal, source: 'api', requestId: 'req_12345678' });
    const texts = async (id: string): Promise<string[]> => (await readEvents(store.db, id, 0, 1_000)).map(({ data }) => data);
    const hold = async (id: string): Promise<HeldRun> => {
      const held = await holdRun(parts, id);
      if (!held) throw new Error('nothing to hold');
      return held;
    };
    const close = async (): Promise<void> => {
      await queue.close();
      await coherence.close();
    };
    return { parts, store, principal, start, texts, hold, close };
  };

  test('D7 who lost a run writes neither an event nor an end, and its token is dead', async () => {
    const { parts, store, start, texts, hold, close } = await open();
    const run = await start();
    const first = await hold(run.id);
    await appendEvents(parts, first, [delta('one')]);
    const second = await hold(run.id);
    await expect(appendEvents(parts, first, [delta('late')])).rejects.toThrow(RunLost);
    await expect(finishHeld(parts, first, { status: 'succeeded' })).rejects.toThrow(RunLost);
    const principalOf = ({ token }: HeldRun) =>
      findRunPrincipal(store.db, createHash('sha256').update(token.reveal()).digest('hex'), Date.now());
    expect(await principalOf(first)).toBeUndefined();
    expect(await principalOf(second)).toMatchObject({ kind: 'run', runId: run.id, source: 'api' });
    expect(JSON.stringify(second.token)).toBe('"[secret:run token]"');
    await appendEvents(parts, second, [delta('two')]);
    await finishHeld(parts, second, { status: 'succeeded' });
    expect(await principalOf(second)).toBeUndefined();
    await expect(finishHeld(parts, second, { status: 'failed' })).rejects.toThrow(RunLost);
    await expect(appendEvents(parts, second, [delta('after')])).rejects.toThrow(RunLost);
    expect(await holdRun(parts, run.id)).toBeUndefined();
    const said = await texts(run.id);
    expect(said.filter((data) => /one|two|late|after/.test(data))).toEqual(['{"text":"one"}', '{"text":"two"}']);
    expect((await readEvents(store.db, run.id, 0, 100)).map(({ seq }) => seq)).toEqual(said.map((_data, index) => index + 1));
    await close();
  });

  test('D7 a batch whose answer was lost on the way is stored once', async () => {
    const { parts, start, texts, hold, close } = await open();
    const run = await start();
    const held = await hold(run.id);
    const before = held.lastSeq;
    await appendEvents(parts, held, [delta('a'), delta('b')]);
    held.lastSeq = before;
    await appendEvents(parts, held, [delta('a'), delta('b')]);
    expect(held.lastSeq).toBe(before + 2);
    await finishHeld(parts, held, { status: 'succeeded', events: [delta('c')] });
    expect((await texts(run.id)).slice(before)).toEqual(['{"text":"a"}', '{"text":"b"}', '{"text":"c"}', statusEvent('succeeded').data]);
    await close();
  });

  test('D7 a run over which three workers were lost fails once; one that was let go in order does not count', async () => {
    const { parts, store, start, hold, close } = await open();
    const run = await start();
    for (let turn = 0; turn < 5; turn += 1) await letGo(parts, await hold(run.id));
    for (let turn = 0; turn < 3; turn += 1) await hold(run.id);
    expect(await holdRun(parts, run.id)).toBeUndefined();
    const row = await store.db.selectFrom('run').selectAll().where('id', '=', run.id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ status: 'failed', prompt: null });
    expect(JSON.parse(row.error ?? '{}')).toMatchObject({ code: 'unavailable', boundary: 'run', requestId: 'req_12345678' });
    await close();
  });

  test('D7 a run whose worker was lost ends as cancelled when that was asked for, and never begins again', async () => {
    const { parts, store, principal, start, hold, close } = await open();
    const run = await start();
    const held = await hold(run.id);
    await cancelRun(parts, held.run, { principal, requestId: 'req_87654321' });
    expect(await holdRun(parts, run.id)).toBeUndefined();
    await expect(finishHeld(parts, held, { status: 'succeeded' })).rejects.toThrow(RunLost);
    const row = await store.db.selectFrom('run').select('status').where('id', '=', run.id).executeTakeFirstOrThrow();
    expect(row.status).toBe('cancelled');
    const finished = await start();
    const mine = await hold(finished.id);
    await cancelRun(parts, mine.run, { principal, requestId: 'req_87654321' });
    expect((await finishHeld(parts, mine, { status: 'succeeded' })).status).toBe('cancelled');
    await close();
  });

  test('D7 a run whose prompt cannot be opened fails once, instead of going from worker to worker', async () => {
    const { parts, store, start, close } = await open();
    const [one, other] = [await start('1'), await start('2')];
    const { prompt } = await store.db.selectFrom('run').select('prompt').where('id', '=', other.id).executeTakeFirstOrThrow();
    await store.db.updateTable('run').set({ prompt }).where('id', '=', one.id).execute();
    expect(await holdRun(parts, one.id)).toBeUndefined();
    const row = await store.db.selectFrom('run').selectAll().where('id', '=', one.id).executeTakeFirstOrThrow();
    expect(row.status).toBe('failed');
    expect(JSON.parse(row.error ?? '{}')).toMatchObject({ code: 'damaged', boundary: 'storage' });
    await close();
  });

  test('D7 a run that waits for a place is in no queue until it has one', async () => {
    const { parts, start, hold, close } = await open();
    const [one, two, three] = [await start('1'), await start('2'), await start('3')];
    const taken = await parts.queue.take(10);
    expect(taken.map(({ runId }) => runId).toSorted()).toEqual([one.id, two.id].toSorted());
    await finishHeld(parts, await hold(one.id), { status: 'succeeded' });
    expect(await parts.queue.take(10)).toMatchObject([{ runId: three.id }]);
    await close();
  });
});

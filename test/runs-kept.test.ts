import { expect, test } from 'vitest';
import { startOpenAiUpstream } from './fakes/index.ts';
import { startGateway } from './support/gateway.ts';
import { startPlatform } from './support/platform.ts';
import { runsOf } from './support/run-watch.ts';
import { describeStores } from './support/stores.ts';

const DAY = 24 * 3_600_000;

describeStores('D7 how long runs are kept', (stores) => {
  test('D7 B7 a run goes with its events when its days are over; what it cost and who started it stays', async () => {
    const upstream = await startOpenAiUpstream();
    const place = await stores.place();
    const gateway = await startGateway(place);
    await gateway.plan({ monthlyCredit: 1_000_000_000 });
    await gateway.upstream('openai', upstream.url, 'sk-hosted-key-of-the-operator-0004');
    const runs = runsOf(gateway.url, gateway.token);
    const ids: string[] = [];
    for (let at = 0; at < 12; at += 1) ids.push((await runs.start({ prompt: `number ${at}` })).data.run.id);
    for (const id of ids) await runs.until(id, 'succeeded');
    const { db } = gateway.store;
    await db
      .updateTable('run')
      .set({ ended_at: Date.now() - 11 * DAY })
      .where('id', 'in', ids.slice(1))
      .execute();
    await gateway.platform.close();

    const next = await startPlatform(place, { MOGPLEX_RUN_DAYS: '10' });
    const later = runsOf(next.url, gateway.token);
    await expect.poll(async () => (await db.selectFrom('run').select('id').execute()).map(({ id }) => id)).toEqual(ids.slice(0, 1));
    expect((await later.call('GET', `/runs/${ids[1]}`)).status).toBe(404);
    expect((await later.events(ids[0] ?? '')).length).toBeGreaterThan(2);
    const left = await db.selectFrom('run_event').select('run_id').distinct().execute();
    expect(left).toEqual([{ run_id: ids[0] }]);
    const booked = await db.selectFrom('model_ledger').select('run_id').where('kind', '!=', 'grant').execute();
    expect(booked.map(({ run_id }) => String(run_id)).toSorted()).toEqual(ids.toSorted());
    const started = await db.selectFrom('audit_event').select('subject').where('action', '=', 'run.started').execute();
    expect(started.map(({ subject }) => subject).toSorted()).toEqual(ids.toSorted());
    expect(await db.selectFrom('token').select('id').where('kind', '=', 'run').execute()).toHaveLength(12);
    await next.close();

    const muchLater = await startPlatform(place, {}, () => Date.now() + 8 * DAY);
    await expect.poll(async () => await db.selectFrom('token').select('id').where('kind', '=', 'run').execute()).toEqual([]);
    await muchLater.close();
    await gateway.close();
    await upstream.close();
  });
});

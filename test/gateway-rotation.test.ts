import { openAdmin } from '@mogplex/server/admin';
import { expect, test } from 'vitest';
import { startOpenAiUpstream } from './fakes/index.ts';
import { sealingKeys, startGateway } from './support/gateway.ts';
import { owner } from './support/person.ts';
import { startPlatform } from './support/platform.ts';
import { describeStores } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0006';
describeStores('D5 the master key turns under traffic', (stores) => {
  test('D5 no call fails while the key rotates twice, everything is sealed with the new one, and a restart opens it', async () => {
    const upstream = await startOpenAiUpstream();
    const place = await stores.place();
    const gateway = await startGateway(place, {}, async (platform) => {
      const boss = await owner(platform);
      await boss.call('PUT', '/api-keys/anthropic', { key: 'sk-ant-own-key-0000000000000001' });
    });
    await gateway.upstream('openai', upstream.url, KEY);
    const statuses: number[] = [];
    let going = true;
    const ask = async (url: string): Promise<number> => {
      const response = await fetch(`${url}/gateway/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.token}` },
        body: JSON.stringify({ model: 'gpt-5', max_tokens: 5, messages: [] }),
      });
      await response.arrayBuffer();
      return response.status;
    };
    const traffic = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (going) statuses.push(await ask(gateway.url));
      }),
    );
    const before = await sealingKeys(gateway.store);
    const env = { MOGPLEX_DATA_DIR: place.dataDir, DATABASE_URL: place.databaseUrl?.reveal() };
    for (let turn = 0; turn < 2; turn++) {
      const admin = await openAdmin(env, Date.now);
      expect(await admin.rotateKey({ resealOnly: false })).toBeGreaterThanOrEqual(3);
      await admin.close();
      // What the running server seals from now on is sealed with the new key.
      await gateway.upstream('openai', upstream.url, KEY);
    }
    await expect.poll(() => statuses.length, { timeout: 20_000 }).toBeGreaterThan(40);
    going = false;
    await traffic;
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(upstream.requests.every((request) => request.credentialIs(KEY))).toBe(true);
    const after = await sealingKeys(gateway.store);
    expect(after.size).toBe(1);
    expect(after).not.toEqual(before);
    await gateway.platform.close();
    const again = await startPlatform(place, { MOGPLEX_MODEL_RATE_LIMIT: '1000000' });
    expect(await ask(again.url)).toBe(200);
    await again.close();
    await gateway.close();
    await upstream.close();
  });
});

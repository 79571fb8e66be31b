import { expect, test } from 'vitest';
import { describeStores } from '../../test/stores.ts';
import { createRateLimiter } from './limit.ts';

const limits = { perKey: 250, startsPerAccount: 5, perAddress: 5, body: 1_000, modelsPerKey: 5, modelBody: 1_000 };

const countAllowed = async (charges: (() => Promise<void> | undefined)[]): Promise<number> =>
  (await Promise.allSettled(charges.map(async (charge) => charge()))).filter(({ status }) => status === 'fulfilled').length;

describeStores('B6 the limiter', (stores) => {
  test('B6 no more than the limit is let in, however many ask at once, and keys and buckets are apart', async () => {
    const limiter = createRateLimiter(await stores.open(), limits);
    const ask = (times: number, key: string) => countAllowed(Array.from({ length: times }, () => () => limiter.charge('key', key)));
    expect(await ask(400, 'one')).toBe(250);
    expect(await ask(10, 'one')).toBe(0);
    expect(await ask(10, 'two')).toBe(10);
    expect(await countAllowed(Array.from({ length: 9 }, () => () => limiter.charge('start', 'one')))).toBe(5);
  });

  test('B6 a refusal names the seconds to the end of the window', async () => {
    const limiter = createRateLimiter(await stores.open(), limits);
    await countAllowed(Array.from({ length: 5 }, () => () => limiter.charge('address', 'a')));
    const error = await (async () => limiter.charge('address', 'a'))().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'rate_limited', boundary: 'request' });
    const { retryAfter } = error as { retryAfter: number };
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(retryAfter).toBeLessThanOrEqual(60);
  });
});

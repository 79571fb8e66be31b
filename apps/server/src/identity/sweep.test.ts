import { Secret } from '@mogplex/credentials';
import { expect, test } from 'vitest';
import { describeStores } from '../../test/stores.ts';
import { createAccount } from './accounts.ts';
import { sweepIdentity } from './sweep.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2030, 0, 1);

describeStores('B1 removing what has expired', (stores) => {
  test('B1 what is over goes, what lives or explains an ended sign-in stays', async () => {
    const { db } = await stores.open();
    const userId = await createAccount(db, { email: 'a@example.com', password: new Secret('a long password', 'password') }, NOW);
    const grant = (id: string, ended: number | null, created = NOW - DAY) => ({
      id,
      client_id: 'mogplex-cli',
      user_id: userId,
      scope: 'read',
      device_name: null,
      address: null,
      flow: 'browser' as const,
      created_at: created,
      last_used_at: null,
      ended_at: ended,
      ended_reason: ended === null ? null : ('person' as const),
    });
    await db
      .insertInto('oauth_grant')
      .values([
        grant('live', null),
        grant('forgotten', null, NOW - 100 * DAY),
        grant('just ended', NOW - DAY),
        grant('long ended', NOW - 91 * DAY),
      ])
      .execute();
    await db
      .insertInto('oauth_refresh_token')
      .values([
        { hash: 'r1', grant_id: 'live', expires_at: NOW + DAY, used_at: null },
        { hash: 'r2', grant_id: 'forgotten', expires_at: NOW - 1, used_at: null },
        { hash: 'r3', grant_id: 'just ended', expires_at: NOW + DAY, used_at: NOW - DAY },
      ])
      .execute();
    await db
      .insertInto('oauth_access_token')
      .values([
        { hash: 'a1', grant_id: 'live', scope: 'read', expires_at: NOW - DAY },
        { hash: 'a2', grant_id: 'live', scope: 'read', expires_at: NOW - 8 * DAY },
      ])
      .execute();
    await sweepIdentity(db, NOW);
    const grants = async (): Promise<string[]> =>
      (await db.selectFrom('oauth_grant').select('id').orderBy('id').execute()).map(({ id }) => id);
    expect(await grants()).toEqual(['just ended', 'live']);
    const access = await db.selectFrom('oauth_access_token').select('hash').execute();
    expect(access).toEqual([{ hash: 'a1' }]);
    const refresh = await db.selectFrom('oauth_refresh_token').select('hash').orderBy('hash').execute();
    expect(refresh).toEqual([{ hash: 'r1' }, { hash: 'r3' }]);
    expect(await db.selectFrom('oauth_client').select('id').execute()).toEqual([{ id: 'mogplex-cli' }]);
  });
});

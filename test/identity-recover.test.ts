import { join } from 'node:path';
import { expect, test } from 'vitest';
import { owner, Person } from './support/person.ts';
import { startPlatform } from './support/platform.ts';
import { runMogplex } from './support/run.ts';
import { describeStores } from './support/stores.ts';

describeStores('B1 recovery by the operator', (stores) => {
  test('B1 a reset password lets the person in, and ends every session and terminal', async () => {
    const place = await stores.place();
    const dataDir = join(place.dataDir, 'server');
    const platform = await startPlatform({ ...place, dataDir });
    const person = await owner(platform);
    const env = {
      HOME: place.dataDir,
      MOGPLEX_DATA_DIR: dataDir,
      ...(place.databaseUrl ? { DATABASE_URL: place.databaseUrl.reveal() } : {}),
    };
    const reset = (email: string, password: string) =>
      runMogplex(['admin', 'reset-password', '--email', email, '--password-stdin'], env, password);
    expect(await reset('nobody@example.com', 'another long password')).toMatchObject({ code: 1, stdout: '' });
    expect(await reset('owner@example.com', 'short')).toMatchObject({ code: 1, stdout: '' });
    expect((await person.call('GET', '/account')).status).toBe(200);
    const first = await reset('owner@example.com', 'another long password');
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr).not.toMatch(/Still good|never proven/);
    expect((await person.call('GET', '/account')).status).toBe(401);
    const again = new Person(platform.url);
    expect((await again.signIn('owner@example.com')).status).toBe(401);
    expect((await again.signIn('owner@example.com', 'another long password')).status).toBe(200);

    // What whoever locked the person out may have left for themselves is named to the operator.
    await again.call('POST', '/tokens', { name: 'left', scopes: ['read'], expires: null });
    await again.call('POST', '/account/email', { email: 'boss@example.com', password: 'another long password' });
    const second = await reset('boss@example.com', 'a third long password');
    expect(second.stderr).toContain('Still good: 1 access token.');
    expect(second.stderr).toContain('never proven');
    await platform.close();
  });
});

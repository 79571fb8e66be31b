import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextAt, makeHome } from '../test/home.ts';
import { visit } from '../test/person.ts';
import { logInAtStrict, recorder, strictProfile } from '../test/strict-login.ts';
import { startStrictServer, type StrictServer } from '../test/strict-server.ts';
import { oauth } from './index.ts';

let server: StrictServer;

beforeAll(async () => {
  server = await startStrictServer();
});

afterAll(() => server.close());

test('C1 C11 a browser login at a strict server is stored, refreshed, shown and revoked', async () => {
  await using home = await makeHome();
  const context = contextAt(home.path, 'strict');
  const auth = await logInAtStrict(context, strictProfile(server));
  expect(await auth.status(context)).toMatchObject({ state: 'usable', card: { account: 'ada@example.test', refreshable: true } });

  const credentials = auth.credentials(contextAt(home.path, 'strict'));
  const first = await credentials.current();
  const second = await credentials.renew(first.secret);
  expect(second.secret.reveal()).not.toBe(first.secret.reveal());
  expect(server.refreshed()).toBe(1);

  expect(await auth.logout(context)).toEqual({ removed: true, revoked: 'yes' });
  expect(await auth.status(context)).toEqual({ state: 'none' });
  await expect(credentials.current()).rejects.toMatchObject({ code: 'unauthenticated', hint: 'Log in again: moxxy login strict' });
});

test('C5 a device login at a strict server', async () => {
  await using home = await makeHome();
  const { events, report } = recorder();
  const context = contextAt(home.path, 'strict', {
    browser: false,
    report: (event) => {
      report(event);
      if (event.type === 'device')
        visit(event.verificationUri, { user_code: event.userCode, login: 'grace', password: 'x' }).catch(() => undefined);
    },
    sleep: () => new Promise((resolve) => setTimeout(resolve, 20)),
  });
  const { card } = await oauth(strictProfile(server)).login(context);
  expect(card).toMatchObject({ account: 'grace@example.test', refreshable: true });
  expect(events[0]).toMatchObject({ type: 'device', verificationUri: `${server.issuer}/device` });
});

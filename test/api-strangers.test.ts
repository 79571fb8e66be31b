import { createPerson, makeTokenFor } from '@mogplex/server/test/people';
import { rowsByTable } from '@mogplex/server/test/rows';
import { expect, test } from 'vitest';
import { Person } from './support/person.ts';
import { startPlatform } from './support/platform.ts';
import { describeStores } from './support/stores.ts';
import { makeThings, type Things } from './support/things.ts';

const A = '/api/v1/mogplex';

type Call = readonly [ids: Partial<Record<string, keyof Things>>, body?: object];

/**
 * A call of each route that names something by its id, with ids of things that exist and a body that fits. A route that is not here
 * fails. They stand in an order in which their owner can do them all.
 */
const CALLS: Readonly<Record<string, Call>> = {
  'GET /teams/:id': [{ id: 'team' }],
  'PATCH /teams/:id': [{ id: 'team' }, { name: 'Mine' }],
  'POST /teams/:id/invitations': [{ id: 'team' }, { email: 'a@example.com', role: 'viewer' }],
  'DELETE /teams/:id/invitations/:invitationId': [{ id: 'team', invitationId: 'invitation' }],
  'PATCH /teams/:id/members/:userId': [{ id: 'team', userId: 'member' }, { role: 'viewer' }],
  'DELETE /teams/:id/members/:userId': [{ id: 'team', userId: 'member' }],
  'GET /teams/:teamId/service-accounts': [{ teamId: 'team' }],
  'POST /teams/:teamId/service-accounts': [{ teamId: 'team' }, { name: 'mine' }],
  'DELETE /teams/:teamId/service-accounts/:id': [{ teamId: 'team', id: 'machine' }],
  'POST /notifications/:id/read': [{ id: 'notice' }],
  'GET /connections/:id': [{ id: 'connection' }],
  'PATCH /connections/:id': [{ id: 'connection' }, { enabled: false }],
  'POST /connections/:id/test': [{ id: 'connection' }],
  'POST /connections/:id/connect': [{ id: 'connection' }],
  'DELETE /connections/:id': [{ id: 'connection' }],
  'GET /runs/:id': [{ id: 'run' }],
  'GET /runs/:id/events': [{ id: 'run' }],
  'POST /runs/:id/cancel': [{ id: 'run' }],
  'GET /runs/:id/stream': [{ id: 'run' }],
  'DELETE /account/passkeys/:id': [{ id: 'passkey' }],
  'DELETE /apps/:id': [{ id: 'app' }],
  'DELETE /sessions/:id': [{ id: 'session' }],
  'DELETE /tokens/:id': [{ id: 'token' }],
  'DELETE /teams/:id': [{ id: 'team' }],
};

/** What is named by these parameters belongs to nobody: a provider, a plan. */
const NOT_OWNED = new Set(['PUT /api-keys/:provider', 'DELETE /api-keys/:provider', 'PUT /plans/:id']);

/** What every request changes, whoever sends it. */
const VOLATILE = new Set(['rate_limit', 'cache_lease', 'sign_in_attempt']);

describeStores('B4 what belongs to somebody else', (stores) => {
  test('B4 no id of an account opens anything to another one, by session or by token', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const store = await stores.open(place);
    const { person, things } = await makeThings(platform, store, await createPerson(store));
    const strangerAccount = await createPerson(store);
    const stranger = new Person(platform.url);
    await stranger.signIn(strangerAccount.email, strangerAccount.password);
    const machine = new Person(platform.url);
    machine.headers = { authorization: `Bearer ${(await makeTokenFor(store, { accountId: strangerAccount.id })).token}` };

    const named = platform.routes.map(({ method, path }) => `${method} ${path.replace(A, '')}`).filter((route) => route.includes('/:'));
    expect(named.filter((route) => !NOT_OWNED.has(route)).toSorted()).toEqual(Object.keys(CALLS).toSorted());

    const send = async (as: Person, route: string, [ids, body]: Call): Promise<number> => {
      const [method = '', path = ''] = route.split(' ');
      const target = path.replaceAll(/:(\w+)/g, (_all, name: string) => things[ids[name] ?? 'account']);
      const response = await as.fetch(A + target, {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      await response.body?.cancel();
      return response.status;
    };
    const kept = async (): Promise<string[]> =>
      [...(await rowsByTable(store))]
        .filter(([table]) => !VOLATILE.has(table) && !table.startsWith('pgboss.'))
        .map((rows) => JSON.stringify(rows, (name, value: unknown) => (name === 'last_used_at' ? undefined : value)));
    const before = await kept();
    const let_in: string[] = [];
    const sessionOnly = new Set(
      platform.routes.filter(({ scope }) => scope.startsWith('session')).map(({ method, path }) => `${method} ${path.replace(A, '')}`),
    );
    for (const [route, wanted] of Object.entries(CALLS)) {
      const statuses = [await send(stranger, route, wanted), await send(machine, route, wanted)];
      // As if it did not exist; a token is turned away from what only sessions may call before anything is looked at.
      const expected = [404, sessionOnly.has(route) ? 403 : 404];
      if (statuses.join() !== expected.join()) let_in.push(`${route}: ${statuses.join()}`);
    }
    expect(let_in).toEqual([]);
    expect(await kept()).toEqual(before);

    // The same calls by the owner find what they name.
    const missed: string[] = [];
    for (const [route, wanted] of Object.entries(CALLS)) {
      const status = await send(person, route, wanted);
      if ([401, 403, 404].includes(status) || status >= 500) missed.push(`${route}: ${status}`);
    }
    expect(missed).toEqual([]);
    await platform.close();
  });
});

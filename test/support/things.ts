import { createPerson, issueTokensFor, makeRunTokenFor, makeTokenFor, type Person as Account } from '@mogplex/server/test/people';
import { Person } from './person.ts';
import type { TestPlatform } from './platform.ts';
import type { TestStores } from './stores.ts';

type Store = Awaited<ReturnType<TestStores['open']>>;

/** Ids of one of everything that can belong to an account. */
export interface Things {
  account: string;
  team: string;
  member: string;
  invitation: string;
  machine: string;
  token: string;
  notice: string;
  passkey: string;
  session: string;
  app: string;
  connection: string;
  run: string;
}

const NAMED: Readonly<Record<string, keyof Things>> = {
  teams: 'team',
  members: 'member',
  invitations: 'invitation',
  'service-accounts': 'machine',
  tokens: 'token',
  notifications: 'notice',
  passkeys: 'passkey',
  sessions: 'session',
  apps: 'app',
  connections: 'connection',
  runs: 'run',
};

/** The id that a parameter of a path stands for: that of the team in `/teams/{id}`. Undefined for what belongs to nobody. */
export const knownId = (things: Things, path: string, name: string): string | undefined => {
  const segments = path.split('/');
  const thing = NAMED[segments[segments.indexOf(`{${name}}`) - 1] ?? ''];
  return thing && things[thing];
};

const idOf = async (person: Person, path: string, body: object): Promise<string> => {
  const { status, data, error } = await person.call<{ id: string }>('POST', path, body);
  if (status !== 201) throw new Error(`${path} answered ${status}: ${error?.message}`);
  return data.id;
};

const insertRest = async (store: Store, accountId: string): Promise<Pick<Things, 'notice' | 'passkey'>> => {
  const notice = {
    id: `notice-${accountId}`,
    account_id: accountId,
    kind: 'token-leaked' as const,
    text: 'x',
    created_at: 1,
    read_at: null,
  };
  await store.db.insertInto('notification').values(notice).execute();
  const passkey = {
    id: `passkey-${accountId}`,
    name: 'laptop',
    publicKey: 'x',
    userId: accountId,
    credentialID: `credential-${accountId}`,
    counter: 0,
    deviceType: 'singleDevice',
    backedUp: 0,
    transports: null,
    aaguid: null,
    createdAt: new Date(1).toISOString(),
  };
  await store.db.insertInto('passkey').values(passkey).execute();
  return { notice: notice.id, passkey: passkey.id };
};

/** Makes one of everything for an account, and signs its person in. */
export const makeThings = async (platform: TestPlatform, store: Store, account: Account): Promise<{ person: Person; things: Things }> => {
  const [person, elsewhere] = [new Person(platform.url), new Person(platform.url)];
  await elsewhere.signIn(account.email, account.password);
  await person.signIn(account.email, account.password);
  const team = await idOf(person, '/teams', { name: 'Crew' });
  const member = (await createPerson(store)).id;
  await store.db.insertInto('team_member').values({ team_id: team, user_id: member, role: 'member', created_at: 1 }).execute();
  await issueTokensFor(store, account.id);
  const first = async (path: string, wanted: (item: { id: string; current?: boolean }) => boolean = () => true): Promise<string> =>
    (await person.call<{ items: { id: string; current?: boolean }[] }>('GET', path)).data.items.find(wanted)?.id ?? '';
  const mcp = { kind: 'mcp', name: 'tracker', url: 'https://mcp.invalid/mcp', auth: { type: 'none' }, teamId: team };
  return {
    person,
    things: {
      account: account.id,
      team,
      member,
      invitation: await idOf(person, `/teams/${team}/invitations`, { email: 'new@example.com', role: 'member' }),
      machine: await idOf(person, `/teams/${team}/service-accounts`, { name: 'robot' }),
      token: (await makeTokenFor(store, { accountId: account.id })).id,
      session: await first('/sessions', ({ current }) => current === false),
      app: await first('/apps'),
      connection: await idOf(person, '/connections', mcp),
      run: (await makeRunTokenFor(store, account.id)).runId,
      ...(await insertRest(store, account.id)),
    },
  };
};

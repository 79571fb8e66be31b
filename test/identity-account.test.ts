import { issueTokensFor } from '@mogplex/server/test/people';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { owner, PASSWORD, Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores, type StorePlace } from './support/stores.ts';
import { secretOf, totp } from './support/totp.ts';

/** Invites an address, and makes its account by the link. */
const joinBy = async (platform: TestPlatform, inviter: Person, teamId: string, email: string, role = 'member'): Promise<Person> => {
  const { data } = await inviter.call<{ link: string }>('POST', `/teams/${teamId}/invitations`, { email, role });
  const person = new Person(platform.url);
  const answer = await person.call('POST', '/invitations/accept', { code: new URL(data.link).hash.slice(1), password: PASSWORD });
  expect(answer).toMatchObject({ status: 200, data: { status: 'joined' } });
  return person;
};

interface Team {
  id: string;
  members: { id: string; email: string; emailVerified: boolean; role: string }[];
  invitations: { id: string; email: string }[];
}

describeStores('B1 the account', (stores) => {
  let platform: TestPlatform;
  let place: StorePlace;
  let first: Person;

  beforeAll(async () => {
    place = await stores.place();
    platform = await startPlatform(place);
    first = await owner(platform);
  });
  afterAll(() => platform.close());

  /** What the audit trail says that a person did, in order. */
  const trailOf = async (person: Person): Promise<string[]> => {
    const { id } = (await person.call<{ id: string }>('GET', '/account')).data;
    const store = await stores.open(place);
    const rows = await store.db.selectFrom('audit_event').select('action').where('actor', '=', id).orderBy('at').execute();
    return rows.map(({ action }) => action);
  };

  const noticesOf = async (person: Person): Promise<string[]> =>
    (await person.call<{ items: { text: string }[] }>('GET', '/notifications')).data.items.map(({ text }) => text);

  const newTeam = async (name = 'Builders') => (await first.call<Team>('POST', '/teams', { name })).data.id;

  test('B1 it shows and changes its name', async () => {
    expect((await first.call('GET', '/account')).data).toMatchObject({
      email: 'owner@example.com',
      name: 'Olive Owner',
      hasPassword: true,
      twoFactor: false,
      github: false,
      emailVerified: true,
    });
    expect((await first.call('PATCH', '/account', { name: 'Olive' })).data).toMatchObject({ name: 'Olive' });
    expect((await first.call('GET', '/auth/options')).data).toEqual({ hasAccounts: true, github: false, passkeys: false });
  });

  test('B1 B22 sessions and terminals come page by page, each once, and each in its place', async () => {
    const store = await stores.open(place);
    const { id } = (await first.call<{ id: string }>('GET', '/account')).data;
    for (let index = 0; index < 6; index++) {
      await new Person(platform.url).signIn('owner@example.com');
      await issueTokensFor(store, id);
    }
    for (const path of ['/sessions', '/apps']) {
      const all = (await first.call<{ items: { id: string; createdAt: number }[] }>('GET', `${path}?limit=100`)).data.items;
      const seen: { id: string; createdAt: number }[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { data: { items: typeof seen; nextCursor: string | null } } = await first.call(
          'GET',
          `${path}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
        );
        expect(page.data.items.length).toBeLessThanOrEqual(2);
        seen.push(...page.data.items);
        cursor = page.data.nextCursor;
      }
      expect(seen).toEqual(all);
      expect(all.length).toBeGreaterThan(5);
      expect(new Set(seen.map((row) => row.id)).size).toBe(all.length);
      expect(all.map((row) => row.createdAt)).toEqual(all.map((row) => row.createdAt).toSorted((one, other) => other - one));
      expect((await first.call('GET', `${path}?cursor=nonsense`)).status).toBe(400);
      for (const at of [-1, 8_640_000_000_000_001, Number.MAX_SAFE_INTEGER]) {
        const cursor = Buffer.from(JSON.stringify([at, 'x'])).toString('base64url');
        expect({ at, status: (await first.call('GET', `${path}?cursor=${cursor}`)).status }).toEqual({ at, status: 400 });
      }
    }
    await first.call('POST', '/sessions/end-others');
  });

  test('B1 sessions are listed and can be ended, one or all others', async () => {
    const second = new Person(platform.url);
    await second.signIn('owner@example.com');
    const list = await first.call<{ items: { id: string; current: boolean; address: string; userAgent: string }[] }>('GET', '/sessions');
    const other = list.data.items.find(({ current }) => !current);
    expect(other).toMatchObject({ address: '127.0.0.1', userAgent: 'Test Browser' });
    expect(JSON.stringify(list.data)).not.toMatch(/token/i);
    expect((await first.call('DELETE', `/sessions/${other?.id}`)).data).toEqual({ status: 'ended' });
    expect((await second.call('GET', '/account')).status).toBe(401);
    const third = new Person(platform.url);
    await third.signIn('owner@example.com');
    expect((await first.call('POST', '/sessions/end-others', {})).data).toMatchObject({ status: 'ended', count: 1 });
    expect((await third.call('GET', '/account')).status).toBe(401);
    expect(await trailOf(first)).toEqual(expect.arrayContaining(['session.ended', 'session.others_ended']));
    expect((await first.call('GET', '/account')).status).toBe(200);
  });

  test('B1 a new password needs the old one, and ends the other sessions', async () => {
    const team = await newTeam();
    const person = await joinBy(platform, first, team, 'pass@example.com');
    const elsewhere = new Person(platform.url);
    await elsewhere.signIn('pass@example.com');
    expect((await person.call('POST', '/account/password', { current: 'wrong wrong wrong', next: 'another long password' })).status).toBe(
      401,
    );
    expect((await person.call('POST', '/account/password', { current: PASSWORD, next: 'short' })).status).toBe(400);
    expect((await person.call('POST', '/account/password', { current: PASSWORD, next: 'another long password' })).data).toEqual({
      status: 'changed',
    });
    expect((await elsewhere.call('GET', '/account')).status).toBe(401);
    expect((await person.call('GET', '/account')).status).toBe(200);
    expect((await new Person(platform.url).signIn('pass@example.com')).status).toBe(401);
    expect((await new Person(platform.url).signIn('pass@example.com', 'another long password')).status).toBe(200);
    expect(await noticesOf(person)).toEqual([expect.stringMatching(/^The password of your account was changed\..*end all other sessions/)]);
  });

  test('B1 what is sensitive needs a fresh proof of identity', async () => {
    const team = await newTeam();
    const person = await joinBy(platform, first, team, 'stale@example.com');
    const store = await stores.open(place);
    const account = await person.call<{ id: string }>('GET', '/account');
    await store.db
      .updateTable('session')
      .set({ createdAt: new Date(Date.now() - 3_600_000).toISOString() })
      .where('userId', '=', account.data.id)
      .execute();
    expect((await person.call('POST', '/account/email', { email: 'new@example.com', password: PASSWORD })).status).toBe(403);
    const refused = await person.call('DELETE', '/account', { email: 'stale@example.com' });
    // The pages know by these words that signing in again helps.
    expect(refused).toMatchObject({ status: 403, error: { message: expect.stringContaining('fresh proof') as string } });
    expect((await person.call('GET', '/account')).status).toBe(200);
  });

  test('B1 the address changes with the password, and an unproven address opens no invitation', async () => {
    const team = await newTeam();
    const person = await joinBy(platform, first, team, 'before@example.com');
    const { data } = await first.call<{ link: string }>('POST', `/teams/${await newTeam('Secret')}/invitations`, {
      email: 'boss@example.com',
      role: 'owner',
    });
    expect((await person.call('POST', '/account/email', { email: 'owner@example.com', password: PASSWORD })).status).toBe(409);
    expect((await person.call('POST', '/account/email', { email: 'boss@example.com', password: 'wrong wrong wrong' })).status).toBe(401);
    expect((await person.call('POST', '/account/email', { email: 'Boss@Example.com', password: PASSWORD })).data).toEqual({
      status: 'changed',
    });
    expect((await person.call('GET', '/account')).data).toMatchObject({ email: 'boss@example.com', emailVerified: false });
    const accept = (link: string) => person.call('POST', '/invitations/accept', { code: new URL(link).hash.slice(1) });
    const seen = (await first.call<Team>('GET', `/teams/${team}`)).data.members.map(({ email, emailVerified }) => [email, emailVerified]);
    expect(seen).toEqual([
      ['owner@example.com', true],
      ['boss@example.com', false],
    ]);
    expect((await accept(data.link)).status).toBe(403);
    expect((await new Person(platform.url).signIn('boss@example.com')).status).toBe(200);
    // Somebody who means this very person invites the address anew and hands them the link.
    const anew = await first.call<{ link: string }>('POST', `/teams/${await newTeam('Known')}/invitations`, {
      email: 'boss@example.com',
      role: 'member',
    });
    expect((await accept(anew.data.link)).data).toEqual({ status: 'joined' });
    expect((await person.call('GET', '/account')).data).toMatchObject({ email: 'boss@example.com', emailVerified: true });
  });

  test('B1 deleting the account ends its sessions, its tokens and its terminals', async () => {
    const team = await newTeam();
    const person = await joinBy(platform, first, team, 'leaving@example.com');
    const { data } = await person.call<{ token: string }>('POST', '/tokens', { name: 'mine', scopes: ['read'], expires: null });
    expect((await fetch(`${platform.url}/api/v1/mogplex/me`, { headers: { authorization: `Bearer ${data.token}` } })).status).toBe(200);
    expect((await person.call('DELETE', '/account', { email: 'wrong@example.com' })).status).toBe(400);
    expect((await person.call('DELETE', '/account', { email: 'leaving@example.com' })).data).toEqual({ status: 'deleted' });
    expect((await person.call('GET', '/account')).status).toBe(401);
    expect((await fetch(`${platform.url}/api/v1/mogplex/me`, { headers: { authorization: `Bearer ${data.token}` } })).status).toBe(401);
    expect((await new Person(platform.url).signIn('leaving@example.com')).status).toBe(401);
    const store = await stores.open(place);
    expect(await store.db.selectFrom('team').select('id').where('name', '=', 'leaving').execute()).toEqual([]);
  });

  test('B1 one-time codes: set up, needed to sign in, good once, backup codes good once, locked after guesses', async () => {
    const team = await newTeam();
    const person = await joinBy(platform, first, team, 'totp@example.com');
    expect((await person.call('POST', '/account/two-factor', { password: 'wrong wrong wrong' })).status).toBe(401);
    const { data } = await person.call<{ uri: string; backupCodes: string[] }>('POST', '/account/two-factor', { password: PASSWORD });
    expect(data.uri).toMatch(/^otpauth:\/\/totp\//);
    const store = await stores.open(place);
    const stored = JSON.stringify(await store.db.selectFrom('twoFactor').selectAll().execute());
    expect(stored).not.toContain(secretOf(data.uri));
    expect(stored).not.toContain(data.backupCodes[0]);
    expect((await new Person(platform.url).signIn('totp@example.com')).data).toEqual({ status: 'signed-in' });
    expect((await person.call('POST', '/account/two-factor/verify', { code: '000000' })).status).toBe(400);
    const turnedOn = totp(secretOf(data.uri));
    expect((await person.call('POST', '/account/two-factor/verify', { code: turnedOn })).data).toEqual({ status: 'on' });
    expect((await person.call('GET', '/account')).data).toMatchObject({ twoFactor: true });

    const attempt = async (): Promise<Person> => {
      const browser = new Person(platform.url);
      expect((await browser.signIn('totp@example.com')).data).toEqual({ status: 'second-factor' });
      expect((await browser.call('GET', '/account')).status).toBe(401);
      return browser;
    };
    // The code that turned it on is spent: whoever saw it typed cannot sign in with it.
    const seen = await attempt();
    expect((await seen.call('POST', '/auth/second-factor', { method: 'totp', code: turnedOn })).status).toBe(401);
    const code = totp(secretOf(data.uri), Date.now() + 30_000);
    const right = await attempt();
    expect((await right.call('POST', '/auth/second-factor', { method: 'totp', code })).data).toEqual({ status: 'signed-in' });
    expect((await right.call('GET', '/account')).status).toBe(200);
    const again = await attempt();
    expect((await again.call('POST', '/auth/second-factor', { method: 'totp', code })).status).toBe(401);
    expect((await again.call('GET', '/account')).status).toBe(401);
    const backup = data.backupCodes[0] ?? '';
    expect((await (await attempt()).call('POST', '/auth/second-factor', { method: 'backup', code: backup })).data).toEqual({
      status: 'signed-in',
    });
    expect((await (await attempt()).call('POST', '/auth/second-factor', { method: 'backup', code: backup })).status).toBe(401);
    const guesser = await attempt();
    for (let guess = 0; guess < 6; guess++) {
      expect((await guesser.call('POST', '/auth/second-factor', { method: 'totp', code: `00000${guess}` })).status).toBeGreaterThanOrEqual(
        400,
      );
    }
    expect(
      (await guesser.call('POST', '/auth/second-factor', { method: 'totp', code: totp(secretOf(data.uri), Date.now() - 30_000) })).status,
    ).not.toBe(200);
    await person.call('DELETE', '/account/two-factor', { password: PASSWORD });
    expect(await trailOf(person)).toEqual(['account.second_factor_on', 'account.second_factor_off']);
  });

  test('B1 teams: roles, invitations that are hashed, single-use and bound to the address', async () => {
    const team = await newTeam('Crew');
    const { data } = await first.call<{ link: string; id: string }>('POST', `/teams/${team}/invitations`, {
      email: 'Mem@Example.com',
      role: 'member',
    });
    const code = new URL(data.link).hash.slice(1);
    const store = await stores.open(place);
    expect(JSON.stringify(await store.db.selectFrom('team_invitation').selectAll().execute())).not.toContain(code);
    expect((await new Person(platform.url).call('POST', '/invitations/preview', { code })).data).toEqual({
      team: 'Crew',
      email: 'mem@example.com',
      role: 'member',
      hasAccount: false,
    });
    const accept = (person: Person, body: object = { password: PASSWORD, name: 'Mem' }) =>
      person.call('POST', '/invitations/accept', { code, ...body });
    const many = await Promise.all(Array.from({ length: 4 }, () => accept(new Person(platform.url))));
    expect(many.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await accept(new Person(platform.url))).status).toBe(410);

    const member = new Person(platform.url);
    await member.signIn('mem@example.com');
    const seen = await member.call<Team>('GET', `/teams/${team}`);
    expect(seen.data).toMatchObject({ role: 'member', invitations: [] });
    expect((await member.call('POST', `/teams/${team}/invitations`, { email: 'x@example.com', role: 'viewer' })).status).toBe(403);
    expect((await member.call('PATCH', `/teams/${team}`, { name: 'Mine' })).status).toBe(403);
    const invitation = await first.call<{ link: string }>('POST', `/teams/${await newTeam('Other')}/invitations`, {
      email: 'stranger@example.com',
      role: 'admin',
    });
    const stolen = { code: new URL(invitation.data.link).hash.slice(1) };
    await joinBy(platform, first, team, 'stranger@example.com', 'viewer');
    expect((await member.call('POST', '/invitations/accept', stolen)).status).toBe(403);
  });

  test('B1 whoever is in a team is not invited into it, and a second invitation is not spent on them', async () => {
    const team = await newTeam('Twice');
    const invite = () => first.call<{ link: string }>('POST', `/teams/${team}/invitations`, { email: 'twice@example.com', role: 'viewer' });
    const [one, two] = [await invite(), await invite()];
    const person = new Person(platform.url);
    const accept = ({ data }: typeof one) =>
      person.call('POST', '/invitations/accept', { code: new URL(data.link).hash.slice(1), password: PASSWORD });
    expect((await accept(one)).status).toBe(200);
    expect(await accept(two)).toMatchObject({ status: 409, error: { message: 'this address is in the team already' } });
    expect((await invite()).status).toBe(409);
    expect((await first.call<Team>('GET', `/teams/${team}`)).data.invitations).toHaveLength(1);
  });

  test('B1 the acting team comes from the path: another team, real or not, does not exist for a stranger', async () => {
    const team = await newTeam('Closed');
    const stranger = await joinBy(platform, first, await newTeam('Open'), 'outsider@example.com', 'admin');
    for (const id of [team, 'no-such-team']) {
      const answers = [
        await stranger.call('GET', `/teams/${id}`),
        await stranger.call('PATCH', `/teams/${id}`, { name: 'x' }),
        await stranger.call('POST', `/teams/${id}/invitations`, { email: 'x@example.com', role: 'viewer' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    }
  });

  test('B1 an admin cannot make or remove owners, and the last owner cannot leave', async () => {
    const team = await newTeam('Rulers');
    const admin = await joinBy(platform, first, team, 'admin@example.com', 'admin');
    const { data } = await admin.call<Team>('GET', `/teams/${team}`);
    const ownerId = data.members.find(({ role }) => role === 'owner')?.id ?? '';
    const adminId = data.members.find(({ role }) => role === 'admin')?.id ?? '';
    expect((await admin.call('PATCH', `/teams/${team}/members/${adminId}`, { role: 'owner' })).status).toBe(403);
    expect((await admin.call('DELETE', `/teams/${team}/members/${ownerId}`)).status).toBe(403);
    expect((await admin.call('POST', `/teams/${team}/invitations`, { email: 'x@example.com', role: 'owner' })).status).toBe(403);
    const leave = await first.call('DELETE', `/teams/${team}/members/${ownerId}`);
    expect(leave).toMatchObject({ status: 409, error: { message: 'the last owner cannot leave the team' } });
    expect((await first.call('PATCH', `/teams/${team}/members/${ownerId}`, { role: 'viewer' })).status).toBe(409);
    expect((await first.call('DELETE', '/account', { email: 'owner@example.com' })).status).toBe(409);
    expect((await first.call('PATCH', `/teams/${team}/members/${adminId}`, { role: 'owner' })).status).toBe(200);
    const both = await Promise.all([
      first.call('DELETE', `/teams/${team}/members/${ownerId}`),
      admin.call('DELETE', `/teams/${team}/members/${adminId}`),
    ]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const store = await stores.open(place);
    const trail = await store.db.selectFrom('audit_event').select('action').where('team_id', '=', team).execute();
    const actions = new Set(trail.map(({ action }) => action));
    expect(actions).toEqual(new Set(['team.created', 'team.invited', 'team.role_changed', 'team.member_removed']));
  });

  test('B1 nobody joins a personal team, and it cannot be deleted', async () => {
    const { data } = await first.call<{ items: { id: string; personal: boolean }[] }>('GET', '/teams');
    const personal = data.items.find((team) => team.personal)?.id;
    expect((await first.call('POST', `/teams/${personal}/invitations`, { email: 'x@example.com', role: 'viewer' })).status).toBe(403);
    expect((await first.call('DELETE', `/teams/${personal}`)).status).toBe(403);
  });
});

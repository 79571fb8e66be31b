import { randomBytes } from 'node:crypto';
import { Secret } from '@mogplex/credentials';
import { createAccount } from '../src/identity/accounts.ts';
import { issueTokens } from '../src/identity/oauth/grants.ts';
import type { Store } from '../src/store/open.ts';
import { makeRunId } from '../src/runs/ids.ts';
import { createToken, type NewToken } from '../src/tokens/create.ts';
import { issueRunToken } from '../src/tokens/run-token.ts';

export interface Person {
  id: string;
  email: string;
  password: string;
}

/** Makes an account with a password. */
export const createPerson = async (store: Store, email = `p${randomBytes(6).toString('hex')}@example.com`): Promise<Person> => {
  const password = randomBytes(12).toString('hex');
  const id = await createAccount(store.db, { email, password: new Secret(password, 'password') }, Date.now());
  return { id, email, password };
};

/** Signs in over HTTP and gives the `Cookie` header of the session. */
export const signIn = async (url: string, { email, password }: Person): Promise<string> => {
  const response = await fetch(`${url}/api/v1/mogplex/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');
};

/** Makes a token straight in the store. */
export const makeTokenFor = async (
  store: Store,
  wanted: Partial<NewToken> & { accountId: string },
): Promise<{ token: string; id: string }> => {
  const { token, id } = await createToken(
    store.db,
    { name: 'test', scopes: new Set(['read', 'write']), ...wanted },
    { actor: 'operator' },
    { now: Date.now, randomBytes },
  );
  return { token: token.reveal(), id };
};

/** Makes a run that is under way, straight in the store and without a worker, and its `mog_run_` token. */
export const makeRunTokenFor = async (store: Store, accountId: string): Promise<{ token: string; runId: string }> => {
  const now = Date.now();
  const id = makeRunId(now, randomBytes);
  const run = {
    id,
    account_id: accountId,
    team_id: null,
    owner: `account:${accountId}`,
    status: 'running' as const,
    agent: 'chat',
    model: 'openai/gpt-5',
    repository: null,
    source: 'api' as const,
    started_by: 'personal' as const,
    token_id: 'test',
    token_name: 'test',
    request_id: 'req_test',
    start_key: null,
    title: 'test',
    prompt: null,
    system: null,
    created_at: now,
    started_at: now,
    ended_at: null,
    cancel_requested_at: null,
    error: null,
    last_seq: 0,
    fence: 1,
    losses: 0,
    parked: 0,
  };
  await store.db.insertInto('run').values(run).execute();
  const token = await issueRunToken(store.db, { id, accountId, teamId: null }, { now: Date.now, randomBytes });
  return { token: token.reveal(), runId: id };
};

/** Makes the tokens of a finished sign-in of `mogplex-cli` straight in the store. */
export const issueTokensFor = async (
  store: Store,
  accountId: string,
  scope: 'read' | 'write' | 'read write' = 'read write',
): Promise<{ access_token: string; refresh_token?: string }> => {
  const grant = {
    id: randomBytes(12).toString('hex'),
    client_id: 'mogplex-cli',
    user_id: accountId,
    scope,
    device_name: null,
    address: null,
    flow: 'browser' as const,
    created_at: Date.now(),
    last_used_at: null,
    ended_at: null,
    ended_reason: null,
  };
  await store.db.insertInto('oauth_grant').values(grant).execute();
  const context = { db: store.db, now: Date.now, randomBytes, issuer: 'http://127.0.0.1' };
  return issueTokens(context, store.db, { id: grant.id, scope, refresh: true });
};

/** Makes an OAuth access token of `mogplex-cli` straight in the store, as a finished sign-in would. */
export const makeAccessTokenFor = async (store: Store, accountId: string, scope: 'read' | 'write' | 'read write'): Promise<string> =>
  (await issueTokensFor(store, accountId, scope)).access_token;

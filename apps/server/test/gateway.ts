import { randomBytes } from 'node:crypto';
import { Secret } from '@mogplex/credentials';
import { sql } from 'kysely';
import { createAccount } from '../src/identity/accounts.ts';
import { setUpstream } from '../src/models/index.ts';
import type { Plan } from '../src/models/plans.ts';
import { announceSettings } from '../src/models/settings.ts';
import { openCoherence } from '../src/store/coherence/open.ts';
import { openStore, type Store } from '../src/store/open.ts';
import { createToken } from '../src/tokens/create.ts';
import { startPlatform, type TestPlatform } from './platform.ts';
import type { StorePlace } from './stores.ts';

export { GATEWAY_ROUTES } from '../src/models/gateway/address.ts';

/** An operator with the store open, and an account. */
export interface TestOperator {
  store: Store;
  accountId: string;
  /** A personal token with both scopes. */
  token: string;
  /** Makes another account with a token. */
  account(email: string): Promise<{ accountId: string; token: string }>;
  makeToken(accountId: string, scopes: ('read' | 'write')[]): Promise<string>;
  /** Stores a hosted key, or an own one of an account. */
  upstream(provider: string, baseUrl: string, key: string, of?: { label?: string; accountId?: string }): Promise<void>;
  /** Gives the account, or another subject, a plan of its own. */
  plan(plan: Partial<Plan>, subject?: string): Promise<void>;
  close(): Promise<void>;
}

/** The same beside a running platform. */
export interface TestGateway extends TestOperator {
  platform: TestPlatform;
  url: string;
}

const parts = { now: Date.now, randomBytes };

/** Gives an account or a team (`account:<id>`, `team:<id>`) a plan of its own. */
export const putPlan = async (store: Store, subject: string, plan: Partial<Plan>): Promise<void> => {
  const id = plan.id ?? `plan-${randomBytes(4).toString('hex')}`;
  await store.db
    .insertInto('model_plans')
    .values({
      id,
      name: plan.name ?? 'Test plan',
      monthly_credit: plan.monthlyCredit ?? null,
      allowed_models: JSON.stringify(plan.allowedModels ?? ['*']),
      parallel_calls: plan.parallelCalls ?? 1_000,
      parallel_runs: plan.parallelRuns ?? 8,
      calls_per_minute: plan.callsPerMinute ?? 100_000,
      soft_limits: JSON.stringify(plan.softLimits ?? [50, 100]),
      is_default: 0,
      updated_at: Date.now(),
    })
    .execute();
  await store.db.deleteFrom('model_entitlements').where('subject', '=', subject).execute();
  await store.db.insertInto('model_entitlements').values({ subject, plan_id: id, updated_at: Date.now() }).execute();
};

/** Starts the platform at a place and makes an account; `first` runs before that, while there is none. */
export const startGateway = async (
  place: StorePlace,
  env: Readonly<Record<string, string>> = {},
  first: (platform: TestPlatform) => Promise<void> = () => Promise.resolve(),
): Promise<TestGateway> => {
  const platform = await startPlatform(place, { MOGPLEX_MODEL_RATE_LIMIT: '1000000', ...env });
  await first(platform);
  const operator = await openOperator(place);
  return {
    ...operator,
    platform,
    url: platform.url,
    close: async () => {
      await platform.close();
      await operator.close();
    },
  };
};

/** Opens a store as the operator's commands do, and makes an account in it. */
export const openOperator = async (place: StorePlace): Promise<TestOperator> => {
  const store = await openStore(place);
  const coherence = await openCoherence(store, { serve: false, onError: () => undefined });
  const makeToken = async (accountId: string, scopes: ('read' | 'write')[]): Promise<string> => {
    const made = await createToken(store.db, { accountId, name: 'test', scopes: new Set(scopes) }, { actor: accountId }, parts);
    return made.token.reveal();
  };
  const account = async (email: string) => {
    const password = new Secret(randomBytes(12).toString('hex'), 'password');
    const accountId = await createAccount(store.db, { email, password }, Date.now());
    return { accountId, token: await makeToken(accountId, ['read', 'write']) };
  };
  const first = await account(`first-${randomBytes(4).toString('hex')}@example.com`);
  return {
    store,
    ...first,
    account,
    makeToken,
    upstream: async (provider, baseUrl, key, of = {}) => {
      await setUpstream(store, { provider, baseUrl, key: new Secret(key, 'test key'), ...of });
      await announceSettings(coherence);
    },
    plan: async (plan, subject) => {
      await putPlan(store, subject ?? `account:${first.accountId}`, plan);
      await announceSettings(coherence);
    },
    close: async () => {
      await coherence.close();
      await store.close();
    },
  };
};

/** Puts a model into the catalogue whose every output token costs one micro-dollar and whose input is free. */
export const putPennyModel = async (store: Store, name: string, maxOutput: number): Promise<void> => {
  await store.db
    .insertInto('models')
    .values({
      id: `openai/${name}`,
      provider: 'openai',
      name,
      label: name,
      context_length: 100_000,
      max_output: maxOutput,
      capabilities: '["text"]',
      input_price: 0,
      cached_input_price: 0,
      output_price: 1_000_000,
      cache_write_price: null,
      origin: 'owner',
      enabled: 1,
      updated_at: Date.now(),
    })
    .execute();
};

const SEALED = /^v1\.([0-9a-f]{8})\./;

/** The ids of the master keys that any value of the store is sealed with, but for the known words. */
export const sealingKeys = async ({ db }: Store): Promise<Set<string>> => {
  const found = new Set<string>();
  for (const { name, schema = 'public' } of await db.introspection.getTables()) {
    if (name === 'key_check' || schema !== 'public') continue;
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    for (const value of rows.flatMap((row) => Object.values(row))) {
      const id = typeof value === 'string' ? SEALED.exec(value)?.[1] : undefined;
      if (id !== undefined) found.add(id);
    }
  }
  return found;
};

import type { z } from 'zod';
import { call, type CallInput, type ClientOptions } from './call.ts';
import { operations } from './operations.ts';
import { createRuns, type Runs } from './runs.ts';

type Data<Name extends keyof typeof operations> = z.output<(typeof operations)[Name]['response']>;

interface Options {
  signal?: AbortSignal;
}

interface PageOptions extends Options {
  /** `nextCursor` of the page before. */
  cursor?: string;
  /** Items a page, 1 to 100. */
  limit?: number;
}

interface UsageOptions extends Options {
  /** First day, `2026-11-01` (UTC); the first of this month where it is absent. */
  from?: string;
  /** Last day; today where it is absent. */
  to?: string;
  /** Id of a team: what everybody in it used, for its owners and admins. */
  team?: string;
}

/** Typed calls of API v1 with one token. */
export interface Client {
  /** Who the token belongs to. */
  me(options?: Options): Promise<Data<'me'>>;
  listTokens(options?: PageOptions): Promise<Data<'listTokens'>>;
  /** Resolves once no server of the platform lets the token in. */
  revokeToken(id: string, options?: Options): Promise<void>;
  listNotifications(options?: PageOptions): Promise<Data<'listNotifications'>>;
  readNotification(id: string, options?: Options): Promise<Data<'readNotification'>>;
  /** What the account's linked GitHub identity can see; with `search`, what has that in `owner/name`. */
  listRepositories(options?: PageOptions & { search?: string }): Promise<Data<'listRepositories'>>;
  /** The catalog as this account may use it; with a repository (`owner/name`), as it may be used there. */
  listModels(options?: Options & { repository?: string }): Promise<Data<'listModels'>>;
  listApiKeys(options?: Options): Promise<Data<'listApiKeys'>>;
  /** Connections of the account's teams, newest first, without their secrets. */
  listConnections(options?: PageOptions): Promise<Data<'listConnections'>>;
  /** Tests a connection with its credential; the answer says how it stands, whatever that is. */
  testConnection(id: string, options?: Options): Promise<Data<'testConnection'>>;
  /** Usage by day and model, and the credit that is left. */
  usage(options?: UsageOptions): Promise<Data<'usage'>>;
  /** The agents that this platform can run. */
  agents(options?: Options): Promise<Data<'listAgents'>['agents']>;
  readonly runs: Runs;
}

const pageInput = ({ cursor, limit, signal }: PageOptions): CallInput => ({ query: { cursor, limit }, ...(signal ? { signal } : {}) });

const signalOf = ({ signal }: Options): CallInput => (signal ? { signal } : {});

/**
 * Makes a client of API v1.
 *
 * @example
 * const client = createClient({ baseUrl: 'https://mogplex.example', token: new Secret(text, 'MOGPLEX_API_KEY') });
 * const { account } = await client.me();
 *
 * Every method throws MogplexError: what the platform said with its boundary and request id, or `unavailable` and `upstream_error`
 * of the boundary `network`.
 */
export const createClient = (options: ClientOptions): Client => {
  // Each answer is parsed by the schema of its operation before it comes back.
  const run = async <Name extends keyof typeof operations>(name: Name, input: CallInput): Promise<Data<Name>> =>
    (await call(options, operations[name], input)) as Data<Name>;
  return {
    me: (settings = {}) => run('me', signalOf(settings)),
    listTokens: (settings = {}) => run('listTokens', pageInput(settings)),
    revokeToken: async (id, settings = {}) => {
      await run('revokeToken', { params: { id }, ...signalOf(settings) });
    },
    listNotifications: (settings = {}) => run('listNotifications', pageInput(settings)),
    readNotification: (id, settings = {}) => run('readNotification', { params: { id }, ...signalOf(settings) }),
    listRepositories: ({ search, ...page } = {}) => {
      const { query, ...rest } = pageInput(page);
      return run('listRepositories', { query: { ...query, q: search }, ...rest });
    },
    listModels: ({ repository, ...settings } = {}) => run('listModels', { query: { repository }, ...signalOf(settings) }),
    listApiKeys: (settings = {}) => run('listApiKeys', signalOf(settings)),
    listConnections: (settings = {}) => run('listConnections', pageInput(settings)),
    testConnection: (id, settings = {}) => run('testConnection', { params: { id }, ...signalOf(settings) }),
    usage: ({ from, to, team, ...settings } = {}) => run('usage', { query: { from, to, team }, ...signalOf(settings) }),
    agents: async (settings = {}) => (await run('listAgents', signalOf(settings))).agents,
    runs: createRuns(options),
  };
};

/** All items of a listing, page after page. */
export async function* allItems<T>(
  list: (options: { cursor?: string }) => Promise<{ items: T[]; nextCursor: string | null }>,
): AsyncGenerator<T, void, undefined> {
  for (let cursor: string | undefined; ;) {
    const page = await list(cursor === undefined ? {} : { cursor });
    yield* page.items;
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}

import { inspectToken } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';
import type { MaybeLater, Principal } from '../http/principal.ts';
import { findAccount } from '../identity/accounts.ts';
import type { Coherence } from '../store/coherence/coherence.ts';
import { hashToken } from './hash.ts';
import type { LastUsed } from './last-used.ts';
import { findRunPrincipal } from './run-token.ts';

/** Topic of the kept answers; keys are the tokens' hashes. */
export const TOKEN_TOPIC = 'token';

type Db = Kysely<Database>;

const RUN_PREFIX = 'mog_run_';

const holderOf = async (db: Db, row: { account_id: string; team_id: string | null }): Promise<{ email?: string } | undefined> => {
  if (row.team_id === null) return findAccount(db, row.account_id);
  const service = await db.selectFrom('service_account').select('id').where('id', '=', row.account_id).executeTakeFirst();
  return service && {};
};

const isOver = (expiresAt: number | null | undefined, now: number): boolean => typeof expiresAt === 'number' && expiresAt <= now;

const load = async (db: Db, token: string, hash: string, now: number): Promise<Principal | undefined> => {
  // The offline check spares the store what was mistyped or invented; a token that is kept in memory has passed it.
  if (!inspectToken(token).possible) return undefined;
  const row = await db
    .selectFrom('token')
    .select(['id', 'account_id', 'team_id', 'name', 'scopes', 'expires_at', 'revoked_at'])
    .where('hash', '=', hash)
    .where('kind', '=', 'personal')
    .executeTakeFirst();
  if (!row || row.revoked_at !== null || isOver(row.expires_at, now)) return undefined;
  const holder = await holderOf(db, row);
  if (!holder) return undefined;
  return {
    kind: 'personal',
    accountId: row.account_id,
    ...(holder.email === undefined ? {} : { email: holder.email }),
    ...(row.team_id === null ? {} : { teamId: row.team_id }),
    tokenId: row.id,
    name: row.name,
    scopes: new Set(row.scopes.split(' ') as ('read' | 'write')[]),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
  };
};

/** A client sends the same token over and over on one connection: its hash is made once, and forgotten with the connection. */
const hashes = new WeakMap<object, { token: string; hash: string }>();

const hashOn = (connection: object, token: string): string => {
  const last = hashes.get(connection);
  if (last?.token === token) return last.hash;
  const hash = hashToken(token);
  hashes.set(connection, { token, hash });
  return hash;
};

/**
 * Finds whom a token acts for. The answer is kept in memory until the token, or something about its holder, changes on any
 * server; expiry is looked at each time.
 *
 * @returns undefined for a token that is unknown, expired or revoked.
 */
export const createVerifier =
  (db: Db, coherence: Coherence, lastUsed: LastUsed, now: () => number) =>
  (token: string, connection: object): MaybeLater<Principal | undefined> => {
    const hash = hashOn(connection, token);
    // A run's token ends with its run, on all servers at once: what it may do is never answered from memory.
    if (token.startsWith(RUN_PREFIX)) return inspectToken(token).possible ? findRunPrincipal(db, hash, now()) : undefined;
    const at = now();
    const use = (principal: Principal | undefined): MaybeLater<Principal | undefined> => {
      if (!principal) return undefined;
      // An expired token costs the same look-up as an unknown or revoked one, so that time does not tell them apart.
      if (isOver(principal.expiresAt, at)) return load(db, token, hash, at);
      lastUsed.touch(principal.tokenId);
      return principal;
    };
    const found = coherence.cached(TOKEN_TOPIC, hash, () => load(db, token, hash, at));
    return found instanceof Promise ? found.then(use) : use(found);
  };

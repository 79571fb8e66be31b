import type { Kysely } from 'kysely';
import type { Principal } from '../http/principal.ts';
import type { Database } from '../store/schema.ts';
import type { Identity } from './context.ts';

const READ_WRITE: ReadonlySet<'read' | 'write'> = new Set(['read', 'write'] as const);

/**
 * The person behind a browser's cookies.
 *
 * @param cookie the `Cookie` header.
 * @returns undefined for a cookie that is forged, unknown, expired or revoked.
 */
export const principalFromSession = async (auth: Identity['auth'], cookie: string): Promise<Principal | undefined> => {
  if (!cookie.includes('session_token=')) return undefined;
  const { api } = await auth();
  const found = await api.getSession({ headers: new Headers({ cookie }), query: { disableRefresh: true, disableCookieCache: true } });
  if (found === null) return undefined;
  const { user, session } = found;
  return {
    kind: 'session',
    accountId: user.id,
    email: user.email,
    tokenId: session.id,
    name: 'browser session',
    scopes: READ_WRITE,
    expiresAt: session.expiresAt.getTime(),
    authenticatedAt: session.createdAt.getTime(),
  };
};

/** Ends a browser session of a person. Returns whether there was one. */
export const endSession = async (db: Kysely<Database>, sessionId: string, owner: string): Promise<boolean> => {
  const result = await db.deleteFrom('session').where('id', '=', sessionId).where('userId', '=', owner).executeTakeFirst();
  return Number(result.numDeletedRows) > 0;
};

/** Ends every browser session of a person but `keep`. Returns how many. */
export const endOtherSessions = async (db: Kysely<Database>, owner: string, keep: string): Promise<number> => {
  const result = await db.deleteFrom('session').where('userId', '=', owner).where('id', '!=', keep).executeTakeFirst();
  return Number(result.numDeletedRows);
};

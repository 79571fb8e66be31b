import type { Secret } from '@mogplex/credentials';
import type { Kysely } from 'kysely';
import type { GitHubTokens } from '../github/api.ts';
import type { Database } from '../store/schema.ts';
import type { Store } from '../store/open.ts';
import type { SealedText } from '../store/sealer.ts';
import { sha256 } from './oauth/context.ts';

/** The GitHub account that a person linked, with its tokens. */
export interface GitHubLink {
  /** Id of the row; it stays the same while the link stands. */
  row: string;
  accountId: string;
  accessToken: Secret;
  refreshToken?: Secret;
  /** Milliseconds; absent: it does not expire. */
  expiresAt?: number;
  /** Scopes that were granted when it was linked, as GitHub names them. Empty for a GitHub App. */
  scopes: ReadonlySet<string>;
  /** Another one with every new token, and no secret. */
  fingerprint: string;
  /** GitHub refused the token that is in use. */
  broken: boolean;
}

const placeOf = (row: string, column: string, owner: string) => ({ table: 'account', row, column, owner });

const timeOf = (text: string | null): number | undefined => (text === null ? undefined : Date.parse(text));

/** The GitHub account that this account is linked to; undefined where there is none. */
export const readGitHubLink = async ({ db, sealer }: Pick<Store, 'db' | 'sealer'>, accountId: string): Promise<GitHubLink | undefined> => {
  const row = await db
    .selectFrom('account')
    .leftJoin('github_link', 'github_link.account_row', 'account.id')
    .selectAll('account')
    .select('github_link.refused_token')
    .where('userId', '=', accountId)
    .where('providerId', '=', 'github')
    .orderBy('account.createdAt')
    .executeTakeFirst();
  if (row?.accessToken === undefined || row.accessToken === null) return undefined;
  const open = (column: 'accessToken' | 'refreshToken', text: SealedText): Secret => sealer.open(placeOf(row.id, column, accountId), text);
  const fingerprint = sha256(row.accessToken);
  const expiresAt = timeOf(row.accessTokenExpiresAt);
  return {
    row: row.id,
    accountId,
    accessToken: open('accessToken', row.accessToken),
    ...(row.refreshToken === null ? {} : { refreshToken: open('refreshToken', row.refreshToken) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    scopes: new Set((row.scope ?? '').split(/[\s,]+/).filter(Boolean)),
    fingerprint,
    broken: row.refused_token === fingerprint,
  };
};

/** Notes that GitHub refused the token in use: the link is broken until it is made anew. */
export const noteRefusal = async (db: Kysely<Database>, { row, fingerprint }: GitHubLink): Promise<void> => {
  await db
    .insertInto('github_link')
    .values({ account_row: row, refused_token: fingerprint, refreshing_until: 0 })
    .onConflict((conflict) => conflict.column('account_row').doUpdateSet({ refused_token: fingerprint }))
    .execute();
};

/**
 * Claims the right to refresh a link's tokens: a refresh token is good once, so that one server at a time may use it.
 *
 * @param until milliseconds: when the claim ends by itself, because its server died.
 * @returns false while another server holds it.
 */
export const claimRefresh = async (db: Kysely<Database>, { row }: GitHubLink, now: number, until: number): Promise<boolean> => {
  await db
    .insertInto('github_link')
    .values({ account_row: row, refused_token: null, refreshing_until: 0 })
    .onConflict((conflict) => conflict.column('account_row').doNothing())
    .execute();
  const claimed = await db
    .updateTable('github_link')
    .set({ refreshing_until: until })
    .where('account_row', '=', row)
    .where('refreshing_until', '<=', now)
    .executeTakeFirst();
  return Number(claimed.numUpdatedRows) > 0;
};

/** Gives the claim back. */
export const endRefresh = async (db: Kysely<Database>, { row }: GitHubLink): Promise<void> => {
  await db.updateTable('github_link').set({ refreshing_until: 0 }).where('account_row', '=', row).execute();
};

/** Seals and stores new tokens of a link. */
export const storeTokens = async (
  { db, sealer }: Pick<Store, 'db' | 'sealer'>,
  { row, accountId }: GitHubLink,
  tokens: GitHubTokens,
  now: number,
): Promise<void> => {
  const seal = (column: string, secret: Secret): SealedText => sealer.seal(placeOf(row, column, accountId), secret);
  const date = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
  await db
    .updateTable('account')
    .set({
      accessToken: seal('accessToken', tokens.accessToken),
      accessTokenExpiresAt: date(tokens.expiresAt),
      ...(tokens.refreshToken && {
        refreshToken: seal('refreshToken', tokens.refreshToken),
        refreshTokenExpiresAt: date(tokens.refreshExpiresAt),
      }),
      updatedAt: new Date(now).toISOString(),
    })
    .where('id', '=', row)
    .execute();
};

import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import type { Kysely, Selectable } from 'kysely';
import { type AuthorizationServer, type Client, type ClientAuth, ClientSecretBasic, ClientSecretPost, None } from 'oauth4webapi';
import { z } from 'zod';
import type { Database } from '../../store/schema.ts';
import type { Sealer } from '../../store/sealer.ts';
import type { ConnectionTables } from '../tables.ts';

export type OAuthRow = Selectable<ConnectionTables['connection_oauth']>;

/** What an authorization server gave. Times are milliseconds. */
export interface Grant {
  accessToken: Secret;
  refreshToken: Secret | undefined;
  expiresAt: number | null;
}

const stored = z.object({ accessToken: z.string(), refreshToken: z.string().optional() });

const placeOf = ({ id, team_id: owner }: Pick<OAuthRow, 'id' | 'team_id'>, column: 'sealed_grant' | 'sealed_client_secret') => ({
  table: 'connection_oauth',
  row: id,
  column,
  owner,
});

const notConnected = (status: OAuthRow['status']): MogplexError =>
  new MogplexError(
    'unauthenticated',
    status === 'reconnect' ? 'its server has ended what was approved: connect it again' : 'nobody has connected it yet',
    { boundary: 'connection', hint: 'Connect it in Settings > Connections.' },
  );

/** The OAuth side of a connection. @throws MogplexError `unauthenticated` where there is none. */
export const readOAuth = async (db: Kysely<Database>, id: string): Promise<OAuthRow> => {
  const row = await db.selectFrom('connection_oauth').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notConnected('not_connected');
  return row;
};

/** Opens what was granted. @throws MogplexError `unauthenticated` where nothing is, `damaged` when it does not open. */
export const openGrant = (sealer: Sealer, row: OAuthRow): Grant => {
  if (row.status !== 'connected' || row.sealed_grant === null) throw notConnected(row.status);
  const { accessToken, refreshToken } = stored.parse(JSON.parse(sealer.open(placeOf(row, 'sealed_grant'), row.sealed_grant).reveal()));
  return {
    accessToken: new Secret(accessToken, 'connection/access-token'),
    refreshToken: refreshToken === undefined ? undefined : new Secret(refreshToken, 'connection/refresh-token'),
    expiresAt: row.expires_at,
  };
};

/** The columns of a fresh grant. */
export const sealGrant = (sealer: Sealer, row: Pick<OAuthRow, 'id' | 'team_id'>, { accessToken, refreshToken, expiresAt }: Grant) => {
  const text = JSON.stringify({ accessToken: accessToken.reveal(), ...(refreshToken ? { refreshToken: refreshToken.reveal() } : {}) });
  return {
    status: 'connected' as const,
    sealed_grant: sealer.seal(placeOf(row, 'sealed_grant'), new Secret(text, 'connection/grant')),
    expires_at: expiresAt,
    renewing_until: 0,
  };
};

/** The answer of a token endpoint as a grant. `before`: the refresh token that goes on when no new one came. */
export const grantOf = (
  answer: { access_token: string; token_type: string; refresh_token?: string | undefined; expires_in?: number | undefined },
  now: number,
  before?: Secret,
): Grant => {
  if (answer.token_type.toLowerCase() !== 'bearer') {
    throw new MogplexError('upstream_error', 'the authorization server gives tokens of an unknown kind', { boundary: 'connection' });
  }
  return {
    accessToken: new Secret(answer.access_token, 'connection/access-token'),
    refreshToken: answer.refresh_token === undefined ? before : new Secret(answer.refresh_token, 'connection/refresh-token'),
    expiresAt: answer.expires_in === undefined ? null : now + answer.expires_in * 1_000,
  };
};

/** Seals the secret of a client that a server registered. */
export const sealClientSecret = (sealer: Sealer, row: Pick<OAuthRow, 'id' | 'team_id'>, secret: string) =>
  sealer.seal(placeOf(row, 'sealed_client_secret'), new Secret(secret, 'connection/client'));

const serverShape = z.looseObject({ issuer: z.string() });

/** The server and the client of a connection for which a flow was begun. @throws MogplexError `unauthenticated` where none was. */
export const partiesOf = (sealer: Sealer, row: OAuthRow): { server: AuthorizationServer; client: Client; clientAuth: ClientAuth } => {
  if (row.server === null || row.client_id === null) throw notConnected(row.status);
  const server = serverShape.parse(JSON.parse(row.server)) as AuthorizationServer;
  return { server, client: { client_id: row.client_id }, clientAuth: clientAuthOf(sealer, row, server) };
};

/** The authorization server that a connection was last approved at, or began to be; undefined where there was none. */
export const issuerOf = ({ server }: OAuthRow): string | undefined =>
  server === null ? undefined : serverShape.parse(JSON.parse(server)).issuer;

const clientAuthOf = (sealer: Sealer, row: OAuthRow, server: AuthorizationServer): ClientAuth => {
  if (row.sealed_client_secret === null) return None();
  const secret = sealer.open(placeOf(row, 'sealed_client_secret'), row.sealed_client_secret).reveal();
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret);
};

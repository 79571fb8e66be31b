import { createHash } from 'node:crypto';
import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import {
  authorizationCodeGrantRequest,
  AuthorizationResponseError,
  type AuthorizationServer,
  calculatePKCECodeChallenge,
  dynamicClientRegistrationRequest,
  generateRandomCodeVerifier,
  generateRandomState,
  processAuthorizationCodeResponse,
  processDynamicClientRegistrationResponse,
  skipStateCheck,
  validateAuthResponse,
} from 'oauth4webapi';
import type { Principal } from '../../http/principal.ts';
import type { Platform } from '../../platform.ts';
import type { ConnectionRow } from '../tables.ts';
import { discoverTokenSource } from './discover.ts';
import { grantOf, issuerOf, type OAuthRow, partiesOf, readOAuth, sealClientSecret, sealGrant } from './grant.ts';
import { type OAuthParts, type OAuthTransport, withOAuth } from './transport.ts';

type Context = Pick<Platform, 'store' | 'now' | 'publicUrl'>;

/** The columns of a connection whose grant is forgotten. */
const NO_GRANT = { status: 'not_connected', sealed_grant: null, expires_at: null, renewing_until: 0 } as const;

/** Milliseconds that a person has to approve. */
const FLOW_TTL = 10 * 60_000;

/** Where the authorization server sends the person back to: a page of ours, which then ends the flow by itself. */
export const returnAddress = (publicUrl: string): string => `${publicUrl}/settings/connections/return`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const verifierPlace = (id: string, owner: string) => ({ table: 'connection_oauth_flow', row: id, column: 'sealed_verifier', owner });

const ended = (): MogplexError =>
  new MogplexError('gone', 'this approval was used, has expired, or was begun in another browser', {
    boundary: 'connection',
    hint: 'Connect it again.',
  });

/** Registers a client by itself where the server lets it (RFC 7591). */
const register = async (server: AuthorizationServer, publicUrl: string, scope: string | undefined, { request }: OAuthTransport) => {
  if (server.registration_endpoint === undefined) {
    throw new MogplexError('invalid_request', 'the authorization server registers no client by itself', {
      boundary: 'connection',
      hint: `Register one by hand with the return address ${returnAddress(publicUrl)}, and enter its client id.`,
    });
  }
  const metadata = {
    client_name: 'Mogplex',
    client_uri: publicUrl,
    redirect_uris: [returnAddress(publicUrl)],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    ...(scope === undefined ? {} : { scope }),
  };
  return await processDynamicClientRegistrationResponse(await dynamicClientRegistrationRequest(server, metadata, request));
};

/** What was granted, and a secret that a person entered, belong to one server: another one never gets to see them. */
const movedFrom = (row: OAuthRow, server: AuthorizationServer): boolean => {
  const issuer = issuerOf(row);
  return issuer !== undefined && issuer !== server.issuer;
};

/** The client columns for a server: the one that stands there, or a new one where the server is another than before. */
const clientFor = async (
  { store, publicUrl }: Context,
  row: OAuthRow,
  server: AuthorizationServer,
  scope: string | undefined,
  transport: OAuthTransport,
): Promise<Pick<OAuthRow, 'client_id' | 'sealed_client_secret' | 'registered'>> => {
  const moved = movedFrom(row, server);
  if (moved && row.registered === 0 && row.sealed_client_secret !== null) {
    throw new MogplexError('invalid_request', 'the connection names another authorization server than before', {
      boundary: 'connection',
      hint: 'If that is meant, enter the client id and its secret again.',
    });
  }
  if (row.client_id !== null && (row.registered === 0 || !moved)) {
    return { client_id: row.client_id, sealed_client_secret: row.sealed_client_secret, registered: row.registered };
  }
  const { client_id: clientId, client_secret: secret } = await register(server, publicUrl, scope, transport);
  return {
    client_id: clientId,
    sealed_client_secret: typeof secret === 'string' ? sealClientSecret(store.sealer, row, secret) : null,
    registered: 1,
  };
};

/**
 * Begins an approval: finds the authorization server, registers a client where none is, and makes the address where a person approves
 * (RFC 6749 section 4.1, RFC 7636, RFC 8707).
 *
 * @returns the address; it is good for ten minutes, once, and in the browser session that asked for it.
 * @throws MogplexError boundary `connection`.
 */
export const beginApproval = (context: Context, parts: OAuthParts, row: ConnectionRow, by: Principal): Promise<string> =>
  withOAuth(parts, 'the authorization server', async (transport) => {
    const { store, now, publicUrl } = context;
    const oauth = await readOAuth(store.db, row.id);
    const source = await discoverTokenSource(new URL(row.url), transport);
    const scope = oauth.scope ?? source.scope;
    const client = await clientFor(context, oauth, source.server, scope, transport);
    const [state, verifier] = [generateRandomState(), generateRandomCodeVerifier()];
    const id = sha256(state);
    const moved = movedFrom(oauth, source.server);
    await store.db.transaction().execute(async (trx) => {
      const { server, resource } = source;
      await trx
        .updateTable('connection_oauth')
        .set((eb) => ({
          ...client,
          server: JSON.stringify(server),
          resource,
          ...(moved ? { ...NO_GRANT, version: eb('version', '+', 1) } : {}),
        }))
        .where('id', '=', row.id)
        .execute();
      await trx.deleteFrom('connection_oauth_flow').where('expires_at', '<=', now()).execute();
      // What was begun at the former server cannot end at this one.
      if (moved) await trx.deleteFrom('connection_oauth_flow').where('connection_id', '=', row.id).execute();
      await trx
        .insertInto('connection_oauth_flow')
        .values({
          id,
          connection_id: row.id,
          team_id: row.team_id,
          account_id: by.accountId,
          session_id: by.tokenId,
          sealed_verifier: store.sealer.seal(verifierPlace(id, row.team_id), new Secret(verifier, 'connection/verifier')),
          expires_at: now() + FLOW_TTL,
        })
        .execute();
    });
    const address = new URL(source.server.authorization_endpoint ?? '');
    const query = {
      response_type: 'code',
      client_id: client.client_id ?? '',
      redirect_uri: returnAddress(publicUrl),
      state,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      resource: source.resource,
      ...(scope === undefined ? {} : { scope }),
    };
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    return address.href;
  });

/** An approval that came back: which connection it is for, and what it is spent with. */
export interface Returned {
  connectionId: string;
  verifier: Secret;
}

/**
 * Spends the state of an approval: once, in time, and only in the browser session that began it.
 *
 * @throws MogplexError `gone`.
 */
export const spendState = async ({ store, now }: Context, state: string, by: Principal): Promise<Returned> => {
  const flow = await store.db
    .deleteFrom('connection_oauth_flow')
    .where('id', '=', sha256(state))
    .where('session_id', '=', by.tokenId)
    .where('account_id', '=', by.accountId)
    .where('expires_at', '>', now())
    .returningAll()
    .executeTakeFirst();
  if (!flow) throw ended();
  return {
    connectionId: flow.connection_id,
    verifier: store.sealer.open(verifierPlace(flow.id, flow.team_id), flow.sealed_verifier),
  };
};

/** Tells a person's refusal from everything else that an answer can be. */
const approved = <T>(validate: () => T): T => {
  try {
    return validate();
  } catch (error) {
    if (!(error instanceof AuthorizationResponseError)) throw error;
    const denied = error.error === 'access_denied';
    throw new MogplexError('forbidden', denied ? 'the approval was refused there' : 'the authorization server refused the request', {
      boundary: 'connection',
      cause: error,
    });
  }
};

/**
 * Ends an approval: the code is spent for tokens, which are sealed before anybody uses them.
 *
 * @param answer the query that the authorization server sent the person back with.
 * @throws MogplexError boundary `connection`.
 */
export const finishApproval = (
  context: Context,
  parts: OAuthParts,
  row: ConnectionRow,
  answer: URLSearchParams,
  verifier: Secret,
): Promise<void> =>
  withOAuth(parts, 'the authorization server', async ({ request }) => {
    const { store, now, publicUrl } = context;
    const oauth = await readOAuth(store.db, row.id);
    const { server, client, clientAuth } = partiesOf(store.sealer, oauth);
    // The state was spent already, with the session that it belongs to.
    const checked = approved(() => validateAuthResponse(server, client, answer, skipStateCheck));
    const response = await authorizationCodeGrantRequest(server, client, clientAuth, checked, returnAddress(publicUrl), verifier.reveal(), {
      ...request,
      ...(oauth.resource === null ? {} : { additionalParameters: { resource: oauth.resource } }),
    });
    const grant = grantOf(await processAuthorizationCodeResponse(server, client, response), now());
    await store.db
      .updateTable('connection_oauth')
      .set((eb) => ({ ...sealGrant(store.sealer, oauth, grant), version: eb('version', '+', 1) }))
      .where('id', '=', row.id)
      .execute();
  });

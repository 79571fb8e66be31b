import { MogplexError } from '@mogplex/protocol';
import { type AuthorizationServer, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi';
import { z } from 'zod';
import type { OAuthTransport } from './transport.ts';

/** Where tokens for a connection come from. */
export interface TokenSource {
  server: AuthorizationServer;
  /** What tokens are asked for (RFC 8707). */
  resource: string;
  /** Scopes that the resource names; undefined: none. */
  scope: string | undefined;
}

const resourceMetadata = z.object({
  resource: z.url(),
  authorization_servers: z.array(z.url()).min(1),
  scopes_supported: z.array(z.string()).max(100).optional(),
});

type ResourceMetadata = z.output<typeof resourceMetadata>;

const wrong = (message: string): MogplexError => new MogplexError('upstream_error', message, { boundary: 'connection' });

/** Whether metadata speaks for an address: same origin, and its path is the address's or stands above it. */
const covers = (resource: string, url: URL): boolean => {
  const { origin, pathname } = new URL(resource);
  const slash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);
  return origin === url.origin && slash(url.pathname).startsWith(slash(pathname));
};

const parameter = (header: string, name: string): string | undefined =>
  new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(header)?.[1] ?? new RegExp(`\\b${name}=([^\\s,"]+)`, 'i').exec(header)?.[1];

/** What the server itself says when it is asked without a token (RFC 9728 section 5.1). */
const challengeOf = async (url: URL, { fetch: send }: OAuthTransport): Promise<{ metadata?: string; scope?: string }> => {
  const response = await send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  });
  await response.body?.cancel();
  const header = response.headers.get('www-authenticate') ?? '';
  const [metadata, scope] = [parameter(header, 'resource_metadata'), parameter(header, 'scope')];
  return { ...(metadata !== undefined && URL.canParse(metadata) ? { metadata } : {}), ...(scope === undefined ? {} : { scope }) };
};

const readMetadata = async (address: string, url: URL, { fetch: send }: OAuthTransport): Promise<ResourceMetadata | undefined> => {
  const response = await send(address, { headers: { accept: 'application/json' } });
  if (response.status !== 200) {
    await response.body?.cancel();
    return undefined;
  }
  const parsed = resourceMetadata.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) return undefined;
  if (!covers(parsed.data.resource, url)) throw wrong('the metadata of the server speaks for another resource');
  return parsed.data;
};

/** The three places where metadata of an authorization server stands (RFC 8414 section 3.1, OpenID Connect Discovery section 4). */
const serverOf = async (issuer: URL, transport: OAuthTransport): Promise<AuthorizationServer> => {
  for (const algorithm of ['oauth2', 'oidc'] as const) {
    const response = await discoveryRequest(issuer, { ...transport.request, algorithm });
    if (response.status === 200) return await processDiscoveryResponse(issuer, response);
    await response.body?.cancel();
  }
  throw wrong('the server names no authorization server that can be found');
};

const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'registration_endpoint'] as const;

const checked = (server: AuthorizationServer, insecure: boolean): AuthorizationServer => {
  for (const name of ENDPOINTS) {
    const value = server[name];
    if (value === undefined && name === 'registration_endpoint') continue;
    const protocol = URL.canParse(value ?? '') ? new URL(value ?? '').protocol : '';
    if (protocol !== 'https:' && !(insecure && protocol === 'http:')) throw wrong(`the authorization server has no usable ${name}`);
  }
  if (server.code_challenge_methods_supported?.includes('S256') !== true)
    throw wrong('the authorization server does not offer PKCE with S256');
  return server;
};

/**
 * Finds the authorization server of a connection as the authorization section of the Model Context Protocol says: the `401` of the
 * server, else its well-known addresses (RFC 9728), else the server's own origin; then the metadata of the authorization server.
 *
 * @throws MogplexError `upstream_error` when there is none, or one without PKCE.
 */
export const discoverTokenSource = async (url: URL, transport: OAuthTransport): Promise<TokenSource> => {
  const challenge = await challengeOf(url, transport);
  const wellKnown = `${url.origin}/.well-known/oauth-protected-resource`;
  const places = [challenge.metadata, `${wellKnown}${url.pathname === '/' ? '' : url.pathname}`, wellKnown];
  let metadata: ResourceMetadata | undefined;
  for (const place of new Set(places)) if (place !== undefined) metadata ??= await readMetadata(place, url, transport);
  const server = await serverOf(new URL(metadata?.authorization_servers[0] ?? url.origin), transport);
  return {
    server: checked(server, transport.insecure),
    resource: metadata?.resource ?? url.href,
    scope: challenge.scope ?? metadata?.scopes_supported?.join(' '),
  };
};

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An authorization server outside the building: metadata, registration, PKCE, rotation with detection of reuse. */
export interface OAuthService {
  issuer: string;
  /** Metadata of a protected resource that it issues tokens for (RFC 9728). */
  resourceMetadata(resource: string): object;
  /** Follows an authorization address as a person who approves, and gives the address that they are sent back to. */
  approve(address: string): Promise<URL>;
  admits(authorization: string | undefined): boolean;
  /** Ends every access token at once, as time does. */
  expireAccess(): void;
  /** Ends every grant. */
  revokeAll(): void;
  /** Every token, code and secret that it gave out. */
  given: string[];
  registered: Record<string, unknown>[];
  tokenRequests: URLSearchParams[];
  close(): Promise<void>;
}

interface Code {
  challenge: string;
  client: string;
  redirect: string;
  resource: string | null;
}

const random = (prefix: string): string => `${prefix}${randomBytes(24).toString('base64url')}`;

const bodyOf = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const json = (outgoing: ServerResponse, status: number, body: object): void => {
  outgoing.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
};

/** Starts the service on a free port of 127.0.0.1. `lifetime`: seconds of an access token. `delay`: milliseconds of a refresh. */
export const startOAuthService = async ({ lifetime = 3_600, delay = 0, pkce = true } = {}): Promise<OAuthService> => {
  const codes = new Map<string, Code>();
  const access = new Set<string>();
  const refresh = new Set<string>();
  const given: string[] = [];
  const registered: Record<string, unknown>[] = [];
  const tokenRequests: URLSearchParams[] = [];
  let issuer = '';

  const issue = (outgoing: ServerResponse): void => {
    const [a, r] = [random('CANARY-at-'), random('CANARY-rt-')];
    access.add(a);
    refresh.add(r);
    given.push(a, r);
    json(outgoing, 200, { access_token: a, token_type: 'Bearer', expires_in: lifetime, refresh_token: r });
  };
  const token = async (outgoing: ServerResponse, form: URLSearchParams): Promise<void> => {
    tokenRequests.push(form);
    if (form.get('grant_type') === 'refresh_token') {
      await new Promise((resolve) => void setTimeout(resolve, delay));
      if (refresh.delete(form.get('refresh_token') ?? '')) return issue(outgoing);
      // A refresh token that comes twice was stolen: everything ends.
      access.clear();
      refresh.clear();
      return json(outgoing, 400, { error: 'invalid_grant' });
    }
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fits = code?.challenge === challenge && code.redirect === form.get('redirect_uri') && code.resource === form.get('resource');
    return fits ? issue(outgoing) : json(outgoing, 400, { error: 'invalid_grant' });
  };
  const authorize = (outgoing: ServerResponse, query: URLSearchParams): void => {
    const back = new URL(query.get('redirect_uri') ?? '');
    const code = random('CANARY-code-');
    given.push(code);
    codes.set(code, {
      challenge: query.get('code_challenge') ?? '',
      client: query.get('client_id') ?? '',
      redirect: back.href,
      resource: query.get('resource'),
    });
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    back.searchParams.set('iss', issuer);
    outgoing.writeHead(302, { location: back.href }).end();
  };
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', issuer);
    switch (url.pathname) {
      case '/.well-known/oauth-authorization-server':
        return json(outgoing, 200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          registration_endpoint: `${issuer}/register`,
          response_types_supported: ['code'],
          authorization_response_iss_parameter_supported: true,
          ...(pkce ? { code_challenge_methods_supported: ['S256'] } : {}),
        });
      case '/register': {
        const metadata = JSON.parse(await bodyOf(incoming)) as Record<string, unknown>;
        registered.push(metadata);
        return json(outgoing, 201, { ...metadata, client_id: `client-${registered.length}` });
      }
      case '/authorize':
        return authorize(outgoing, url.searchParams);
      case '/token':
        return token(outgoing, new URLSearchParams(await bodyOf(incoming)));
      default:
        return void outgoing.writeHead(404).end();
    }
  };
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    resourceMetadata: (resource) => ({ resource, authorization_servers: [issuer], scopes_supported: ['tools'] }),
    approve: async (address) => new URL((await fetch(address, { redirect: 'manual' })).headers.get('location') ?? ''),
    admits: (authorization = '') => access.has(authorization.replace(/^Bearer /, '')),
    expireAccess: () => access.clear(),
    revokeAll: () => {
      access.clear();
      refresh.clear();
    },
    given,
    registered,
    tokenRequests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

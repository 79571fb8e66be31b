import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** What the token endpoint does to the next request, instead of answering as it should. */
export type TokenFault =
  /** Never answers; the request is not acted upon. */
  | { kind: 'hang' }
  /** Acts, and answers after so many ms. */
  | { kind: 'late'; ms: number }
  /** Answers this status with a body that repeats the request; does not act. */
  | { kind: 'status'; status: number }
  /** Acts, then drops the connection. */
  | { kind: 'drop-after' }
  /** Drops the connection before anything happens. */
  | { kind: 'drop-before' }
  /** Acts, and changes the JSON of the answer. */
  | { kind: 'rewrite'; status?: number; rewrite: (body: Record<string, unknown>) => Record<string, unknown> };

export interface StrictServer {
  issuer: string;
  clientId: string;
  /** Faults for the next token requests, first in, first out. */
  faults: TokenFault[];
  /** Method and path of every request, oldest first. */
  requests: string[];
  /** Refreshes that were granted. */
  refreshed(): number;
  /** Times that a refresh token was used twice and everything of its login was revoked. */
  reuses(): number;
  close(): Promise<void>;
}

export interface StrictServerOptions {
  port?: number;
  /** Seconds that an access token lives, 3600 when not given. */
  accessTokenSeconds?: number;
  redirectUris?: readonly string[];
  /** Paths that a service has of its own, by the path here that answers them. */
  paths?: Readonly<Record<string, string>>;
}

const CLIENT_ID = 'moxxy-test';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const configuration = (options: StrictServerOptions): object => ({
  clients: [
    {
      client_id: CLIENT_ID,
      client_name: 'Moxxy',
      application_type: 'native',
      // A loopback address with any port (RFC 8252 section 7.3).
      token_endpoint_auth_method: 'none',
      redirect_uris: options.redirectUris ?? ['http://localhost:8765/callback', 'http://localhost/callback', 'http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token', DEVICE_GRANT],
      response_types: ['code'],
    },
  ],
  pkce: { required: () => true },
  rotateRefreshToken: () => true,
  issueRefreshToken: (_: unknown, client: { grantTypeAllowed(type: string): boolean }) => client.grantTypeAllowed('refresh_token'),
  features: { devInteractions: { enabled: true }, deviceFlow: { enabled: true }, revocation: { enabled: true } },
  scopes: ['openid', 'email', 'inference-api', 'ai_features'],
  claims: { openid: ['sub'], email: ['email'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['for tests'] },
  ttl: {
    AccessToken: options.accessTokenSeconds ?? 3600,
    RefreshToken: 24 * 3600,
    Grant: 24 * 3600,
    Session: 24 * 3600,
    Interaction: 3600,
    IdToken: 3600,
    DeviceCode: 600,
  },
  findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.test` }) }),
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** Lets the server act, and does something else with what it wanted to send. */
const intercept = (response: ServerResponse, deliver: (body: string, send: (body: string) => void) => void): void => {
  const end = response.end.bind(response) as (body: string) => ServerResponse;
  response.end = ((body: unknown) => {
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body.toString() : '';
    deliver(text, (changed) => {
      response.removeHeader('content-length');
      end(changed);
    });
    return response;
  }) as ServerResponse['end'];
};

const apply = async (fault: TokenFault, request: IncomingMessage, response: ServerResponse): Promise<'answered' | 'go on'> => {
  switch (fault.kind) {
    case 'hang':
      return 'answered';
    case 'drop-before':
      request.socket.destroy();
      return 'answered';
    case 'status': {
      const body = await bodyOf(request);
      response.writeHead(fault.status, { 'content-type': 'text/html' }).end(`<h1>\u001b[31mtrouble</h1> ${body}`);
      return 'answered';
    }
    case 'late':
      intercept(response, (body, send) => setTimeout(send, fault.ms, body));
      return 'go on';
    case 'drop-after':
      intercept(response, () => request.socket.destroy());
      return 'go on';
    case 'rewrite':
      intercept(response, (body, send) => {
        response.statusCode = fault.status ?? response.statusCode;
        send(JSON.stringify(fault.rewrite(JSON.parse(body) as Record<string, unknown>)));
      });
      return 'go on';
  }
};

const listen = async (server: Server, port: number): Promise<number> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** The server explains its defaults on the console at length; what a test says there stays. */
const hushServer = (): void => {
  for (const level of ['info', 'warn'] as const) {
    const say = console[level].bind(console);
    console[level] = (...parts: unknown[]) => {
      if (!String(parts[0]).includes('oidc-provider')) say(...parts);
    };
  }
};

hushServer();

/**
 * A strict authorization server that nobody here wrote (oidc-provider) on loopback: PKCE required, refresh tokens that
 * work once, reuse revokes the whole login; with faults in front of its token endpoint.
 */
export const startStrictServer = async (options: StrictServerOptions = {}): Promise<StrictServer> => {
  const faults: TokenFault[] = [];
  const requests: string[] = [];
  let refreshed = 0;
  let reuses = 0;
  let handle: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
  const server = createServer((request, response) => {
    const [path = '', query] = request.url?.split('?') ?? [];
    requests.push(`${request.method} ${path}`);
    const own = options.paths?.[path];
    if (own !== undefined) request.url = query === undefined ? own : `${own}?${query}`;
    const answer = async (): Promise<void> => {
      const fault = request.method === 'POST' && request.url === '/token' ? faults.shift() : undefined;
      if (fault && (await apply(fault, request, response)) === 'answered') return;
      await handle?.(request, response);
    };
    answer().catch(() => response.destroy());
  });
  const port = await listen(server, options.port ?? 0);
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, configuration(options));
  provider.on('grant.success', (context) => {
    const { params } = (context as { oidc: { params: { grant_type?: string } } }).oidc;
    if (params.grant_type === 'refresh_token') refreshed++;
  });
  provider.on('grant.error', (_, error) => {
    if ((error as { error_detail?: string }).error_detail === 'refresh token already used') reuses++;
  });
  handle = provider.callback();
  return {
    issuer,
    clientId: CLIENT_ID,
    faults,
    requests,
    refreshed: () => refreshed,
    reuses: () => reuses,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A stand-in for the login and the Responses API of ChatGPT, on loopback, in their wire formats. */
export interface CodexService {
  url: string;
  /** Environment that moves the provider to it. */
  env: Record<string, string>;
  requests: SeenRequest[];
  /** Answers the next so many requests of the API with 401. */
  refuse(times: number): void;
  /** Ends everything of the login, as "log out everywhere" does. */
  endLogins(): void;
  /** The person enters the code and agrees. */
  agree(userCode: string): void;
  close(): Promise<void>;
}

const ACCOUNT_ID = 'account-7f3a';

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const events = (text: string): object[] => [
  { type: 'response.created', response: {} },
  { type: 'response.reasoning_summary_text.delta', delta: 'thinking' },
  ...text.split(/(?<= )/).map((delta) => ({ type: 'response.output_text.delta', delta })),
  { type: 'response.completed', response: { usage: { input_tokens: 12, output_tokens: 5 } } },
];

/** The state of one stand-in. */
class Service {
  url = '';
  refusals = 0;
  readonly access = new Set<string>();
  readonly refresh = new Set<string>();
  readonly spent = new Set<string>();
  readonly codes = new Map<string, string>();
  readonly devices = new Map<string, { userCode: string; agreed: boolean }>();

  endLogins(): void {
    this.access.clear();
    this.refresh.clear();
  }

  tokens(clientId: string): object {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.url,
      aud: clientId,
      sub: 'user-1',
      email: 'ada@example.test',
      iat: now,
      exp: now + 3600,
      'https://api.openai.com/auth': { chatgpt_account_id: ACCOUNT_ID },
    };
    const tokens = { access_token: `at-${randomUUID()}`, refresh_token: `rt-${randomUUID()}` };
    this.access.add(tokens.access_token);
    this.refresh.add(tokens.refresh_token);
    const idToken = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${part({})}`;
    return { ...tokens, id_token: idToken, token_type: 'Bearer', expires_in: 3600 };
  }

  answer({ method, path, headers, body }: SeenRequest, query: URLSearchParams, response: ServerResponse): void {
    switch (`${method} ${path}`) {
      case 'GET /oauth/authorize':
        this.authorize(query, response);
        return;
      case 'POST /oauth/token':
        this.token(new URLSearchParams(body), response);
        return;
      case 'POST /api/accounts/deviceauth/usercode':
        this.deviceCode(response);
        return;
      case 'POST /api/accounts/deviceauth/token':
        this.devicePoll(JSON.parse(body) as { device_auth_id: string }, response);
        return;
      case 'POST /backend-api/codex/responses':
        this.respond(headers, response);
        return;
      default:
        json(response, 404, {});
    }
  }

  authorize(query: URLSearchParams, response: ServerResponse): void {
    const code = randomUUID();
    this.codes.set(code, query.get('code_challenge') ?? '');
    const to = new URL(query.get('redirect_uri') ?? '');
    to.searchParams.set('code', code);
    to.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: to.href }).end();
  }

  token(form: URLSearchParams, response: ServerResponse): void {
    const clientId = form.get('client_id') ?? '';
    if (form.get('grant_type') === 'refresh_token') {
      const token = form.get('refresh_token') ?? '';
      if (this.spent.has(token)) this.endLogins();
      if (!this.refresh.delete(token)) return json(response, 400, { error: 'invalid_grant', error_description: 'refresh_token_reused' });
      this.spent.add(token);
      return json(response, 200, this.tokens(clientId));
    }
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const code = form.get('code') ?? '';
    if (this.codes.get(code) !== challenge) return json(response, 400, { error: 'invalid_grant' });
    this.codes.delete(code);
    return json(response, 200, this.tokens(clientId));
  }

  deviceCode(response: ServerResponse): void {
    const id = randomUUID();
    const userCode = 'CODE-12345';
    this.devices.set(id, { userCode, agreed: false });
    json(response, 200, { device_auth_id: id, user_code: userCode, interval: '1' });
  }

  devicePoll({ device_auth_id: id }: { device_auth_id: string }, response: ServerResponse): void {
    if (this.devices.get(id)?.agreed !== true) return json(response, 403, { error: 'pending' });
    const verifier = randomUUID() + randomUUID();
    const code = randomUUID();
    this.codes.set(code, createHash('sha256').update(verifier).digest('base64url'));
    return json(response, 200, { authorization_code: code, code_verifier: verifier });
  }

  respond(headers: IncomingMessage['headers'], response: ServerResponse): void {
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    if (this.refusals > 0 || !this.access.has(token)) {
      this.refusals = Math.max(0, this.refusals - 1);
      return json(response, 401, { detail: `unknown token ${token}` });
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events('hello from a subscription')) response.write(`data: ${JSON.stringify(event)}\n\n`);
    response.end();
  }
}

export const startCodexService = async (): Promise<CodexService> => {
  const service = new Service();
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const handle = async (): Promise<void> => {
      const seen = { method: request.method ?? '', path: url.pathname, headers: request.headers, body: await bodyOf(request) };
      requests.push(seen);
      service.answer(seen, url.searchParams, response);
    };
    handle().catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: service.url,
    env: { OPENAI_CODEX_ISSUER: service.url, OPENAI_CODEX_BASE_URL: `${service.url}/backend-api/codex` },
    requests,
    refuse: (times) => void (service.refusals = times),
    endLogins: () => service.endLogins(),
    agree: (userCode) => {
      for (const device of service.devices.values()) if (device.userCode === userCode) device.agreed = true;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A token server with rotating single-use refresh tokens (RFC 9700 section 4.14.2): a token that is used twice ends the login for
 * good. Tokens are `<login>-<number>`.
 */
export interface TokenServer {
  url: string;
  /** The number of rotations of a login. */
  rotations(login: string): number;
  /** Logins that ended because a token came twice. */
  readonly ended: ReadonlySet<string>;
  /** Makes a login and returns its first refresh token. */
  issue(login: string): string;
}

export async function startTokenServer(): Promise<TokenServer> {
  const current = new Map<string, number>();
  const ended = new Set<string>();
  const rotate = (token: string): { status: number; body: object } => {
    const [, login = '', number = ''] = /^(.*)-(\d+)$/.exec(token) ?? [];
    const valid = current.get(login);
    if (valid === undefined || valid !== Number(number) || ended.has(login)) {
      ended.add(login);
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    current.set(login, valid + 1);
    return { status: 200, body: { access_token: `access-${login}-${valid + 1}`, refresh_token: `${login}-${valid + 1}` } };
  };
  const server = createServer((request, response) => {
    void readText(request).then((text) => {
      const { status, body } = rotate(new URLSearchParams(text).get('refresh_token') ?? '');
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rotations: (login) => current.get(login) ?? 0,
    ended,
    issue: (login) => {
      ended.delete(login);
      current.set(login, 0);
      return `${login}-0`;
    },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

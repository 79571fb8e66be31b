import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What goes wrong with the REST API:
 * - `bad-credentials` 401 for every token, `sso` 403 of an organization, `primary-limit` 403 and `secondary-limit` 429 as GitHub sends
 *   them, `server-error` 502 with an HTML page, `hang` no answer at all, `not-json`, `redirect` to another host
 */
export type GitHubFault =
  | 'bad-credentials'
  | 'sso'
  | 'primary-limit'
  | 'secondary-limit'
  | 'server-error'
  | 'hang'
  | 'not-json'
  | 'redirect';

interface Grant {
  scopes: string[];
  access: string;
  refresh?: string;
}

export interface GitHubEnterprise {
  url: string;
  /** Every request, as `method path status`. */
  readonly requests: string[];
  /** Private and public repositories of the person, by name. */
  repositories: { fullName: string; private: boolean }[];
  fault: GitHubFault | undefined;
  /** Seconds that tokens last; undefined: they do not expire. */
  expiresIn: number | undefined;
  /** Scopes of the last authorization request. */
  asked: string[];
  /** The tokens in force. */
  readonly grants: Grant[];
  /** Where a `redirect` leads. */
  elsewhere: string;
  close(): Promise<void>;
}

const USER = { id: 4711, login: 'olive', name: 'Olive', email: null };
const PER_PAGE = 100;

const text = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

/**
 * A GitHub Enterprise server with the endpoints that the platform calls, in GitHub's wire format: web application flow with expiring
 * tokens, `/user`, `/user/emails`, `/user/repos` with pages, scopes, entity tags and limits, and the end of a grant.
 */
export const startGitHubEnterprise = async (): Promise<GitHubEnterprise> => {
  const codes = new Map<string, string[]>();
  const state: Omit<GitHubEnterprise, 'close' | 'url'> & { url: string } = {
    url: '',
    requests: [],
    repositories: [],
    fault: undefined,
    expiresIn: undefined,
    asked: [],
    grants: [],
    elsewhere: 'http://127.0.0.1:9/',
  };

  const json = (outgoing: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
    outgoing.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'x-github-request-id': randomBytes(8).toString('hex'),
      ...headers,
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  };

  const tokenAnswer = (scopes: string[]): Record<string, unknown> => {
    const grant: Grant = { scopes, access: `gho_${randomBytes(18).toString('hex')}` };
    if (state.expiresIn !== undefined) grant.refresh = `ghr_${randomBytes(38).toString('hex')}`;
    state.grants.push(grant);
    return {
      access_token: grant.access,
      token_type: 'bearer',
      scope: scopes.join(','),
      ...(grant.refresh === undefined
        ? {}
        : { expires_in: state.expiresIn, refresh_token: grant.refresh, refresh_token_expires_in: 15_897_600 }),
    };
  };

  const exchange = (form: URLSearchParams, outgoing: ServerResponse): void => {
    const refuse = (error: string): void =>
      json(outgoing, 200, { error, error_description: 'refused', error_uri: 'https://docs.github.com' });
    if (form.get('client_secret') !== 'github-secret-31b4') return refuse('incorrect_client_credentials');
    if (form.get('grant_type') === 'refresh_token') {
      const index = state.grants.findIndex(({ refresh }) => refresh !== undefined && refresh === form.get('refresh_token'));
      const [old] = index < 0 ? [] : state.grants.splice(index, 1);
      return old ? json(outgoing, 200, tokenAnswer(old.scopes)) : refuse('bad_refresh_token');
    }
    const scopes = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    return scopes ? json(outgoing, 200, tokenAnswer(scopes)) : refuse('bad_verification_code');
  };

  const authorize = (query: URLSearchParams, outgoing: ServerResponse): void => {
    const code = randomBytes(10).toString('hex');
    state.asked = (query.get('scope') ?? '').split(/[\s,]+/).filter(Boolean);
    codes.set(code, state.asked);
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    outgoing.writeHead(302, { location: back.href }).end();
  };

  const limits = (remaining: string): Record<string, string> => ({
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': remaining,
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1_000) + 90),
    'x-ratelimit-resource': 'core',
  });

  /** Answers in the way of the fault that is set; false: nothing is wrong. */
  const goWrong = (outgoing: ServerResponse): boolean => {
    const docs = { documentation_url: 'https://docs.github.com/rest' };
    switch (state.fault) {
      case undefined:
        return false;
      case 'bad-credentials':
        json(outgoing, 401, { message: 'Bad credentials', status: '401', ...docs });
        return true;
      case 'sso':
        json(outgoing, 403, { message: 'Resource protected by organization SAML enforcement.', ...docs }, limits('4000'));
        return true;
      case 'primary-limit':
        json(outgoing, 403, { message: 'API rate limit exceeded for user ID 4711.', ...docs }, limits('0'));
        return true;
      case 'secondary-limit':
        json(outgoing, 429, { message: 'You have exceeded a secondary rate limit.', ...docs }, { 'retry-after': '17' });
        return true;
      case 'server-error':
        outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>Unicorn!</h1></html>');
        return true;
      case 'hang':
        return true;
      case 'not-json':
        outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html>a proxy says hello</html>');
        return true;
      case 'redirect':
        outgoing.writeHead(301, { location: state.elsewhere }).end();
        return true;
    }
  };

  const repository = ({ fullName, private: isPrivate }: GitHubEnterprise['repositories'][number], index: number): unknown => {
    const [owner = '', name = ''] = fullName.split('/');
    return {
      id: 1_000 + index,
      node_id: Buffer.from(fullName).toString('base64'),
      name,
      full_name: fullName,
      private: isPrivate,
      owner: { login: owner, id: 1, type: 'User' },
      html_url: `javascript:alert(1)`,
      description: '\u001b[2J<script>',
      fork: index % 7 === 0,
      archived: false,
      default_branch: 'trunk',
      pushed_at: '2026-03-01T10:00:00Z',
      permissions: { admin: false, maintain: false, push: index % 2 === 0, triage: true, pull: true },
    };
  };

  const list = (incoming: IncomingMessage, query: URLSearchParams, grant: Grant, outgoing: ServerResponse): void => {
    const visible = state.repositories
      .map((row, index) => ({ row, index }))
      .filter(({ row }) => !row.private || grant.scopes.includes('repo'))
      .toSorted((a, b) => (a.row.fullName.toLowerCase() < b.row.fullName.toLowerCase() ? -1 : 1));
    const size = Math.min(Number(query.get('per_page') ?? 30), PER_PAGE);
    const page = Number(query.get('page') ?? 1);
    const last = Math.max(1, Math.ceil(visible.length / size));
    const body = visible.slice((page - 1) * size, page * size).map(({ row, index }) => repository(row, index));
    const etag = `W/"${createHash('sha256').update(JSON.stringify(body)).digest('hex')}"`;
    const target = (to: number, rel: string): string => `<${state.url}/api/v3/user/repos?per_page=${size}&page=${to}>; rel="${rel}"`;
    const links = [
      ...(page > 1 ? [target(page - 1, 'prev'), target(1, 'first')] : []),
      ...(page < last ? [target(page + 1, 'next'), target(last, 'last')] : []),
    ];
    const headers = {
      etag,
      'x-oauth-scopes': grant.scopes.join(', '),
      'x-accepted-oauth-scopes': '',
      ...limits('4999'),
      ...(links.length > 0 ? { link: links.join(', ') } : {}),
    };
    if (incoming.headers['if-none-match'] === etag) {
      outgoing.writeHead(304, { etag, 'x-oauth-scopes': headers['x-oauth-scopes'] }).end();
      return;
    }
    json(outgoing, 200, body, headers);
  };

  const endGrant = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const expected = `Basic ${Buffer.from('Iv1.fake:github-secret-31b4').toString('base64')}`;
    if (incoming.headers.authorization !== expected) return json(outgoing, 401, { message: 'Bad credentials' });
    const { access_token: token } = JSON.parse(await text(incoming)) as { access_token: string };
    if (!state.grants.some(({ access }) => access === token)) return json(outgoing, 422, { message: 'Validation Failed' });
    state.grants.length = 0;
    outgoing.writeHead(204).end();
  };

  const api = async (path: string, incoming: IncomingMessage, query: URLSearchParams, outgoing: ServerResponse): Promise<void> => {
    if (goWrong(outgoing)) return undefined;
    if (/^\/applications\/[^/]+\/grant$/.test(path) && incoming.method === 'DELETE') return endGrant(incoming, outgoing);
    const token = /^(?:Bearer|token) (\S+)$/i.exec(incoming.headers.authorization ?? '')?.[1];
    const grant = state.grants.find(({ access }) => access === token);
    if (!grant) return json(outgoing, 401, { message: 'Bad credentials', status: '401' });
    if (path === '/user') return json(outgoing, 200, USER, { 'x-oauth-scopes': grant.scopes.join(', ') });
    if (path === '/user/emails') return json(outgoing, 200, [{ email: 'owner@example.com', primary: true, verified: true }]);
    if (path === '/user/repos') return list(incoming, query, grant, outgoing);
    return json(outgoing, 404, { message: 'Not Found' });
  };

  const server = createServer((incoming, outgoing) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://fake');
    outgoing.on('finish', () =>
      state.requests.push(
        `${incoming.method} ${pathname}${incoming.url?.includes('&page=') ? ` p${searchParams.get('page')}` : ''} ${outgoing.statusCode}`,
      ),
    );
    const answer = async (): Promise<void> => {
      if (pathname === '/login/oauth/authorize') return authorize(searchParams, outgoing);
      if (pathname === '/login/oauth/access_token') return exchange(new URLSearchParams(await text(incoming)), outgoing);
      if (pathname.startsWith('/api/v3/')) return api(pathname.slice('/api/v3'.length), incoming, searchParams, outgoing);
      return json(outgoing, 404, { message: 'Not Found' });
    };
    answer().catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
};

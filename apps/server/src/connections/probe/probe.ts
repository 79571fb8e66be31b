import type { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import { createRedactor } from '@mogplex/redaction';
import { plainText } from '../../identity/oauth/context.ts';
import type { DialPolicy, Lookup } from '../../network/dial.ts';
import type { ConnectionRow } from '../tables.ts';
import { createSafeFetch, rootOf } from './fetch.ts';

export interface ProbeParts {
  policy: DialPolicy;
  lookup?: Lookup;
}

/** How a connection stood just now. `note` and `tools` hold text from outside, cleaned and without known secrets. */
export interface Findings {
  health: Exclude<ConnectionRow['health'], 'unknown'>;
  note: string;
  tools?: string[];
}

const TOTAL_MS = 20_000;
const ANSWER_MS = 10_000;
const CONNECT_MS = 5_000;
const MAX_BYTES = 4 * 1024 * 1024;
const MOST_TOOLS = 100;
const NOTE = 200;

const redactor = createRedactor();

/** Characters of a text from outside that are looked at; what is shown of it is much less. */
const LOOKED_AT = 20_000;

/** Masked before it is cut: the beginning of a secret is not recognised as one. */
const clean = (text: string, limit: number): string =>
  redactor
    .text(plainText(text.slice(0, LOOKED_AT), LOOKED_AT) ?? '')
    .text.slice(0, limit)
    .toWellFormed();

/** `fetch` that adds the credential, and to requests of the connection's own origin alone. */
const authorized =
  (send: typeof fetch, origin: string, credential: Readonly<Record<string, Secret>>): typeof fetch =>
  (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init.headers);
    if (url.origin === origin) for (const [name, secret] of Object.entries(credential)) headers.set(name, secret.reveal());
    return send(url, { ...init, headers });
  };

const REFUSED = new Set([401, 403]);

const ofStatus = (status: number): Findings => {
  if (REFUSED.has(status)) return { health: 'refused', note: `the server refuses the credential: it answers ${status}` };
  return { health: 'failing', note: `the server answers ${status}` };
};

const leadsAway = (response: Response, url: URL): Findings | undefined => {
  const location = response.headers.get('location');
  if (response.status < 300 || response.status > 399 || location === null || !URL.canParse(location, url)) return undefined;
  const { origin } = new URL(location, url);
  return origin === url.origin
    ? undefined
    : { health: 'failing', note: `it redirects to ${clean(origin, 100)}, which is not followed: enter that address` };
};

const askRest = async (url: URL, send: typeof fetch): Promise<Findings> => {
  const response = await send(url, { method: 'GET', headers: { accept: 'application/json, */*;q=0.5' } });
  await response.body?.cancel();
  const { status } = response;
  const away = leadsAway(response, url);
  if (away) return away;
  if (status < 400) return { health: 'ok', note: `the server answers ${status}` };
  // An API need not have anything at its own root.
  if (status === 404 || status === 405) return { health: 'ok', note: `the server is there; at this address it answers ${status}` };
  return ofStatus(status);
};

const askMcp = async (row: ConnectionRow, url: URL, send: typeof fetch): Promise<Findings> => {
  const { askMcpServer } = await import('./mcp.ts');
  let last: Response | undefined;
  const watched: typeof fetch = async (input, init) => (last = await send(input, init));
  try {
    const { server, tools } = await askMcpServer(url, row.transport ?? 'http', watched, ANSWER_MS);
    const names = tools.slice(0, MOST_TOOLS).map((name) => clean(name, 80));
    const count = tools.length === 1 ? '1 tool' : `${tools.length} tools`;
    return { health: 'ok', note: server === '' ? count : `${clean(server, 80)}: ${count}`, tools: names };
  } catch (error) {
    const away = last && leadsAway(last, url);
    if (away) return away;
    if (last && last.status >= 400) return ofStatus(last.status);
    throw error;
  }
};

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens at the address',
  ENOTFOUND: 'the name of the server is not known',
  EAI_AGAIN: 'the name of the server could not be looked up',
  ECONNRESET: 'the server closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'the server does not accept a connection',
  UND_ERR_SOCKET: 'the server closed the connection',
};

const ofFailure = (error: unknown, timedOut: boolean): Findings => {
  const root = rootOf(error);
  if (root instanceof MogplexError) {
    return root.boundary === 'network' && root.code === 'forbidden'
      ? { health: 'blocked', note: 'the address is not on the public internet; the operator can allow a private network' }
      : { health: root.code === 'forbidden' ? 'refused' : 'failing', note: clean(root.message, NOTE) };
  }
  if (timedOut) return { health: 'failing', note: `the server did not answer within ${TOTAL_MS / 1000} s` };
  const code = root instanceof Error && 'code' in root ? String(root.code) : '';
  const words = WORDS[code] ?? (root instanceof Error ? `the server does not speak the protocol: ${root.message}` : 'the test failed');
  return { health: 'failing', note: clean(words, NOTE) };
};

/**
 * Tests a connection: a REST API by one GET, an MCP server by `initialize` and `tools/list`. Only addresses of the public internet, and
 * networks that the operator allows, are dialled; time and bytes are bounded.
 *
 * @param credential the headers that carry the credential.
 * @returns how it stood; it never throws for what the other side does.
 */
export const probe = async (row: ConnectionRow, credential: Readonly<Record<string, Secret>>, parts: ProbeParts): Promise<Findings> => {
  const signal = AbortSignal.timeout(TOTAL_MS);
  const policy = { ...parts.policy, tlsElsewhere: Object.keys(credential).length > 0 };
  const safe = createSafeFetch({ ...parts, policy, connectMs: CONNECT_MS, maxBytes: MAX_BYTES, signal });
  try {
    const url = new URL(row.url);
    const send = authorized(safe.fetch, url.origin, credential);
    return await (row.kind === 'rest' ? askRest(url, send) : askMcp(row, url, send));
  } catch (error) {
    return ofFailure(error, signal.aborted);
  } finally {
    await safe.close();
  }
};

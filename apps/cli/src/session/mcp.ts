import { ACCOUNT_PROVIDER, type AuthFile, Secret } from '@mogplex/credentials';
import { mcpServers } from '@mogplex/protocol';
import { askAccount } from '@mogplex/providers';
import { knownValues } from '@mogplex/redaction';
import { plainText } from '@moxxy/sdk';
import { readRepository } from '../cockpit/wire/workspace.ts';
import type { World } from '../world.ts';
import { accountCredential, originOf } from './account.ts';
import { resolveNow } from './resolve.ts';

/** An MCP server of the account. Its headers may hold credentials, which are kept in memory and nowhere else. */
export interface SyncedMcpServer {
  name: string;
  /** Streamable HTTP, or the older HTTP with server-sent events. */
  type: 'http' | 'sse';
  url: string;
  headers: Readonly<Record<string, Secret>>;
}

/** The MCP servers of the account, and what kept others from being among them, one sentence each. */
export interface SyncedMcp {
  servers: readonly SyncedMcpServer[];
  problems: readonly { name: string; message: string }[];
}

const NOTHING: SyncedMcp = { servers: [], problems: [] };

const WITHHELD = 'the token may only read, so that servers come without their credentials';

/** `?repository=` for the folder that the person stands in, so that what is excluded there stays out. */
const queryFor = async (cwd: string): Promise<string> => {
  const { name } = await readRepository(cwd);
  return /^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(name) ? `?repository=${encodeURIComponent(name)}` : '';
};

/** The parts of a header's value that are secrets by themselves, since a server may echo them alone: a token, a password (RFC 7617). */
const partsOf = (value: string): string[] => {
  const [, scheme = '', rest] = /^(\S+) (\S+)$/.exec(value) ?? [];
  if (rest === undefined) return [];
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(rest, 'base64').toString('utf8') : '';
  return pair.includes(':') ? [rest, pair, pair.slice(pair.indexOf(':') + 1)] : [rest];
};

const secretOf = (value: string, label: string): Secret => {
  for (const part of partsOf(value)) knownValues.register(part, label);
  return new Secret(value, label);
};

const secretsOf = (name: string, headers: Record<string, string>): Record<string, Secret> =>
  Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, secretOf(value, `mcp/${name}`)]));

/**
 * Asks the account's platform for its MCP servers (`GET /api/v1/mogplex/mcp/servers`, statement A9). Nothing of the answer is written
 * anywhere: without an account credential there are none, so that a logout leaves nothing behind.
 *
 * @throws MogplexError as the platform states it; `unavailable` when it cannot be reached
 */
export const syncMcpServers = async (world: World, file: AuthFile, signal: AbortSignal): Promise<SyncedMcp> => {
  const found = resolveNow(world, file, ACCOUNT_PROVIDER);
  if (!found) return NOTHING;
  const { servers, problems, withheld } = await askAccount(
    {
      origin: originOf(found),
      credential: accountCredential(world, file, found),
      source: found.source.text,
      fetch: world.fetch,
      now: world.now,
      signal,
    },
    { path: `/mcp/servers${await queryFor(world.cwd)}`, data: mcpServers, what: 'a list of MCP servers' },
  );
  return {
    servers: servers.map(({ name, type, url, headers }) => ({ name: plainText(name), type, url, headers: secretsOf(name, headers) })),
    problems: [
      ...problems.map(({ name, message }) => ({ name: plainText(name), message: plainText(message) })),
      ...(withheld && servers.length > 0 ? [{ name: 'MCP', message: WITHHELD }] : []),
    ],
  };
};

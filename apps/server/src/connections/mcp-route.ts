import type { Secret } from '@mogplex/credentials';
import { lowerRepository, mcpServer, type McpProblem, mcpServers, type McpServers } from '@mogplex/protocol';
import { z } from 'zod';
import { recordAudit } from '../audit/record.ts';
import type { Principal } from '../http/principal.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { Platform } from '../platform.ts';
import { problemOf, resolveConnections, type Shadowed } from './resolve.ts';
import type { ConnectionRow } from './tables.ts';

/** Gives the headers that a connection's credential is sent in. */
export type OpenCredential = (row: ConnectionRow) => Promise<Record<string, Secret>>;

/**
 * Whether a caller gets credentials. Who holds them can do at those servers whatever they allow, so they go with the power to write; and
 * never to a browser page, which has no use for them.
 */
const mayHold = ({ kind, scopes }: Principal): boolean => kind !== 'session' && scopes.has('write');

const revealed = (headers: Record<string, Secret>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, secret]) => [name, secret.reveal()]));

const problem = ({ row, message }: Shadowed): McpProblem => ({ connection: row.id, name: row.name, boundary: 'connection', message });

const query = z.object({ repository: lowerRepository.optional(), teamId: z.string().max(64).optional() });

/** `GET /mcp/servers`: the MCP servers of the caller, ready for a client's configuration (statement B10). */
export const mcpRoute = ({ store: { db }, log, now }: Platform, open: OpenCredential): Route => {
  const describe = async (row: ConnectionRow, withheld: boolean, requestId: string): Promise<McpServers['servers'][number] | Shadowed> => {
    try {
      const headers = withheld ? {} : revealed(await open(row));
      return mcpServer.parse({ name: row.name, type: row.transport, url: new URL(row.url).href, headers });
    } catch (error) {
      log.error('a connection could not be handed out', error, { connection: row.id, requestId });
      return { row, message: problemOf(error) };
    }
  };
  return defineRoute({
    method: 'GET',
    path: '/api/v1/mogplex/mcp/servers',
    scope: 'read',
    boundary: 'connection',
    summary: 'Your MCP servers as MCP clients are configured with them; with credentials for a token that may write',
    request: { query },
    response: mcpServers,
    noStore: true,
    errors: ['not_found'],
    async handler({ query: { repository, teamId }, principal, requestId }) {
      const resolved = await resolveConnections(db, { ...principal, onlyTeam: teamId, repository });
      const rows = resolved.usable.filter(({ kind }) => kind === 'mcp');
      const shadowed = resolved.shadowed.filter(({ row }) => row.kind === 'mcp');
      const withheld = !mayHold(principal);
      const outcomes = await Promise.all(rows.map((row) => describe(row, withheld, requestId)));
      const failed = outcomes.filter((outcome) => 'row' in outcome);
      if (!withheld) {
        const handed = rows.filter(({ id }) => !failed.some(({ row }) => row.id === id)).map(({ id }) => id);
        const entry = {
          actor: principal.accountId,
          action: 'mcp.servers_read',
          subject: principal.tokenId,
          accountId: principal.accountId,
          ...(principal.teamId === undefined ? {} : { teamId: principal.teamId }),
          requestId,
          details: { connections: handed, ...(repository === undefined ? {} : { repository }) },
        };
        await recordAudit(db, entry, now());
      }
      return {
        servers: outcomes.flatMap((outcome) => ('row' in outcome ? [] : [outcome])),
        problems: [...failed, ...shadowed].map(problem),
        withheld,
      };
    },
  });
};

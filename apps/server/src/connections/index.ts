import type { Route } from '../http/route.ts';
import { dialPolicy } from '../network/dial.ts';
import type { Platform } from '../platform.ts';
import { mcpRoute, type OpenCredential } from './mcp-route.ts';
import { openOAuthHeaders } from './oauth/renew.ts';
import { oauthRoutes } from './oauth/routes.ts';
import { resolveConnections, type ResolvedConnections, type ResolveRequest } from './resolve.ts';
import { connectionRoutes } from './routes.ts';
import { openHeaders } from './secrets.ts';
import { testRoute } from './test-route.ts';

/** What this room offers the others. */
export interface ConnectionsRoom {
  routes: Route[];
  /** The connections that an account may use in a repository: the one answer for API, terminal and runs. */
  resolve(request: ResolveRequest): Promise<ResolvedConnections>;
  /** Opens the credential of a connection for one use: the headers that carry it. */
  open: OpenCredential;
}

/** Opens the connections to REST APIs and MCP servers. */
export const openConnections = (platform: Platform): ConnectionsRoom => {
  const { allowPrivateUpstreams, proxy } = platform.config;
  const parts = { policy: dialPolicy(allowPrivateUpstreams, proxy) };
  const open: OpenCredential = async (row) =>
    row.auth === 'oauth' ? await openOAuthHeaders(platform, parts, row) : openHeaders(platform.store.sealer, row);
  return {
    routes: [...connectionRoutes(platform), testRoute(platform, open, parts), ...oauthRoutes(platform, parts), mcpRoute(platform, open)],
    resolve: (request) => resolveConnections(platform.store.db, request),
    open,
  };
};

import type { Route } from '../http/route.ts';
import { dialPolicy } from '../models/gateway/dial.ts';
import type { Platform } from '../platform.ts';
import { mcpRoute, type OpenCredential } from './mcp-route.ts';
import { connectionRoutes } from './routes.ts';
import { openHeaders } from './secrets.ts';
import { testRoute } from './test-route.ts';

export { resolveConnections, type ResolvedConnections, type ResolveRequest } from './resolve.ts';

/** What this room offers the others. */
export interface ConnectionsRoom {
  routes: Route[];
  close(): Promise<void>;
}

/** Opens the connections to REST APIs and MCP servers. */
export const openConnections = (platform: Platform): ConnectionsRoom => {
  const open: OpenCredential = async (row) => openHeaders(platform.store.sealer, row);
  const policy = dialPolicy(platform.config.allowPrivateUpstreams);
  return {
    routes: [...connectionRoutes(platform), testRoute(platform, open, { policy }), mcpRoute(platform, open)],
    close: async () => undefined,
  };
};

import { z } from 'zod';
import { BOUNDARIES } from './errors.ts';
import { MCP_TRANSPORTS } from './connections.ts';

/** One MCP server in the form that MCP clients are configured with. Treat it like a `.env` file: `headers` may hold credentials. */
export const mcpServer = z.object({
  name: z.string(),
  type: z.enum(MCP_TRANSPORTS),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
});

/** A connection that could not be handed out, and why; the others are. */
export const mcpProblem = z.object({
  /** Id and name of the connection. */
  connection: z.string(),
  name: z.string(),
  boundary: z.enum(BOUNDARIES),
  message: z.string(),
});

/** `GET /api/v1/mogplex/mcp/servers`. */
export const mcpServers = z.object({
  servers: z.array(mcpServer),
  problems: z.array(mcpProblem),
  /** Whether credentials were left out of `headers`, because the caller's own credential may only read. */
  withheld: z.boolean(),
});

export type McpServers = z.infer<typeof mcpServers>;
export type McpProblem = z.infer<typeof mcpProblem>;

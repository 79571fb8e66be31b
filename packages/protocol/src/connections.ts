import { z } from 'zod';
import { pageOf } from './envelope.ts';
import { repositoryName } from './runs.ts';

/** What a connection leads to: a REST API or an MCP server. */
export const CONNECTION_KINDS = ['rest', 'mcp'] as const;

/** How an MCP server is spoken to: Streamable HTTP, or the older HTTP with server-sent events. */
export const MCP_TRANSPORTS = ['http', 'sse'] as const;

/**
 * How a connection stood at its last test: never tested, in order, its credential refused, its address not on the public
 * internet, or anything else that kept it from working.
 */
export const CONNECTION_HEALTH = ['unknown', 'ok', 'refused', 'blocked', 'failing'] as const;

/** A repository, in lower case: GitHub tells no two apart by case. */
export const lowerRepository = repositoryName.transform((name) => name.toLowerCase());

const visible = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[\u0021-\u007e]+$/, 'must be visible characters without spaces');

/** What a person enters to authenticate a connection. The secret parts are sealed and never shown again. */
export const connectionAuthInput = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('api_key'), header: visible(80), value: visible(4_000) }),
  z.strictObject({ type: z.literal('bearer'), token: visible(8_000) }),
  z.strictObject({
    type: z.literal('basic'),
    /** No colon (RFC 7617 section 2). */
    username: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^:\p{Cc}]+$/u, 'must hold neither a colon nor control characters'),
    password: z
      .string()
      .min(1)
      .max(1_000)
      .regex(/^\P{Cc}+$/u, 'must hold no control characters'),
  }),
  z.strictObject({
    type: z.literal('oauth'),
    /** Absent: what the server's own metadata names. */
    scope: z.string().max(500).optional(),
    /** A client that was registered by hand, for servers that register none by themselves. */
    clientId: visible(500).optional(),
    clientSecret: visible(2_000).optional(),
  }),
]);

/** How a connection authenticates, without what is secret in it. `hint`: the last characters. */
export const connectionAuth = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('api_key'), header: z.string(), hint: z.string() }),
  z.object({ type: z.literal('bearer'), hint: z.string() }),
  z.object({ type: z.literal('basic'), username: z.string(), hint: z.string() }),
  z.object({
    type: z.literal('oauth'),
    /** `reconnect`: the server ended the grant, so a person has to approve it anew. */
    status: z.enum(['not_connected', 'connected', 'reconnect']),
    scope: z.string().nullable(),
    /** Milliseconds; when the access token ends. It is renewed by itself. */
    expiresAt: z.number().int().nullable(),
  }),
]);

/** A connection as everybody in its team sees it. Times are milliseconds since the epoch. */
export const connection = z.object({
  id: z.string(),
  /** The team that owns it; an account's own connections belong to its personal team. */
  teamId: z.string(),
  kind: z.enum(CONNECTION_KINDS),
  name: z.string(),
  url: z.string(),
  /** MCP only. */
  transport: z.enum(MCP_TRANSPORTS).optional(),
  auth: connectionAuth,
  enabled: z.boolean(),
  /** `global`: every repository of the team; `project`: those of `repositories`. */
  scope: z.enum(['global', 'project']),
  repositories: z.array(z.string()),
  excludedRepositories: z.array(z.string()),
  health: z.object({ status: z.enum(CONNECTION_HEALTH), checkedAt: z.number().int().nullable(), note: z.string().nullable() }),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});

export const connectionPage = pageOf(connection);

const connectionName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, 'is 1 to 40 letters, digits, hyphens and underscores, the first a letter or digit');

const repositories = z.array(lowerRepository).max(200);

const connectionFields = {
  name: connectionName,
  url: z.string().max(2_000),
  transport: z.enum(MCP_TRANSPORTS),
  auth: connectionAuthInput,
  enabled: z.boolean(),
  scope: z.enum(['global', 'project']),
  repositories,
  excludedRepositories: repositories,
};

/** Body of `POST /connections`. */
export const newConnection = z.strictObject({
  ...z.object(connectionFields).partial().shape,
  kind: z.enum(CONNECTION_KINDS),
  name: connectionName,
  url: connectionFields.url,
  auth: connectionAuthInput,
  /** Absent: the personal team of the account. */
  teamId: z.string().max(64).optional(),
});

/** Body of `PATCH /connections/:id`: what is absent stays. */
export const connectionChange = z.strictObject(z.object(connectionFields).partial().shape);

/** Answer of `POST /connections/:id/test`. */
export const connectionTest = z.object({
  connection,
  /** MCP only: the names of the tools that the server offers, the first hundred. */
  tools: z.array(z.string()).optional(),
});

export type Connection = z.infer<typeof connection>;
export type ConnectionAuthInput = z.infer<typeof connectionAuthInput>;
export type NewConnection = z.input<typeof newConnection>;
export type ConnectionChange = z.input<typeof connectionChange>;

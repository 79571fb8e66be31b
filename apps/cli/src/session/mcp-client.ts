import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import { createRedactor } from '@mogplex/redaction';
import { plainText } from '@moxxy/sdk';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import type { SyncedMcpServer } from './mcp.ts';
import type { SessionTool } from './tools.ts';

/** A connection to an MCP server and what it offers. */
export interface OpenMcpServer {
  tools: readonly SessionTool[];
  close(): Promise<void>;
}

export interface McpClientOptions {
  fetch: typeof fetch;
  /** Ends the wait for a connection. */
  signal: AbortSignal;
  /** The signal of the prompt that is being answered; ends a call. */
  current: () => AbortSignal;
  /** Called when the server no longer takes the credential. */
  onRefused: () => void;
}

const CONNECT_MS = 10_000;
const CALL_MS = 120_000;
/** Milliseconds that a server has to take the end of its session: nobody waits longer for one that hangs. */
const CLOSE_MS = 1_500;
const LONGEST_OUTPUT = 100_000;
const LONGEST_DESCRIPTION = 2_000;
const TOOL_PAGES = 10;

/** Schemas of a stranger are never compiled into code: the server itself checks what it is sent. */
const NO_VALIDATION: jsonSchemaValidator = {
  getValidator:
    <T>(): JsonSchemaValidator<T> =>
    (input) => ({ valid: true, data: input as T, errorMessage: undefined }),
};

/** `fetch` that adds the credential to requests of the server's own origin, and sees a refusal. */
const authorized =
  ({ url, headers: credential }: SyncedMcpServer, { fetch: send, onRefused }: McpClientOptions): typeof fetch =>
  async (input, init = {}) => {
    const target = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init.headers);
    if (target.origin === new URL(url).origin) {
      for (const [name, secret] of Object.entries(credential)) headers.set(name, secret.reveal());
    }
    // The library follows redirects itself, and none to another origin.
    const response = await send(target, { ...init, headers, redirect: 'manual' });
    if (response.status === 401) onRefused();
    return response;
  };

const content = z.object({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

/** Characters past a cut that are looked at: a secret that stands across it is still recognised. */
const SEAM = 20_000;

/** The beginning of a text from outside without the exact secrets in use; masked before it is cut. */
const beginning = (text: string, limit: number): string =>
  createRedactor({ formats: false, keyNames: false })
    .text(text.slice(0, limit + SEAM))
    .text.slice(0, limit);

/** What a call gave, as text for the model: exact secrets in use are masked, and a flood is cut. */
const outputOf = (result: unknown): string => {
  const { content: parts, structuredContent, isError } = content.parse(result);
  const said = parts.map(({ type, text }) => text ?? `[${type}]`).join('\n');
  const whole = said === '' && structuredContent !== undefined ? JSON.stringify(structuredContent) : said;
  const text = beginning(whole, LONGEST_OUTPUT);
  const cut = whole.length > LONGEST_OUTPUT ? `${text}\n[cut: ${whole.length} characters]` : text;
  return isError === true ? `error: ${cut}` : cut;
};

/** A failure as the model may hear of it: a server's words can hold what it was sent. */
const failed = (error: unknown): never => {
  const said = plainText(error instanceof Error ? error.message : String(error), LONGEST_OUTPUT);
  throw new Error(beginning(said, LONGEST_DESCRIPTION));
};

const listTools = async (client: Client, signal: AbortSignal) => {
  const all: Awaited<ReturnType<Client['listTools']>>['tools'] = [];
  let cursor: string | undefined;
  for (let page = 0; page < TOOL_PAGES && client.getServerCapabilities()?.tools; page++) {
    const answer = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: CONNECT_MS, signal });
    all.push(...answer.tools);
    cursor = answer.nextCursor;
    if (cursor === undefined) break;
  }
  return all;
};

/** The name under which a model calls a tool: what every provider takes, with the server in front. */
const toolName = (server: string, tool: string): string => `mcp__${server}__${tool}`.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64);

/**
 * Connects to an MCP server (Model Context Protocol, Streamable HTTP or the older transport) and lists its tools.
 *
 * @throws when it cannot be reached, refuses the credential, or does not speak the protocol
 */
export const openMcpServer = async (server: SyncedMcpServer, options: McpClientOptions): Promise<OpenMcpServer> => {
  const send = authorized(server, options);
  const url = new URL(server.url);
  const transport =
    server.type === 'sse'
      ? new SSEClientTransport(url, { fetch: send, eventSourceInit: { fetch: send } })
      : new StreamableHTTPClientTransport(url, { fetch: send });
  const client = new Client({ name: 'mogplex', version: packageJson.version }, { capabilities: {}, jsonSchemaValidator: NO_VALIDATION });
  // What fails beside a call, such as the optional stream of notifications, fails no prompt.
  client.onerror = () => undefined;
  const close = async (): Promise<void> => {
    if (transport instanceof StreamableHTTPClientTransport) {
      const late = new AbortController();
      const nobodyMinds = (): void => undefined;
      await Promise.race([
        transport.terminateSession().catch(nobodyMinds),
        sleep(CLOSE_MS, undefined, { signal: late.signal }).catch(nobodyMinds),
      ]);
      late.abort();
    }
    // Ends what is still under way.
    await client.close();
  };
  try {
    await client.connect(transport as Transport, { timeout: CONNECT_MS, signal: options.signal });
    const listed = await listTools(client, options.signal);
    const tools = listed.map(({ name, description = '', inputSchema }): SessionTool => ({
      name: toolName(server.name, name),
      description: beginning(plainText(description, LONGEST_OUTPUT), LONGEST_DESCRIPTION),
      input: z.looseObject({}),
      inputSchema: inputSchema as Record<string, unknown>,
      call: async (input) => {
        const args = z.record(z.string(), z.unknown()).parse(input);
        const limits = { timeout: CALL_MS, signal: options.current() };
        return outputOf(await client.callTool({ name, arguments: args }, undefined, limits).catch(failed));
      },
    }));
    return { tools, close };
  } catch (error) {
    await close();
    throw error;
  }
};

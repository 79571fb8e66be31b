import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';

/** What a server says of itself. All of it is text from outside. */
export interface McpFindings {
  server: string;
  tools: string[];
}

const TOOL_PAGES = 10;

/** Schemas of a stranger are not compiled here: nothing is called, so nothing is checked by them. */
const NO_VALIDATION: jsonSchemaValidator = {
  getValidator:
    <T>(): JsonSchemaValidator<T> =>
    (input) => ({ valid: true, data: input as T, errorMessage: undefined }),
};

/**
 * Speaks with an MCP server as a client does: `initialize`, `tools/list`, and the end of the session (Model Context Protocol
 * 2025-11-25, sections Lifecycle and Tools).
 *
 * @param send carries every request, with the credential.
 * @param timeoutMs milliseconds for one answer.
 * @throws whatever `send` or the protocol raises.
 */
export const askMcpServer = async (url: URL, type: 'http' | 'sse', send: typeof fetch, timeoutMs: number): Promise<McpFindings> => {
  const reconnectionOptions = { maxRetries: 0, initialReconnectionDelay: 1, maxReconnectionDelay: 1, reconnectionDelayGrowFactor: 1 };
  const transport =
    type === 'sse'
      ? new SSEClientTransport(url, { fetch: send, eventSourceInit: { fetch: send } })
      : new StreamableHTTPClientTransport(url, { fetch: send, reconnectionOptions });
  const client = new Client({ name: 'mogplex', version: '1' }, { capabilities: {}, jsonSchemaValidator: NO_VALIDATION });
  // What fails beside a request, such as the optional stream of notifications, does not fail the test.
  client.onerror = () => undefined;
  try {
    await client.connect(transport as Transport, { timeout: timeoutMs });
    const { name = '', version = '' } = client.getServerVersion() ?? {};
    const tools: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < TOOL_PAGES && client.getServerCapabilities()?.tools; page++) {
      const answer = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: timeoutMs });
      tools.push(...answer.tools.map((tool) => tool.name));
      cursor = answer.nextCursor;
      if (cursor === undefined) break;
    }
    if (transport instanceof StreamableHTTPClientTransport) await transport.terminateSession().catch(() => undefined);
    return { server: `${name} ${version}`.trim(), tools };
  } finally {
    await client.close();
  }
};

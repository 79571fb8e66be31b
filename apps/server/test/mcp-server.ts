import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { z } from 'zod';

export interface TestMcpServer {
  /** Streamable HTTP. */
  url: string;
  /** HTTP with server-sent events. */
  sseUrl: string;
  /** Method, path and the headers of every request. */
  requests: { method: string; path: string; headers: IncomingMessage['headers'] }[];
  /** Inputs of the tool `echo`. */
  echoed: string[];
  close(): Promise<void>;
}

export interface TestMcpOptions {
  /** Answers 401 where it gives false. */
  admits?: (headers: IncomingMessage['headers']) => boolean;
  /** What `WWW-Authenticate` says beside a 401. */
  challenge?: () => string;
  /** The body of a 401. */
  refusal?: (headers: IncomingMessage['headers']) => string;
  /** JSON documents that it serves to everybody, by their path. */
  documents?: Readonly<Record<string, () => object>>;
  /** Another name of the tool. */
  toolName?: string;
  /** What the tool answers; its input by default. */
  answer?: (text: string) => string;
}

/** The vendor's own server with one tool, `echo`, on a free port of 127.0.0.1. */
export const startMcpServer = async ({
  admits = () => true,
  challenge = () => 'Bearer',
  refusal = () => '{"error":"invalid_token"}',
  documents = {},
  toolName = 'echo',
  answer = (text) => text,
}: TestMcpOptions = {}): Promise<TestMcpServer> => {
  const requests: TestMcpServer['requests'] = [];
  const echoed: string[] = [];
  const make = (): McpServer => {
    const server = new McpServer({ name: 'echo-server', version: '1.0.0' });
    server.registerTool(toolName, { description: 'Says it back', inputSchema: { text: z.string() } }, ({ text }) => {
      echoed.push(text);
      return { content: [{ type: 'text', text: answer(text) }] };
    });
    return server;
  };
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const streams = new Map<string, SSEServerTransport>();

  const streamable = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const id = incoming.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (known) return known.handleRequest(incoming, outgoing);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => void sessions.set(session, transport),
    });
    await make().connect(transport as Transport);
    await transport.handleRequest(incoming, outgoing);
  };
  const events = async (incoming: IncomingMessage, outgoing: ServerResponse, url: URL): Promise<void> => {
    if (incoming.method === 'GET') {
      const transport = new SSEServerTransport('/messages', outgoing);
      streams.set(transport.sessionId, transport);
      return make().connect(transport);
    }
    await streams.get(url.searchParams.get('sessionId') ?? '')?.handlePostMessage(incoming, outgoing);
  };
  const http = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    requests.push({ method: incoming.method ?? '', path: url.pathname, headers: incoming.headers });
    const document = documents[url.pathname];
    if (document) {
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document()));
      return;
    }
    if (!admits(incoming.headers)) {
      outgoing.writeHead(401, { 'www-authenticate': challenge() }).end(refusal(incoming.headers));
      return;
    }
    void (url.pathname === '/mcp' ? streamable(incoming, outgoing) : events(incoming, outgoing, url));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    url: `${origin}/mcp`,
    sseUrl: `${origin}/sse`,
    requests,
    echoed,
    close: async () => {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
};

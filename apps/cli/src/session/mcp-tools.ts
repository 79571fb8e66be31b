import { ACCOUNT_PROVIDER, type AuthFile, type ResolvedCredential } from '@mogplex/credentials';
import { createRedactor } from '@mogplex/redaction';
import { plainText } from '@moxxy/sdk';
import type { World } from '../world.ts';
import type { OpenMcpServer } from './mcp-client.ts';
import { syncMcpServers } from './mcp.ts';
import { resolveNow } from './resolve.ts';
import type { SessionTool } from './tools.ts';

/** The tools of the account's MCP servers, for as long as the account is the same. */
export interface McpToolbox {
  /** What may be called now; connects where that has not been done. What fails is said in a line and leaves the rest. */
  tools(signal: AbortSignal): Promise<readonly SessionTool[]>;
  close(): Promise<void>;
}

/** Milliseconds that the platform may take to name the servers: a prompt waits for it. */
const SYNC_MS = 5_000;
/** Milliseconds until a platform that did not answer is asked again. */
const RETRY_MS = 60_000;
/** Providers take no more than 128 tools; plugins have some too. */
const MOST_TOOLS = 100;

const NAME_OF_TOOL = /^[A-Za-z0-9_-]+$/;

interface Opened {
  /** The account that the servers belong to. */
  who: string;
  credential: ResolvedCredential;
  servers: OpenMcpServer[];
  tools: SessionTool[];
  /** Undefined: as long as the account is the same; else the time after which it is tried again. */
  until: number | undefined;
}

const redactor = createRedactor();

const words = (error: unknown): string =>
  redactor.text(plainText(error instanceof Error ? error.message : String(error), 20_000)).text.slice(0, 200);

/** Who the credential stands for: a login by its address, a token of the environment by itself. */
const whoIs = (file: AuthFile, { source }: ResolvedCredential): string => {
  const { account } = file.read();
  return source.kind === 'account' ? `${account?.origin} ${account?.email}` : source.text;
};

const isSame = (opened: Opened, who: string, credential: ResolvedCredential): boolean => {
  if (opened.who !== who || opened.credential.source.kind !== credential.source.kind) return false;
  if (credential.source.kind === 'account') return true;
  return credential.via === 'gateway' && opened.credential.via === 'gateway' && credential.secret.equals(opened.credential.secret);
};

/**
 * Makes the toolbox of a session. Servers are asked for and connected to at the first prompt that may use tools, and anew when the
 * account changes; a logout closes them, and nothing of them is written anywhere (statements A9, A14, A16).
 *
 * @param warn takes lines for the person
 */
export const createMcpToolbox = (world: World, file: AuthFile, warn: (line: string) => void): McpToolbox => {
  let opened: Opened | undefined;
  let current = new AbortController().signal;

  const close = async (): Promise<void> => {
    const { servers = [] } = opened ?? {};
    opened = undefined;
    await Promise.all(servers.map((server) => server.close().catch(() => undefined)));
  };
  const connect = async (next: Opened, signal: AbortSignal): Promise<void> => {
    const synced = await syncMcpServers(world, file, AbortSignal.any([signal, AbortSignal.timeout(SYNC_MS)]));
    for (const { name, message } of synced.problems) warn(`mcp ${name}: ${message}`);
    if (synced.servers.length === 0) return;
    const { openMcpServer } = await import('./mcp-client.ts');
    const options = {
      fetch: world.fetch,
      signal,
      current: () => current,
      // A token that ended is renewed by the platform: the next prompt asks for it.
      onRefused: () => void (next.until = 0),
    };
    const attempts = await Promise.allSettled(synced.servers.map((server) => openMcpServer(server, options)));
    attempts.forEach((attempt, at) => {
      if (attempt.status === 'fulfilled') next.servers.push(attempt.value);
      else if (!signal.aborted) warn(`mcp ${synced.servers[at]?.name}: its tools are not offered: ${words(attempt.reason)}`);
    });
    signal.throwIfAborted();
    const names = new Set<string>();
    for (const tool of next.servers.flatMap(({ tools }) => tools)) {
      if (NAME_OF_TOOL.test(tool.name) && !names.has(tool.name) && next.tools.length < MOST_TOOLS) next.tools.push(tool);
      names.add(tool.name);
    }
    if (names.size > next.tools.length) warn(`mcp: ${names.size - next.tools.length} tools are left out: a model takes ${MOST_TOOLS}`);
  };

  return {
    tools: async (signal) => {
      current = signal;
      const credential = resolveNow(world, file, ACCOUNT_PROVIDER);
      if (!credential) {
        await close();
        return [];
      }
      const who = whoIs(file, credential);
      const isFresh = opened && isSame(opened, who, credential) && (opened.until === undefined || world.now() < opened.until);
      if (opened && isFresh) return opened.tools;
      await close();
      const next: Opened = { who, credential, servers: [], tools: [], until: undefined };
      opened = next;
      try {
        await connect(next, signal);
      } catch (error) {
        if (signal.aborted) {
          // An interrupted prompt leaves nothing half connected: the next one connects.
          await close();
          throw error;
        }
        next.until = world.now() + RETRY_MS;
        warn(`mcp: the servers of the account are not known: ${words(error)}`);
      }
      return next.tools;
    },
    close,
  };
};

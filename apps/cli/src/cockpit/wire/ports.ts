import { MogplexError } from '@mogplex/protocol';
import packageJson from '../../../package.json' with { type: 'json' };
import type { World } from '../../world.ts';
import type { McpServer, OpenSession, Ports } from '../ports.ts';
import { credentialPort } from './credentials.ts';
import { signInPort } from './sign-in.ts';
import { workspacePort } from './workspace.ts';

/**
 * The ports of a real cockpit.
 *
 * @param warn takes lines that the person must see
 */
export function createPorts(world: World, warn: (line: string) => void): Ports & { close(): Promise<void> } {
  let session: Promise<OpenSession> | undefined;
  const open = async (): Promise<OpenSession> => {
    const { openSessionPort } = await import('./session.ts');
    return await openSessionPort(world, warn);
  };
  return {
    now: () => world.now(),
    credentials: credentialPort(world, warn),
    signIn: signInPort(world),
    workspace: workspacePort(world),
    session: async () => await (session ??= open()),
    mcpServers: async () => await mcpServers(world),
    attach: async (run) => await attach(world, run),
    copy: (text) => void world.stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`),
    skills: async () => {
      const { openProviderHost } = await import('../../commands/moxxy/host.ts');
      return await (await openProviderHost(world)).skills();
    },
    status: async () => [
      `Home         ${world.home}`,
      `Platform     ${world.env['MOGPLEX_URL'] ?? 'http://127.0.0.1:4100 (default)'}`,
      `Version      mogplex ${packageJson.version}, Node.js ${process.version}`,
    ],
    close: async () => {
      // A session that did not open has nothing to close, and the person has seen why.
      const opened = await session?.catch(() => undefined);
      await opened?.close();
    },
  };
}

async function mcpServers(world: World): Promise<readonly McpServer[]> {
  const { askPlatform } = await import('./platform.ts');
  const data = await askPlatform(world, '/mcp/servers').catch((error: unknown) => {
    if (error instanceof MogplexError && error.code === 'not_found') {
      throw new MogplexError('not_found', 'this platform does not offer MCP servers', { boundary: 'connection' });
    }
    throw error;
  });
  const servers = (data as { servers?: unknown } | undefined)?.servers;
  return (Array.isArray(servers) ? servers : []).map((server: { name?: unknown; url?: unknown; type?: unknown }) => ({
    name: String(server.name),
    detail: [server.type, server.url].filter((part) => typeof part === 'string').join(' '),
  }));
}

/** Asks the platform for a run. @throws MogplexError when it has none of that name */
async function attach(world: World, run: string): Promise<string> {
  if (!/^[\w-]{1,80}$/.test(run)) throw new MogplexError('usage', 'that is not the id of a run', { boundary: 'sandbox' });
  const { askPlatform } = await import('./platform.ts');
  try {
    await askPlatform(world, `/runs/${run}`);
  } catch (error) {
    if (!(error instanceof MogplexError) || error.code !== 'not_found') throw error;
    throw new MogplexError('not_found', `the platform knows no run ${run}`, {
      boundary: 'sandbox',
      ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    });
  }
  return `The platform has the run ${run}, but this version of mogplex cannot follow runs.`;
}

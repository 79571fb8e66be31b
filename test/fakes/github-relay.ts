import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';

export interface GitHubRelay {
  /** Origin of the GitHub Enterprise server that it stands for. */
  url: string;
  /** Query of the last authorization request. */
  authorized: URLSearchParams | undefined;
  /** Form of the last token request. */
  exchanged: URLSearchParams | undefined;
  close(): Promise<void>;
}

/**
 * A GitHub Enterprise server: the emulator, with its API under `/api/v3` as Enterprise has it, and a record of what was asked,
 * since the emulator itself ignores PKCE.
 */
export const startGitHub = async (seed: Record<string, unknown>): Promise<GitHubRelay> => {
  const emulator = await createEmulator({ service: 'github', port: 0, seed: { github: seed } });
  const relay: GitHubRelay = { url: '', authorized: undefined, exchanged: undefined, close: () => Promise.resolve() };
  const server = createServer((incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const target = new URL((incoming.url ?? '/').replace(/^\/api\/v3/, ''), emulator.url);
      if (target.pathname === '/login/oauth/authorize') relay.authorized = target.searchParams;
      if (target.pathname === '/login/oauth/access_token') relay.exchanged = new URLSearchParams(body.toString('utf8'));
      const headers = new Headers();
      for (const name of ['authorization', 'content-type', 'accept', 'cookie', 'user-agent']) {
        const value = incoming.headers[name];
        if (typeof value === 'string') headers.set(name, value);
      }
      const method = incoming.method ?? 'GET';
      const response = await fetch(target, { method, headers, redirect: 'manual', ...(body.length > 0 ? { body } : {}) });
      const kept = ['content-type', 'location', 'set-cookie', 'link', 'x-oauth-scopes', 'etag'].flatMap((name) => {
        const value = response.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      outgoing.writeHead(response.status, Object.fromEntries(kept)).end(Buffer.from(await response.arrayBuffer()));
    };
    answer().catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  relay.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  relay.close = async () => {
    server.closeAllConnections();
    server.close();
    await emulator.close();
  };
  return relay;
};

import { createHash } from 'node:crypto';
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
 * PKCE as GitHub has it (RFC 7636), which the emulator ignores: a code that was asked for with a challenge is given a token only for the
 * verifier of that challenge.
 */
class ProofKeys {
  readonly #ofState = new Map<string, string>();
  readonly #ofCode = new Map<string, string>();

  asked(query: URLSearchParams): void {
    this.#ofState.set(query.get('state') ?? '', query.get('code_challenge') ?? '');
  }

  /** Notes the code that a redirect back carries. */
  issued(location: string | null): void {
    const query = location !== null && URL.canParse(location) ? new URL(location).searchParams : new URLSearchParams();
    const challenge = this.#ofState.get(query.get('state') ?? '');
    if (challenge !== undefined && query.has('code')) this.#ofCode.set(query.get('code') ?? '', challenge);
  }

  fits(form: URLSearchParams): boolean {
    const challenge = this.#ofCode.get(form.get('code') ?? '') ?? '';
    const verifier = form.get('code_verifier') ?? '';
    return challenge === '' ? verifier === '' : createHash('sha256').update(verifier).digest('base64url') === challenge;
  }
}

/**
 * A GitHub Enterprise server: the emulator, with its API under `/api/v3` as Enterprise has it and with PKCE, and a record of what was
 * asked.
 */
export const startGitHub = async (seed: Record<string, unknown>): Promise<GitHubRelay> => {
  const emulator = await createEmulator({ service: 'github', port: 0, seed: { github: seed } });
  const relay: GitHubRelay = { url: '', authorized: undefined, exchanged: undefined, close: () => Promise.resolve() };
  const proofs = new ProofKeys();
  const server = createServer((incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const target = new URL((incoming.url ?? '/').replace(/^\/api\/v3/, ''), emulator.url);
      if (target.pathname === '/login/oauth/authorize') {
        relay.authorized = target.searchParams;
        proofs.asked(target.searchParams);
      }
      if (target.pathname === '/login/oauth/access_token') {
        relay.exchanged = new URLSearchParams(body.toString('utf8'));
        if (!proofs.fits(relay.exchanged)) {
          outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"error":"bad_verification_code"}');
          return;
        }
      }
      const headers = new Headers();
      for (const name of ['authorization', 'content-type', 'accept', 'cookie', 'user-agent']) {
        const value = incoming.headers[name];
        if (typeof value === 'string') headers.set(name, value);
      }
      const method = incoming.method ?? 'GET';
      const response = await fetch(target, { method, headers, redirect: 'manual', ...(body.length > 0 ? { body } : {}) });
      proofs.issued(response.headers.get('location'));
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

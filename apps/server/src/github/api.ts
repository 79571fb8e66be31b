import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';
import { BrokenLink, failureOf, silence, strangeAnswer } from './failure.ts';
import { apiBaseOf, type GitHubSettings } from './settings.ts';

/** Bytes of one answer: a page of a hundred repositories has about 600,000. */
const LARGEST_ANSWER = 16_777_216;

/** New tokens of a person, from a refresh token. Times are milliseconds since the epoch. */
export interface GitHubTokens {
  accessToken: Secret;
  expiresAt?: number;
  refreshToken?: Secret;
  refreshExpiresAt?: number;
}

/** A successful answer; `body` is undefined for 304 (what the caller has is still true). */
export interface GitHubAnswer {
  headers: Headers;
  body: unknown;
}

/** The calls of GitHub's REST API that the platform makes for a person. */
export interface GitHubApi {
  /** Host of the server that people know, for instance `github.com`. */
  readonly host: string;
  /**
   * Reads a resource of the REST API with a person's token.
   *
   * @param path with its leading slash and query.
   * @param etag of the answer that the caller has: a conditional request (RFC 9110 section 13.1.2), which costs no limit when it is
   *   still true.
   * @throws MogplexError of the boundary `github`: `forbidden` for a refused token, `rate_limited` with the seconds to wait,
   *   `upstream_error`, `upstream_timeout`.
   */
  read(path: string, token: Secret, etag?: string): Promise<GitHubAnswer>;
  /**
   * Exchanges a refresh token (RFC 6749 section 6), which is good once.
   *
   * @throws MogplexError `forbidden` when GitHub refuses it: the link is broken.
   */
  refresh(refreshToken: Secret): Promise<GitHubTokens>;
  /**
   * Takes the application off the person's list at GitHub: every token that it holds for them is dead.
   *
   * @param token any token of the grant that is still valid.
   */
  revokeGrant(token: Secret): Promise<void>;
}

const bodyOf = async (response: Response): Promise<unknown> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw strangeAnswer(new Error(`more than ${LARGEST_ANSWER} bytes`));
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw strangeAnswer(cause);
  }
};

const refreshed = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().optional(),
  refresh_token: z.string().min(1).optional(),
  refresh_token_expires_in: z.number().optional(),
});

/** GitHub answers a refused refresh token with 200 and this. */
const refusal = z.object({ error: z.string() });

const tokensOf = (body: unknown, now: number): GitHubTokens => {
  if (refusal.safeParse(body).success) throw new BrokenLink();
  const { success, data, error } = refreshed.safeParse(body);
  if (!success) throw strangeAnswer(error);
  const after = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : now + seconds * 1_000);
  const expiresAt = after(data.expires_in);
  const refreshExpiresAt = after(data.refresh_token_expires_in);
  return {
    accessToken: new Secret(data.access_token, 'access token of GitHub'),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(data.refresh_token === undefined ? {} : { refreshToken: new Secret(data.refresh_token, 'refresh token of GitHub') }),
    ...(refreshExpiresAt === undefined ? {} : { refreshExpiresAt }),
  };
};

/** GitHub over HTTP: no redirect is followed, so that a token goes to the configured server and nowhere else. */
export const createGitHubApi = (
  { url, clientId, clientSecret, seconds }: GitHubSettings,
  { fetch: send = fetch, now }: { fetch?: typeof fetch; now: () => number },
): GitHubApi => {
  const base = apiBaseOf(url);
  const { host } = new URL(url);
  const call = async (target: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('user-agent', 'mogplex');
    try {
      return await send(target, { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(seconds * 1_000) });
    } catch (cause) {
      throw silence(cause, host);
    }
  };
  const read = async (response: Response): Promise<unknown> => {
    try {
      return await bodyOf(response);
    } catch (cause) {
      throw cause instanceof MogplexError ? cause : silence(cause, host);
    }
  };
  const refuse = async (response: Response): Promise<never> => {
    await response.body?.cancel();
    throw failureOf(response.status, response.headers, now());
  };
  const rest = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
  return {
    host,
    async read(path, token, etag) {
      const headers = {
        ...rest,
        authorization: `Bearer ${token.reveal()}`,
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
      };
      const response = await call(base + path, { headers });
      if (response.status === 304) return { headers: response.headers, body: undefined };
      if (response.status !== 200) return refuse(response);
      return { headers: response.headers, body: await read(response) };
    },
    async refresh(refreshToken) {
      const form = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken.reveal(),
        client_id: clientId,
        client_secret: clientSecret.reveal(),
      });
      const response = await call(`${url}/login/oauth/access_token`, {
        method: 'POST',
        headers: { accept: 'application/json' },
        body: form,
      });
      if (response.status !== 200) return refuse(response);
      return tokensOf(await read(response), now());
    },
    async revokeGrant(token) {
      const basic = Buffer.from(`${clientId}:${clientSecret.reveal()}`).toString('base64');
      const response = await call(`${base}/applications/${encodeURIComponent(clientId)}/grant`, {
        method: 'DELETE',
        headers: { ...rest, authorization: `Basic ${basic}`, 'content-type': 'application/json' },
        body: JSON.stringify({ access_token: token.reveal() }),
      });
      // 404 and 422: the token, and with it the grant, is gone already.
      if (![204, 404, 422].includes(response.status)) return refuse(response);
      await response.body?.cancel();
    },
  };
};

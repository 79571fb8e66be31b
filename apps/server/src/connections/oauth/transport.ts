import { MogplexError } from '@mogplex/protocol';
import { allowInsecureRequests, customFetch } from 'oauth4webapi';
import type { DialPolicy, Lookup } from '../../network/dial.ts';
import { createSafeFetch, rootOf } from '../probe/fetch.ts';

export interface OAuthParts {
  policy: DialPolicy;
  lookup?: Lookup;
}

/** `fetch` as the protocol library calls it. */
type LibraryFetch = (
  url: string,
  init: { body?: RequestInit['body'] | undefined; headers: Record<string, string>; method: string; signal?: AbortSignal | undefined },
) => Promise<Response>;

/** How the authorization server of a connection is spoken to. */
export interface OAuthTransport {
  fetch: typeof fetch;
  /** Whether plain http is let pass: only where the operator allows private networks. */
  insecure: boolean;
  /** Options for the protocol library. */
  request: { [customFetch]: LibraryFetch; [allowInsecureRequests]: boolean };
}

const TOTAL_MS = 20_000;
const CONNECT_MS = 5_000;
const MAX_BYTES = 1024 * 1024;

const failed = (what: string, error: unknown): MogplexError => {
  if (error instanceof MogplexError && error.boundary === 'connection') return error;
  const root = rootOf(error);
  if (root instanceof MogplexError && root.boundary === 'connection') return root;
  if (root instanceof MogplexError && root.code === 'forbidden') {
    return new MogplexError('forbidden', `${what}: an address of it is not on the public internet`, {
      boundary: 'connection',
      cause: error,
    });
  }
  const timeout = root instanceof Error && root.name === 'TimeoutError';
  // The words of the other side stay in the log.
  const message = timeout ? `${what} did not answer in time` : `${what} did not answer as it should`;
  return new MogplexError(timeout ? 'upstream_timeout' : 'upstream_error', message, { boundary: 'connection', cause: error });
};

/**
 * Runs one exchange with the authorization server of a connection: checked addresses, bounded time and bytes, no redirect followed.
 *
 * @param what names the other side in the message of a failure.
 * @throws MogplexError boundary `connection`.
 */
export const withOAuth = async <T>(
  { policy, lookup }: OAuthParts,
  what: string,
  work: (transport: OAuthTransport) => Promise<T>,
): Promise<T> => {
  const signal = AbortSignal.timeout(TOTAL_MS);
  const safe = createSafeFetch({
    policy: { ...policy, tlsElsewhere: true },
    connectMs: CONNECT_MS,
    maxBytes: MAX_BYTES,
    signal,
    ...(lookup ? { lookup } : {}),
  });
  const libraryFetch: LibraryFetch = (url, { body, headers, method, signal: own }) =>
    safe.fetch(url, { headers, method, ...(body ? { body } : {}), ...(own ? { signal: own } : {}) });
  const insecure = policy.allowNetworks.length > 0;
  try {
    return await work({ fetch: safe.fetch, insecure, request: { [customFetch]: libraryFetch, [allowInsecureRequests]: insecure } });
  } catch (error) {
    throw failed(what, error);
  } finally {
    await safe.close();
  }
};

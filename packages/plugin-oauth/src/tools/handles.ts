import { randomBytes } from 'node:crypto';
import { type CredentialSource, isHostOf, MogplexError } from '@moxxy/sdk';

/** Opens every handle, so that one can be recognised wherever it turns up. */
export const HANDLE_PREFIX = 'moxxy-handle-';
const HANDLE = /moxxy-handle-[\w-]+/;

/** Stand-ins for tokens, safe to show to a model: each works for one provider and its hosts, in this process. */
export interface Handles {
  /** A handle for a provider's credential; the same one for the same provider. */
  issue(provider: string, source: CredentialSource): string;
  /** The source behind a handle. @throws MogplexError `not_found`. */
  resolve(handle: string): { provider: string; source: CredentialSource };
  /** Makes a provider's handle worthless. */
  revoke(provider: string): void;
}

/** An empty set of handles. */
export const createHandles = (random: (bytes: number) => Buffer = randomBytes): Handles => {
  const byProvider = new Map<string, string>();
  const byHandle = new Map<string, { provider: string; source: CredentialSource }>();
  return {
    issue: (provider, source) => {
      const known = byProvider.get(provider);
      const handle = known ?? HANDLE_PREFIX + random(18).toString('base64url');
      byProvider.set(provider, handle);
      byHandle.set(handle, { provider, source });
      return handle;
    },
    resolve: (handle) => {
      const found = byHandle.get(handle);
      if (!found)
        throw new MogplexError('not_found', 'this handle is not, or no longer, valid', {
          boundary: 'token',
          hint: 'Call oauth_get_token for a new one.',
        });
      return found;
    },
    revoke: (provider) => {
      const handle = byProvider.get(provider);
      if (handle !== undefined) byHandle.delete(handle);
      byProvider.delete(provider);
    },
  };
};

const misplaced = (where: string): MogplexError =>
  new MogplexError('forbidden', `a handle may only stand in the Authorization header, not in ${where}`, { boundary: 'token' });

/**
 * `fetch` for requests that a model or a tool makes: an `Authorization: Bearer <handle>` is swapped for the token when
 * the request goes to one of the handle's hosts over https (or loopback), and refused otherwise. Redirects are not
 * followed, so the token goes where it was sent and nowhere else.
 *
 * @throws MogplexError `forbidden` for another host or another place of the handle, `not_found` for an unknown handle.
 */
export const createHandleFetch =
  (handles: Handles, send: typeof fetch): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (HANDLE.test(decodeURIComponent(url.href))) throw misplaced('a URL');
    const handle = HANDLE.exec(request.headers.get('authorization') ?? '')?.[0];
    if (handle === undefined) return send(request);
    const { provider, source } = handles.resolve(handle);
    if (!isHostOf(source, url)) {
      throw new MogplexError(
        'forbidden',
        `the handle of ${provider} is only good for ${source.hosts.join(', ') || 'no host'}, not for ${url.host}`,
        {
          boundary: 'token',
        },
      );
    }
    const { secret } = await source.current();
    const headers = new Headers(request.headers);
    headers.set('authorization', `Bearer ${secret.reveal()}`);
    return send(new Request(request, { headers, redirect: 'manual' }));
  };

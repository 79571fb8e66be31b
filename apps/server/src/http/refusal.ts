import { MogplexError, toErrorEnvelope } from '@mogplex/protocol';
import { asStoreFailure } from '../store/failure.ts';
import { SECURITY_HEADERS } from './headers.ts';
import type { JsonRoute, RawRoute, Route } from './route.ts';

/** What a route could not say itself: anything that is not ours stays inside and is found in the log by its request id. */
export const asMogplexError = (error: unknown, boundary: Route['boundary']): MogplexError =>
  error instanceof MogplexError
    ? error
    : (asStoreFailure(error) ??
      new MogplexError('internal', 'something failed inside the platform', {
        boundary,
        hint: 'The request id finds it in the log of the platform.',
        cause: error,
      }));

const challenge = (error: MogplexError, hadToken: boolean, scope: Route['scope'], resourceMetadata: string): string | undefined => {
  if (error.code === 'insufficient_scope') return `Bearer realm="mogplex", error="insufficient_scope", scope="${scope}"`;
  if (error.code !== 'unauthenticated') return undefined;
  const reason = hadToken ? ', error="invalid_token"' : '';
  return `Bearer realm="mogplex"${reason}, resource_metadata="${resourceMetadata}"`;
};

/**
 * The answer for an error: the route's own wire format or the envelope, with `X-Request-Id`, `Retry-After` (RFC 9110 section
 * 10.2.3) and `WWW-Authenticate` (RFC 6750 section 3, RFC 9728 section 5.1) where they belong.
 */
export const renderRefusal = (
  route: JsonRoute | RawRoute,
  error: MogplexError,
  requestId: string,
  context: { hadToken: boolean; resourceMetadata: string },
): Response => {
  const headers: Record<string, string> = { ...SECURITY_HEADERS, 'cache-control': 'no-store', 'x-request-id': requestId };
  if (error.retryAfter !== undefined) headers['retry-after'] = String(error.retryAfter);
  const authenticate = challenge(error, context.hadToken, route.scope, context.resourceMetadata);
  if (authenticate !== undefined) headers['www-authenticate'] = authenticate;
  const own = route.kind === 'raw' ? route.renderError?.(error, requestId) : undefined;
  if (own) {
    for (const [name, value] of Object.entries(headers)) if (!own.headers.has(name)) own.headers.set(name, value);
    return own;
  }
  headers['content-type'] = 'application/json';
  return new Response(JSON.stringify(toErrorEnvelope(error, requestId)), { status: error.status, headers });
};

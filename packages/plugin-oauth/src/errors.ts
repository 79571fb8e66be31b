import { MogplexError, plainText } from '@moxxy/sdk';
import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'oauth4webapi';

/** The kinds of failure that a flow reacts to differently. */
export type OAuthFailure =
  /** The service refused with an OAuth error code (RFC 6749 section 5.2). */
  | { kind: 'refused'; code: string; description: string | undefined; status: number }
  /** The service is in trouble or asks to slow down; the same request may succeed later. */
  | { kind: 'troubled'; status: number; retryAfterMs: number | undefined }
  /** No answer in time. It may have been acted upon. */
  | { kind: 'timeout' }
  /** The connection failed. `sent` is false when the request certainly never left. */
  | { kind: 'network'; sent: boolean }
  /** The caller gave up. */
  | { kind: 'aborted' }
  /** An answer that is none. */
  | { kind: 'malformed'; reason: string; status: number | undefined };

const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
const LONGEST_RETRY_AFTER_S = 600;

/** A text of the service with every secret that we sent blotted out, harmless to print. */
export const quoted = (text: string, secrets: readonly string[] = []): string => {
  const forms = secrets.filter((secret) => secret.length >= 4).flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return plainText(forms.reduce((blotted, form) => blotted.replaceAll(form, '[secret]'), text));
};

const errnoOf = (error: unknown): string | undefined => {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string' && current.code !== '') return current.code;
    if (current instanceof AggregateError && current.errors.length > 0) return errnoOf(current.errors[0]);
  }
  return undefined;
};

const retryAfterMs = (response: Response): number | undefined => {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, LONGEST_RETRY_AFTER_S) * 1000 : undefined;
};

const ofStatus = (response: Response, fallback: OAuthFailure): OAuthFailure =>
  response.status === 429 || response.status >= 500
    ? { kind: 'troubled', status: response.status, retryAfterMs: retryAfterMs(response) }
    : fallback;

/**
 * What a failed request to a service means.
 *
 * @param error what the protocol library or `fetch` threw.
 * @param signal the caller's own signal, to tell its giving up from a time-out.
 * @param secrets values that were sent, which the service might repeat.
 */
export const classify = (error: unknown, signal: AbortSignal, secrets: readonly string[] = []): OAuthFailure => {
  if (signal.aborted) return { kind: 'aborted' };
  if (error instanceof ResponseBodyError) {
    const description = error.error_description === undefined ? undefined : quoted(error.error_description, secrets);
    return ofStatus(error.response, { kind: 'refused', code: quoted(error.error, secrets), description, status: error.status });
  }
  if (error instanceof AuthorizationResponseError) {
    const description = error.error_description === undefined ? undefined : quoted(error.error_description, secrets);
    return { kind: 'refused', code: quoted(error.error, secrets), description, status: 400 };
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return ofStatus(error.response, { kind: 'refused', code: 'invalid_client', description: undefined, status: error.status });
  }
  if (error instanceof Error && error.cause instanceof Response) {
    return ofStatus(error.cause, {
      kind: 'malformed',
      reason: `it answered with status ${error.cause.status}`,
      status: error.cause.status,
    });
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') return { kind: 'timeout' };
  const errno = errnoOf(error);
  if (error instanceof TypeError && error.message === 'fetch failed') return { kind: 'network', sent: !NEVER_SENT.has(errno ?? '') };
  if (errno?.startsWith('OAUTH_')) return { kind: 'malformed', reason: 'its answer does not follow the standard', status: undefined };
  if (errno !== undefined) return { kind: 'network', sent: !NEVER_SENT.has(errno) };
  return { kind: 'malformed', reason: 'its answer cannot be read', status: undefined };
};

const unreachable = (service: string, what: string): MogplexError =>
  new MogplexError('unavailable', `${service} could not be reached: ${what}`, {
    boundary: 'network',
    hint: 'Check the connection, then try again.',
  });

/** The error that a person sees when a step of a flow failed for good. */
export const flowError = (service: string, step: string, failure: OAuthFailure): MogplexError => {
  switch (failure.kind) {
    case 'aborted':
      return new MogplexError('interrupted', `the ${step} was interrupted`, { boundary: 'terminal' });
    case 'timeout':
      return new MogplexError('upstream_timeout', `${service} did not answer the ${step} in time`, {
        boundary: 'network',
        hint: 'Try again.',
      });
    case 'network':
      return unreachable(service, failure.sent ? 'the connection broke off' : 'no connection');
    case 'troubled':
      return new MogplexError(
        failure.status === 429 ? 'rate_limited' : 'upstream_error',
        `${service} answered the ${step} with status ${failure.status}`,
        {
          boundary: 'network',
          hint: 'Try again later.',
          ...(failure.retryAfterMs === undefined ? {} : { retryAfter: Math.ceil(failure.retryAfterMs / 1000) }),
        },
      );
    case 'malformed':
      return new MogplexError('upstream_error', `${service} did not answer the ${step} as it should: ${failure.reason}`, {
        boundary: 'network',
      });
    case 'refused': {
      const why =
        failure.description === undefined || failure.description === '' ? failure.code : `${failure.code} (${failure.description})`;
      const denied = failure.code === 'access_denied';
      return new MogplexError(denied ? 'forbidden' : 'unauthenticated', `${service} refused the ${step}: ${why}`, {
        boundary: 'token',
        ...(denied ? { hint: 'The request was declined in the browser. Run the login again to retry.' } : {}),
      });
    }
  }
};

import { MogplexError } from '@mogplex/protocol';
import type { SecretValue } from './login.ts';
import type { CredentialSource } from './provider.ts';

export interface Authorized {
  secret: SecretValue;
  account?: string;
}

const UNAUTHORIZED = 401;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a credential may go to a URL: https (or http on this machine) and one of its hosts, the port included. */
export const isHostOf = ({ hosts }: Pick<CredentialSource, 'hosts'>, url: URL): boolean => {
  if (url.protocol !== 'https:' && !LOOPBACK.has(url.hostname)) return false;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return hosts.some((host) => (host.includes(':') ? host === `${url.hostname}:${port}` : host === url.hostname && url.port === ''));
};

/**
 * Refuses an address that a provider's credential must not go to. A stand-in on this machine is let pass: who can set a
 * base URL can read the vault as well.
 *
 * @throws MogplexError `forbidden` that names the hosts.
 */
export const requireHost = (provider: string, credentials: CredentialSource, address: string): void => {
  const url = URL.parse(address);
  if (url && (isHostOf(credentials, url) || LOOPBACK.has(url.hostname))) return;
  throw new MogplexError('forbidden', `the ${provider} login is only good for ${credentials.hosts.join(', ') || 'no host'}`, {
    boundary: 'token',
  });
};

/**
 * Sends a request with a provider's credential. After a 401 the credential is renewed once and the request is sent once
 * more; a second 401 means that only a new login helps.
 *
 * @param provider the provider's name, for the hint.
 * @param send builds and sends the request anew with the credential that it is given.
 * @throws MogplexError `unauthenticated` that says how to log in again.
 */
export const sendAuthorized = async (
  provider: string,
  credentials: CredentialSource,
  send: (authorized: Authorized) => Promise<Response>,
): Promise<Response> => {
  const first = await credentials.current();
  const answer = await send(first);
  if (answer.status !== UNAUTHORIZED) return answer;
  await answer.body?.cancel();
  const second = await send(await credentials.renew(first.secret));
  if (second.status !== UNAUTHORIZED) return second;
  await second.body?.cancel();
  throw new MogplexError('unauthenticated', `${provider} refuses the login even after a refresh`, {
    boundary: 'token',
    hint: `Log in again: moxxy login ${provider}`,
  });
};

/** The error for an answer of a model service that is no success. Nothing of its body is repeated. */
export const answerError = (provider: string, answer: Response): MogplexError => {
  const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN);
  const wait = Number.isFinite(retryAfter) ? { retryAfter } : {};
  if (answer.status === 429) {
    return new MogplexError('rate_limited', `${provider} asks to slow down`, { boundary: 'model', hint: 'Try again later.', ...wait });
  }
  if (answer.status === 403)
    return new MogplexError('forbidden', `${provider} does not allow this model with this login`, { boundary: 'model' });
  if (answer.status >= 500) {
    return new MogplexError('upstream_error', `${provider} answered with status ${answer.status}`, {
      boundary: 'model',
      hint: 'Try again later.',
      ...wait,
    });
  }
  return new MogplexError('invalid_request', `${provider} refused the request with status ${answer.status}`, { boundary: 'model' });
};

import { MogplexError } from '@moxxy/sdk';
import type { Secret } from '@mogplex/credentials';
import { refusedUrl } from './url.ts';

/** Endpoints that a service publishes for good, for services without discovery. */
export interface FixedEndpoints {
  authorization: string;
  token: string;
  /** RFC 8628 section 3.1. */
  deviceAuthorization?: string;
  /** RFC 7009. */
  revocation?: string;
}

/** Everything that is registered about a service and this client of it. Endpoints never come from anywhere else. */
export interface OAuthProfile {
  /** The provider's name, which is also the folder of its records: `oauth/<provider>/`. */
  provider: string;
  /** What a person calls the service. */
  serviceName: string;
  /** Identifier of the authorization server. Checked against metadata, callback (RFC 9207) and id token. */
  issuer: string;
  /** How the endpoints are known: RFC 8414 metadata, OpenID Connect discovery, or by heart. */
  endpoints: 'oauth2' | 'oidc' | FixedEndpoints;
  clientId: string;
  /** What to do when there is no client id, for services at which everybody registers their own client. */
  setUpHint?: string;
  /** For services that give one to installed applications as well; it is not a proof of anything there. */
  clientSecret?: Secret;
  scopes: readonly string[];
  /** The registered callback. Defaults: `http://localhost:8765/callback`. Port 0 takes a free one. */
  redirect?: { host?: 'localhost' | '127.0.0.1'; port?: number; path?: string };
  /** Further parameters of the authorization request. The protocol's own are refused. */
  extraAuthParams?: Readonly<Record<string, string>>;
  /** Hosts that the access token may be sent to: `api.example.com`, or `localhost:8080` for a loopback one. */
  hosts: readonly string[];
}

export const DEFAULT_REDIRECT = { host: 'localhost', port: 8765, path: '/callback' } as const;

const RESERVED = new Set([
  'response_type',
  'response_mode',
  'client_id',
  'client_secret',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'request',
  'request_uri',
  'iss',
]);

const wrong = (profile: OAuthProfile, problem: string): never => {
  throw new MogplexError('invalid_request', `the OAuth profile of ${profile.provider}: ${problem}`, { boundary: 'configuration' });
};

const checkUrls = (profile: OAuthProfile): void => {
  const urls: [string, string | undefined][] = [['issuer', profile.issuer]];
  if (typeof profile.endpoints === 'object') {
    const { authorization, token, deviceAuthorization, revocation } = profile.endpoints;
    urls.push(['authorization', authorization], ['token', token]);
    urls.push(['deviceAuthorization', deviceAuthorization], ['revocation', revocation]);
  }
  for (const [name, url] of urls) {
    const refused = url === undefined ? undefined : refusedUrl(url);
    if (refused !== undefined) wrong(profile, `${name}: ${refused}`);
  }
};

/**
 * Checks a profile and returns it unchanged: endpoints are https or loopback, nothing overrides a parameter of the
 * protocol, the callback is on this machine.
 *
 * @throws MogplexError `invalid_request` that names what is wrong.
 */
export const checkProfile = (profile: OAuthProfile): OAuthProfile => {
  checkUrls(profile);
  if (profile.clientId === '') {
    throw new MogplexError('invalid_request', `${profile.serviceName} needs a client of your own`, {
      boundary: 'configuration',
      ...(profile.setUpHint === undefined ? {} : { hint: profile.setUpHint }),
    });
  }
  const reserved = Object.keys(profile.extraAuthParams ?? {}).find((name) => RESERVED.has(name.toLowerCase()));
  if (reserved !== undefined) wrong(profile, `extraAuthParams may not set ${reserved}`);
  const { host, port, path } = { ...DEFAULT_REDIRECT, ...profile.redirect };
  if (host !== 'localhost' && host !== '127.0.0.1') wrong(profile, 'the callback is on localhost or 127.0.0.1');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) wrong(profile, 'the callback needs a port from 0 to 65535');
  if (!/^\/[\w/.-]*$/.test(path)) wrong(profile, 'the callback needs a plain path');
  if (profile.hosts.some((name) => !/^[a-z0-9.-]+(?::\d+)?$/.test(name)))
    wrong(profile, 'hosts are plain host names, without scheme or path');
  return profile;
};

import { MogplexError } from '@moxxy/sdk';
import type { LoginEvent } from '@moxxy/sdk';
import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  processAuthorizationCodeResponse,
  skipStateCheck,
  validateAuthResponse,
} from 'oauth4webapi';
import { clientAuthOf, clientOf } from '../client-auth.ts';
import { discover } from '../discover.ts';
import { classify, flowError } from '../errors.ts';
import { type Transport, tokenRequestOptions } from '../http.ts';
import { computeCodeChallenge, generateCodeVerifier, generateState } from '../pkce.ts';
import { DEFAULT_REDIRECT, type OAuthProfile } from '../profile.ts';
import { type TokenSet, tokenSet } from '../tokens.ts';
import { type Callback, listenForCallback } from './callback.ts';

/** How a browser login reaches the person and the service. */
export interface AuthorizationCodeOptions extends Transport {
  now: () => number;
  /** Opens the browser; false when that is known to have failed. */
  openUrl: (url: string) => Promise<boolean>;
  report: (event: LoginEvent) => void;
  /** The callback's port instead of the registered one. */
  port?: number;
  /** Ms to wait for the person, 10 minutes when not given. */
  patienceMs?: number;
  /** Called before the browser is told of success; what it throws is shown there as a failure. */
  onTokens?: (tokens: TokenSet) => Promise<void>;
}

const PATIENCE_MS = 10 * 60_000;

const authorizationUrl = (server: AuthorizationServer, profile: OAuthProfile, parameters: Record<string, string>): string => {
  if (server.authorization_endpoint === undefined) {
    throw new MogplexError('not_implemented', `${profile.serviceName} offers no browser login`, {
      boundary: 'configuration',
      hint: 'Log in with --no-browser.',
    });
  }
  const url = new URL(server.authorization_endpoint);
  for (const [name, value] of Object.entries({ ...profile.extraAuthParams, ...parameters })) url.searchParams.set(name, value);
  if (profile.scopes.length > 0) url.searchParams.set('scope', profile.scopes.join(' '));
  return url.href;
};

/** An authorization response and what it has to match. */
export interface CodeExchange {
  parameters: URLSearchParams;
  /** The state that was sent; absent when the code came from the service itself instead of through a browser. */
  state?: string;
  redirectUri: string;
  verifier: string;
}

/**
 * Exchanges an authorization code for tokens (RFC 6749 section 4.1.3 with the verifier of RFC 7636).
 *
 * @throws MogplexError as {@link runAuthorizationCodeFlow}.
 */
export const exchangeCode = async (
  server: AuthorizationServer,
  profile: OAuthProfile,
  login: CodeExchange,
  options: Transport & { now: () => number },
): Promise<TokenSet> => {
  const client = clientOf(profile);
  try {
    const parameters = validateAuthResponse(server, client, login.parameters, login.state ?? skipStateCheck);
    const request = tokenRequestOptions(options, server.token_endpoint ?? profile.issuer);
    const response = await authorizationCodeGrantRequest(
      server,
      client,
      clientAuthOf(profile),
      parameters,
      login.redirectUri,
      login.verifier,
      request,
    );
    return tokenSet(profile.provider, await processAuthorizationCodeResponse(server, client, response), options.now());
  } catch (error) {
    const sent = [login.verifier, login.parameters.get('code') ?? '', profile.clientSecret?.reveal() ?? ''];
    throw flowError(profile.serviceName, 'login', classify(error, options.signal, sent));
  }
};

const patience = (options: AuthorizationCodeOptions): { signal: AbortSignal; expiresAt: number } => {
  const ms = options.patienceMs ?? PATIENCE_MS;
  return { signal: AbortSignal.any([options.signal, AbortSignal.timeout(ms)]), expiresAt: options.now() + ms };
};

const gaveUp = (profile: OAuthProfile, options: AuthorizationCodeOptions): MogplexError =>
  options.signal.aborted
    ? flowError(profile.serviceName, 'login', { kind: 'aborted' })
    : new MogplexError('upstream_timeout', `nobody finished the ${profile.serviceName} login in the browser in time`, {
        boundary: 'terminal',
        hint: 'Run it again, or with --no-browser if the browser is on another machine.',
      });

/**
 * The authorization code flow for installed applications (RFC 6749 section 4.1, PKCE S256 of RFC 7636, loopback
 * callback of RFC 8252): binds the callback, shows the URL, opens the browser, waits through noise, exchanges the code.
 *
 * @param profile what is registered about the service.
 * @returns the tokens; nothing is stored here.
 * @throws MogplexError `unavailable` (port taken, service out of reach), `forbidden` (declined), `upstream_timeout`,
 * `interrupted`.
 */
export const runAuthorizationCodeFlow = async (profile: OAuthProfile, options: AuthorizationCodeOptions): Promise<TokenSet> => {
  const server = await discover(profile, options);
  const state = generateState();
  const verifier = generateCodeVerifier();
  const listener = await listenForCallback({
    ...DEFAULT_REDIRECT,
    ...profile.redirect,
    ...(options.port === undefined ? {} : { port: options.port }),
    state,
    issuer: { value: server.issuer, required: server.authorization_response_iss_parameter_supported === true },
    onNoise: (reason) => options.report({ type: 'noise', reason }),
  });
  try {
    const { redirectUri } = listener;
    const url = authorizationUrl(server, profile, {
      response_type: 'code',
      client_id: profile.clientId,
      redirect_uri: redirectUri,
      state,
      code_challenge: await computeCodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const waiting = patience(options);
    options.report({ type: 'browser', url, redirectUri, expiresAt: waiting.expiresAt });
    const arriving = listener.wait(waiting.signal).catch(() => {
      throw gaveUp(profile, options);
    });
    arriving.catch(() => undefined);
    if (!(await options.openUrl(url))) options.report({ type: 'browser-failed' });
    const callback = await arriving;
    return await finish(profile, callback, async () => {
      const tokens = await exchangeCode(server, profile, { parameters: callback.parameters, state, redirectUri, verifier }, options);
      await options.onTokens?.(tokens);
      return tokens;
    });
  } finally {
    await listener.close();
  }
};

const finish = async (profile: OAuthProfile, callback: Callback, work: () => Promise<TokenSet>): Promise<TokenSet> => {
  try {
    const tokens = await work();
    await callback.respond({ serviceName: profile.serviceName });
    return tokens;
  } catch (error) {
    await callback.respond({ failure: error instanceof MogplexError ? `${error.message}.` : 'Something went wrong.' });
    throw error;
  }
};

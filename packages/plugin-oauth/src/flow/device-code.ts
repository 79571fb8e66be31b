import { type LoginEvent, MogplexError, plainText } from '@moxxy/sdk';
import {
  type AuthorizationServer,
  deviceAuthorizationRequest,
  type DeviceAuthorizationResponse,
  deviceCodeGrantRequest,
  processDeviceAuthorizationResponse,
  processDeviceCodeResponse,
} from 'oauth4webapi';
import { clientAuthOf, clientOf } from '../client-auth.ts';
import { discover } from '../discover.ts';
import { classify, flowError, type OAuthFailure } from '../errors.ts';
import { requestOptions, type Transport, tokenRequestOptions } from '../http.ts';
import type { OAuthProfile } from '../profile.ts';
import { type TokenSet, tokenSet } from '../tokens.ts';
import { refusedUrl } from '../url.ts';

/** How a device login reaches the person and the service. */
export interface DeviceCodeOptions extends Transport {
  now: () => number;
  /** Waits `ms` milliseconds; rejects when the signal ends it. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  report: (event: LoginEvent) => void;
}

/** What a poll found: tokens, or how long to wait before the next one and why. */
export type Poll<T> = { done: T } | { waitMs: number; note?: string };

/** What a code that nobody entered in time ends in. */
const expired = (serviceName: string): MogplexError =>
  new MogplexError('gone', `the code for ${serviceName} expired before it was entered`, {
    boundary: 'token',
    hint: 'Run the login again for a new code.',
  });

const DEFAULT_INTERVAL_S = 5;
const SLOW_DOWN_MS = 5_000;
const LONGEST_BACK_OFF_MS = 60_000;
const LONGEST_CODE_S = 30 * 60;

/**
 * Polls until the person has decided or the code has expired. One poll's failure never ends it unless the poll says so
 * by throwing.
 *
 * @param code when the code ends (ms since 1970) and the first interval in ms.
 * @param poll one request; gets the interval in use and returns tokens or the next interval.
 * @throws MogplexError `gone` when the code has expired; whatever `poll` throws.
 */
export const pollUntilExpiry = async <T>(
  code: { serviceName: string; expiresAt: number; intervalMs: number },
  options: Pick<DeviceCodeOptions, 'now' | 'sleep' | 'report' | 'signal'>,
  poll: (intervalMs: number) => Promise<Poll<T>>,
): Promise<T> => {
  let intervalMs = code.intervalMs;
  let note: string | undefined;
  for (;;) {
    const remainingMs = code.expiresAt - options.now();
    if (remainingMs <= 0) throw expired(code.serviceName);
    options.report({ type: 'polling', expiresAt: code.expiresAt, ...(note === undefined ? {} : { note }) });
    try {
      await options.sleep(Math.min(intervalMs, remainingMs), options.signal);
    } catch (error) {
      if (options.signal.aborted) throw flowError(code.serviceName, 'login', { kind: 'aborted' });
      throw error;
    }
    const found = await poll(intervalMs);
    if ('done' in found) return found.done;
    intervalMs = found.waitMs;
    note = found.note;
  }
};

/** Twice the interval, up to a minute; never less than the service asked for. */
const backedOff = (intervalMs: number): number => Math.max(intervalMs, Math.min(intervalMs * 2, LONGEST_BACK_OFF_MS));

/** The next interval after a poll that failed, or undefined when the failure ends the login (RFC 8628 section 3.5). */
export const intervalAfter = (failure: OAuthFailure, intervalMs: number): { waitMs: number; note?: string } | undefined => {
  switch (failure.kind) {
    case 'refused':
      if (failure.code === 'authorization_pending') return { waitMs: intervalMs };
      if (failure.code === 'slow_down') return { waitMs: intervalMs + SLOW_DOWN_MS };
      return undefined;
    case 'troubled':
      return {
        waitMs: Math.max(failure.retryAfterMs ?? 0, backedOff(intervalMs)),
        note: `the service answered ${failure.status}, still trying`,
      };
    case 'timeout':
      return { waitMs: backedOff(intervalMs), note: 'the service did not answer, still trying' };
    case 'network':
      return { waitMs: backedOff(intervalMs), note: 'no connection, still trying' };
    case 'malformed':
      return failure.status === undefined || failure.status < 300
        ? { waitMs: backedOff(intervalMs), note: 'the service answered strangely, still trying' }
        : undefined;
    case 'aborted':
      return undefined;
  }
};

const requestCode = async (
  server: AuthorizationServer,
  profile: OAuthProfile,
  options: DeviceCodeOptions,
): Promise<DeviceAuthorizationResponse> => {
  const endpoint = server.device_authorization_endpoint;
  if (endpoint === undefined) {
    throw new MogplexError('not_implemented', `${profile.serviceName} offers no login by code`, {
      boundary: 'configuration',
      hint: 'Log in on a machine with a browser, without --no-browser.',
    });
  }
  const client = clientOf(profile);
  try {
    const parameters = { ...profile.extraAuthParams, ...(profile.scopes.length > 0 ? { scope: profile.scopes.join(' ') } : {}) };
    const response = await deviceAuthorizationRequest(server, client, clientAuthOf(profile), parameters, requestOptions(options, endpoint));
    return await processDeviceAuthorizationResponse(server, client, response);
  } catch (error) {
    throw flowError(profile.serviceName, 'login', classify(error, options.signal));
  }
};

const shown = (profile: OAuthProfile, code: DeviceAuthorizationResponse, expiresAt: number): LoginEvent => {
  const refused = refusedUrl(code.verification_uri);
  if (refused !== undefined) {
    throw new MogplexError('upstream_error', `${profile.serviceName} sent an address that is not safe to open: ${refused}`, {
      boundary: 'network',
    });
  }
  const complete = code.verification_uri_complete;
  return {
    type: 'device',
    userCode: plainText(code.user_code, 64),
    verificationUri: new URL(code.verification_uri).href,
    ...(complete === undefined || refusedUrl(complete) !== undefined ? {} : { verificationUriComplete: new URL(complete).href }),
    expiresAt,
  };
};

/**
 * The device authorization grant (RFC 8628): shows a code and an address, then polls by the service's rules until the
 * person has decided. Time-outs, 429, 5xx and broken connections slow it down; only a refusal or the code's expiry
 * ends it.
 *
 * @returns the tokens; nothing is stored here.
 * @throws MogplexError `gone` (code expired), `forbidden` (declined), `not_implemented` (no such flow there),
 * `interrupted`.
 */
export const runDeviceCodeFlow = async (profile: OAuthProfile, options: DeviceCodeOptions): Promise<TokenSet> => {
  const server = await discover(profile, options);
  const code = await requestCode(server, profile, options);
  const expiresAt = options.now() + Math.min(code.expires_in, LONGEST_CODE_S) * 1000;
  options.report(shown(profile, code, expiresAt));
  const client = clientOf(profile);
  const first = Math.max(code.interval ?? DEFAULT_INTERVAL_S, 1) * 1000;
  return pollUntilExpiry({ serviceName: profile.serviceName, expiresAt, intervalMs: first }, options, async (intervalMs) => {
    try {
      const request = tokenRequestOptions(options, server.token_endpoint ?? profile.issuer);
      const response = await deviceCodeGrantRequest(server, client, clientAuthOf(profile), code.device_code, request);
      return { done: tokenSet(profile.provider, await processDeviceCodeResponse(server, client, response), options.now()) };
    } catch (error) {
      const failure = classify(error, options.signal, [code.device_code]);
      const next = intervalAfter(failure, intervalMs);
      if (next) return next;
      if (failure.kind === 'refused' && failure.code === 'expired_token') throw expired(profile.serviceName);
      throw flowError(profile.serviceName, 'login', failure);
    }
  });
};

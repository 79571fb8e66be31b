import {
  type CredentialSource,
  type LoginBundle,
  MogplexError,
  type ProviderContext,
  type RefreshTurn,
  type SecretValue,
  type StoredLogin,
} from '@moxxy/sdk';
import { Secret } from '@mogplex/credentials';
import type { AuthorizationServer } from 'oauth4webapi';
import { discover } from '../discover.ts';
import { flowError, type OAuthFailure } from '../errors.ts';
import { refreshAccessToken, RefreshFailure } from '../flow/refresh.ts';
import { revokeToken } from '../flow/revoke.ts';
import { REQUEST_TIMEOUT_MS } from '../http.ts';
import type { OAuthProfile } from '../profile.ts';
import { ACCESS, bundleOfRefresh, REFRESH } from './login-bundle.ts';

/** Times of a refresh, in ms. */
export interface RefreshTimes {
  /** How long a caller waits. */
  callerMs: number;
  /** How long the request is listened to in the background, with the lock held, so that a late answer is not lost. */
  requestMs: number;
}

const TIMES: RefreshTimes = { callerMs: REQUEST_TIMEOUT_MS, requestMs: 45_000 };
/** A token that ends sooner than this is refreshed before it is used. */
const MARGIN_MS = 30_000;
const RETRY_PAUSES_MS = [200, 1_000];

const underWay = new Set<Promise<unknown>>();

/**
 * Waits for refreshes whose callers have given up already. Call it before a process ends: their answers may hold the
 * only token that still works.
 */
export const settleRefreshes = async (): Promise<void> => {
  await Promise.all(underWay);
};

const loginAgain = (profile: OAuthProfile, why: string): MogplexError =>
  new MogplexError('unauthenticated', why, { boundary: 'token', hint: `Log in again: moxxy login ${profile.provider}` });

const notLoggedIn = (profile: OAuthProfile): MogplexError => loginAgain(profile, `you are not logged in to ${profile.serviceName}`);

const lostLogin = (profile: OAuthProfile, lost: 'interrupted' | 'refused'): MogplexError =>
  loginAgain(
    profile,
    lost === 'interrupted'
      ? `a refresh of the ${profile.serviceName} login broke off after the service had replaced its token, and the new one never arrived`
      : `${profile.serviceName} has ended this login`,
  );

const isAlive = (login: StoredLogin, now: number, marginMs = 0): boolean =>
  login.card.expiresAt === undefined || login.card.expiresAt - marginMs > now;

const secretOf = (login: StoredLogin, name: string): Secret | undefined => {
  const value = login.secrets[name];
  return value === undefined || value instanceof Secret ? value : new Secret(value.reveal(), name);
};

/** Whether trying again with the same refresh token can help. */
const isPassing = (failure: OAuthFailure): boolean => failure.kind === 'troubled' || failure.kind === 'network';

/** Whether the service may have spent the token although no answer came. */
const mayBeSpent = (failure: OAuthFailure): boolean =>
  failure.kind === 'timeout' || failure.kind === 'troubled' || failure.kind === 'malformed' || (failure.kind === 'network' && failure.sent);

type Refresher = (turn: RefreshTurn) => Promise<LoginBundle>;

const refresherOf =
  (profile: OAuthProfile, context: ProviderContext, server: AuthorizationServer, times: RefreshTimes): Refresher =>
  async ({ current, signal, unfinishedSince }) => {
    const token = secretOf(current, REFRESH);
    if (!token) throw loginAgain(profile, `the ${profile.serviceName} login has run out and cannot be refreshed`);
    let spent = unfinishedSince !== undefined;
    for (let round = 0; ; round++) {
      try {
        const options = { fetch: context.fetch, now: context.now, signal, server, timeoutMs: times.requestMs };
        return bundleOfRefresh(current, await refreshAccessToken(profile, token, options));
      } catch (error) {
        if (!(error instanceof RefreshFailure)) throw error;
        const { failure } = error;
        if (failure.kind === 'refused' && failure.code === 'invalid_grant') {
          return { ...current, card: { ...current.card, lost: spent ? 'interrupted' : 'refused' } };
        }
        spent ||= mayBeSpent(failure);
        const pause = RETRY_PAUSES_MS[round];
        if (!isPassing(failure) || pause === undefined) throw flowError(profile.serviceName, 'refresh', failure);
        await context.sleep(pause, signal);
      }
    }
  };

/** Stops waiting for `work`, which itself goes on, when the time is over or the person gives up. */
const waitFor = async <T>(work: Promise<T>, ms: number, signal: AbortSignal, tooLate: () => MogplexError): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new MogplexError('interrupted', 'the refresh was interrupted', { boundary: 'terminal' }));
  const timer = setTimeout(() => reject(tooLate()), ms);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
};

/**
 * The credentials of a stored login. The access token is refreshed when it is about to end and after a 401, one refresh
 * at a time across processes; the new refresh token is durable before the new access token is handed out.
 *
 * @param times shorter ones for tests.
 */
export const oauthCredentials = (profile: OAuthProfile, context: ProviderContext, times: RefreshTimes = TIMES): CredentialSource => {
  let metadata: Promise<AuthorizationServer> | undefined;
  const serverOf = async (): Promise<AuthorizationServer> => {
    metadata ??= discover(profile, { fetch: context.fetch, signal: context.signal });
    try {
      return await metadata;
    } catch (error) {
      metadata = undefined;
      throw error;
    }
  };

  const read = async (): Promise<StoredLogin> => {
    const login = await context.vault.read();
    if (!login) throw notLoggedIn(profile);
    if (login.card.issuer !== profile.issuer) {
      throw loginAgain(profile, `the stored ${profile.serviceName} login belongs to ${login.card.issuer}, and its tokens go nowhere else`);
    }
    return login;
  };

  const refresh = async (seen: number): Promise<StoredLogin> => {
    const server = await serverOf();
    const work = context.vault.refresh({
      seen,
      timeoutMs: times.requestMs,
      exchange: refresherOf(profile, context, server, times),
      discarded: async ({ secrets }) => {
        const secret = secrets[REFRESH];
        if (secret) {
          const signal = AbortSignal.timeout(times.callerMs);
          await revokeToken(
            profile,
            { secret: new Secret(secret.reveal(), REFRESH), kind: 'refresh_token' },
            { fetch: context.fetch, signal },
          );
        }
      },
    });
    const settled: Promise<unknown> = Promise.allSettled([work]).finally(() => underWay.delete(settled));
    underWay.add(settled);
    return waitFor(
      work,
      times.callerMs,
      context.signal,
      () =>
        new MogplexError('upstream_timeout', `${profile.serviceName} has not answered the refresh yet`, {
          boundary: 'network',
          hint: 'Try again in a moment. A late answer is still stored.',
        }),
    );
  };

  const refreshed = async (login: StoredLogin): Promise<StoredLogin> => {
    try {
      return await refresh(login.generation);
    } catch (error) {
      if (!(error instanceof MogplexError) || error.code !== 'gone') throw error;
      return read();
    }
  };

  const handOut = (login: StoredLogin): { secret: Secret; account?: string } => {
    const secret = secretOf(login, ACCESS);
    if (!secret) throw notLoggedIn(profile);
    return { secret, ...(login.card.account === undefined ? {} : { account: login.card.account }) };
  };

  const renewed = async (login: StoredLogin): Promise<{ secret: Secret; account?: string }> => {
    const { lost } = login.card;
    const next = lost === undefined ? await refreshed(login) : login;
    if (next.card.lost !== undefined) throw lostLogin(profile, next.card.lost);
    return handOut(next);
  };

  return {
    hosts: profile.hosts,
    current: async () => {
      const login = await read();
      if (isAlive(login, context.now(), MARGIN_MS)) return handOut(login);
      try {
        return await renewed(login);
      } catch (error) {
        if (isAlive(login, context.now())) return handOut(login);
        throw error;
      }
    },
    renew: async (refused: SecretValue) => {
      const login = await read();
      const inStore = handOut(login);
      return inStore.secret.reveal() === refused.reveal() ? renewed(login) : inStore;
    },
  };
};

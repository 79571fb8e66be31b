import {
  CLIENT_NAME,
  classify,
  discover,
  exchangeCode,
  flowError,
  intervalAfter,
  type OAuthFailure,
  type OAuthProfile,
  pollUntilExpiry,
  type TokenSet,
} from '@moxxy/plugin-oauth';
import { type LoginContext, MogplexError, plainText } from '@moxxy/sdk';

const REQUEST_TIMEOUT_MS = 15_000;
/** The service does not say how long a code lives; its own pages say a quarter of an hour. */
const CODE_LIFETIME_MS = 15 * 60_000;
const DEFAULT_INTERVAL_S = 5;

interface DeviceCode {
  id: string;
  userCode: string;
  intervalMs: number;
}

interface Decision {
  code: string;
  verifier: string;
}

const texts = async (response: Response, ...names: string[]): Promise<string[]> => {
  const body = (await response.json()) as Record<string, unknown> | null;
  return names.map((name) => {
    const value = body?.[name];
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string') return value;
    throw new TypeError(`${name} is missing`);
  });
};

const deviceCode = async (response: Response): Promise<DeviceCode> => {
  const [id = '', userCode = '', interval = ''] = await texts(response, 'device_auth_id', 'user_code', 'interval');
  const seconds = Number(interval);
  return { id, userCode, intervalMs: (seconds > 0 ? seconds : DEFAULT_INTERVAL_S) * 1000 };
};

const decision = async (response: Response): Promise<Decision> => {
  const [code = '', verifier = ''] = await texts(response, 'authorization_code', 'code_verifier');
  return { code, verifier };
};

const post = (context: LoginContext, url: string, body: object): Promise<Response> =>
  context.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': CLIENT_NAME },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
  });

const ofStatus = (response: Response): OAuthFailure =>
  response.status === 429 || response.status >= 500
    ? { kind: 'troubled', status: response.status, retryAfterMs: undefined }
    : { kind: 'malformed', reason: `it answered with status ${response.status}`, status: response.status };

const requestCode = async (profile: OAuthProfile, context: LoginContext): Promise<DeviceCode> => {
  let failure: OAuthFailure;
  try {
    const response = await post(context, `${profile.issuer}/api/accounts/deviceauth/usercode`, { client_id: profile.clientId });
    if (response.ok) return await deviceCode(response);
    await response.body?.cancel();
    if (response.status === 404) {
      throw new MogplexError('forbidden', 'device login is switched off for this ChatGPT account', {
        boundary: 'account',
        hint: 'Allow it in the security settings of ChatGPT, or log in without --no-browser.',
      });
    }
    failure = ofStatus(response);
  } catch (error) {
    if (error instanceof MogplexError) throw error;
    failure = classify(error, context.signal);
  }
  throw flowError(profile.serviceName, 'login', failure);
};

/** While nobody has decided, the service answers 403 or 404. */
const isPending = (status: number): boolean => status === 403 || status === 404;

/**
 * The service's own login without a browser: JSON instead of RFC 8628, and the poll ends with an authorization code and
 * its verifier, which are exchanged as usual.
 */
export const codexDeviceFlow = async (profile: OAuthProfile, context: LoginContext): Promise<TokenSet> => {
  const code = await requestCode(profile, context);
  const expiresAt = context.now() + CODE_LIFETIME_MS;
  context.report({ type: 'device', userCode: plainText(code.userCode, 64), verificationUri: `${profile.issuer}/codex/device`, expiresAt });
  const wanted = { device_auth_id: code.id, user_code: code.userCode };
  const granted = await pollUntilExpiry(
    { serviceName: profile.serviceName, expiresAt, intervalMs: code.intervalMs },
    context,
    async (intervalMs) => {
      let failure: OAuthFailure;
      try {
        const response = await post(context, `${profile.issuer}/api/accounts/deviceauth/token`, wanted);
        if (response.ok) return { done: await decision(response) };
        await response.body?.cancel();
        if (isPending(response.status)) return { waitMs: intervalMs };
        failure = ofStatus(response);
      } catch (error) {
        failure = classify(error, context.signal, [code.id]);
      }
      const next = intervalAfter(failure, intervalMs);
      if (next) return next;
      throw flowError(profile.serviceName, 'login', failure);
    },
  );
  const parameters = new URLSearchParams({ code: granted.code });
  const redirectUri = `${profile.issuer}/deviceauth/callback`;
  return exchangeCode(await discover(profile, context), profile, { parameters, redirectUri, verifier: granted.verifier }, context);
};

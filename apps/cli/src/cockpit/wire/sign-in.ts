import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AccountLogin, openAuthFile, type Secret } from '@mogplex/credentials';
import type { OAuthProfile, TokenSet } from '@moxxy/plugin-oauth';
import type { LoginEvent } from '@moxxy/sdk';
import { DEFAULT_PLATFORM } from '../../session/account.ts';
import type { World } from '../../world.ts';
import type { SignInEvent, SignInPort } from '../ports.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { canOpenBrowser, openBrowser } from './browser.ts';

/** The public OAuth client of this program (RFC 8252: a native app has no secret). */
const CLIENT_ID = 'mogplex-cli';

/** Ms that a logout waits for the platform to confirm it. */
const REVOKE_MS = 3_000;

interface FlowOptions {
  device: boolean;
  signal: AbortSignal;
  report: (event: SignInEvent) => void;
}

/** Sign-ins to the account and to the providers of plugins. Everything that they need is loaded when one begins. */
export function signInPort(world: World): SignInPort {
  return {
    platform: () => {
      const set = world.env['MOGPLEX_URL']?.trim() || DEFAULT_PLATFORM;
      // An address may carry a password before its host.
      return URL.canParse(set) ? new URL(set).origin : sanitiseLine(set, 80);
    },
    canOpenBrowser: () => canOpenBrowser(world),
    account: async (options) => await signInAccount(world, options),
    providers: async () => {
      const { openProviderHost } = await import('../../commands/moxxy/host.ts');
      const { registry } = await openProviderHost(world);
      return registry.list().filter((provider) => provider.kind === 'oauth');
    },
    provider: async (name, options) => {
      const { loginWithProvider } = await import('../../commands/moxxy/host.ts');
      await loginWithProvider(name, world, { browser: !options.device, signal: options.signal, report: reporter(options) });
    },
  };
}

/** What is registered about the platform at an origin. */
const profileOf = (origin: string): OAuthProfile => ({
  provider: 'mogplex',
  serviceName: 'Mogplex',
  issuer: origin,
  endpoints: 'oauth2',
  clientId: CLIENT_ID,
  scopes: ['read', 'write'],
  redirect: { host: '127.0.0.1', port: 0, path: '/callback' },
  // Shown on the page where the person decides, and in the list of connected terminals.
  extraAuthParams: { device_name: hostname() },
  hosts: [new URL(origin).host],
});

/** Has the platform revoke a login (RFC 7009). @returns whether it confirmed that */
export async function revokeLogin(world: World, { origin, refreshToken, accessToken }: AccountLogin): Promise<boolean> {
  const { revokeToken } = await import('@moxxy/plugin-oauth');
  const token =
    refreshToken === undefined
      ? { secret: accessToken, kind: 'access_token' as const }
      : { secret: refreshToken, kind: 'refresh_token' as const };
  const transport = { fetch: world.fetch, signal: AbortSignal.timeout(REVOKE_MS), timeoutMs: REVOKE_MS };
  return (await revokeToken(profileOf(origin), token, transport)) === 'yes';
}

/**
 * Stores what a sign-in brought, in the place of an earlier login. A login that nobody can use any more is ended at its platform:
 * the replaced one, and the new one where it cannot be stored. That platform may be gone, so nothing waits for it.
 *
 * @returns who is signed in
 */
async function storeLogin(world: World, origin: string, tokens: TokenSet, signal: AbortSignal): Promise<string> {
  const login = {
    origin,
    clientId: CLIENT_ID,
    accessToken: tokens.accessToken,
    ...(tokens.refreshToken === undefined ? {} : { refreshToken: tokens.refreshToken }),
    ...(tokens.expiresAt === undefined ? {} : { expiresAt: tokens.expiresAt }),
  };
  try {
    const email = await whoIs(world, origin, tokens.accessToken, signal);
    signal.throwIfAborted();
    const file = openAuthFile(world.home, { now: () => world.now() });
    const { account: before } = file.read();
    await file.setAccount({ ...login, email });
    if (before !== undefined) void revokeLogin(world, before);
    return email;
  } catch (error) {
    void revokeLogin(world, { ...login, email: '' });
    throw error;
  }
}

/** Signs in with code and PKCE on a loopback callback, or by device code, and stores the account bound to its origin. */
async function signInAccount(world: World, options: FlowOptions): Promise<string> {
  const [{ platformOrigin }, { runAuthorizationCodeFlow, runDeviceCodeFlow }] = await Promise.all([
    import('./platform.ts'),
    import('@moxxy/plugin-oauth'),
  ]);
  const origin = platformOrigin(world);
  const profile = profileOf(origin);
  let email = '';
  const store = async (tokens: TokenSet): Promise<void> => {
    email = await storeLogin(world, origin, tokens, options.signal);
  };
  const transport = { fetch: world.fetch, now: () => world.now(), signal: options.signal, report: reporter(options) };
  if (options.device) {
    await store(await runDeviceCodeFlow(profile, { ...transport, sleep: async (ms, signal) => await sleep(ms, undefined, { signal }) }));
  } else {
    await runAuthorizationCodeFlow(profile, {
      ...transport,
      openUrl: async (url) => await openBrowser(world, url),
      onTokens: store,
    });
  }
  return email;
}

/** Who the platform says that a token belongs to. */
async function whoIs(world: World, origin: string, token: Secret, signal: AbortSignal): Promise<string> {
  const { createClient } = await import('@mogplex/client');
  const { account } = await createClient({ baseUrl: origin, token, fetch: world.fetch }).me({ signal });
  return account.email ?? 'an account without an address';
}

/** Turns what a flow reports into what the screen shows. */
export function reporter(options: FlowOptions): (event: LoginEvent) => void {
  let url = '';
  return (event) => {
    switch (event.type) {
      case 'browser':
        ({ url } = event);
        return options.report({ type: 'browser', url, opened: true });
      case 'browser-failed':
        return options.report({ type: 'browser', url, opened: false });
      case 'device':
        return options.report({ type: 'device', code: event.userCode, url: event.verificationUriComplete ?? event.verificationUri });
      case 'polling':
        if (event.note !== undefined) options.report({ type: 'note', text: event.note });
        return;
      case 'noise':
        return options.report({ type: 'note', text: `Ignored a request to the callback: ${event.reason}` });
    }
  };
}

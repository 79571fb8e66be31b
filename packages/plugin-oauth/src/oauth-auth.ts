import {
  type LoginCard,
  type LoginContext,
  type LoginOutcome,
  type LogoutOutcome,
  MogplexError,
  type OAuthAuth,
  type ProviderContext,
  type SecretValue,
  statusOfCard,
  type StoredLogin,
} from '@moxxy/sdk';
import { Secret } from '@mogplex/credentials';
import { runAuthorizationCodeFlow } from './flow/authorization-code.ts';
import { runDeviceCodeFlow } from './flow/device-code.ts';
import { revokeToken } from './flow/revoke.ts';
import { checkProfile, type OAuthProfile } from './profile.ts';
import { oauthCredentials } from './store/credentials.ts';
import { ACCESS, bundleOfLogin, REFRESH } from './store/login-bundle.ts';
import type { TokenSet } from './tokens.ts';

/** What a dialect does in its own way. */
export interface OAuthAuthOptions {
  /** Facts that a person sets in the environment, such as the id of their own client. */
  fromEnv?: (env: ProviderContext['env']) => Partial<OAuthProfile>;
  /** The login without a browser, when it is not RFC 8628. */
  deviceFlow?: (profile: OAuthProfile, context: LoginContext) => Promise<TokenSet>;
  /** Further values to seal with the tokens, for instance an account id that every request needs. */
  more?: (tokens: TokenSet) => Readonly<Record<string, SecretValue>>;
}

const tokenToRevoke = (login: StoredLogin): { secret: Secret; kind: 'refresh_token' | 'access_token' } | undefined => {
  const refresh = login.secrets[REFRESH];
  if (refresh) return { secret: new Secret(refresh.reveal(), REFRESH), kind: 'refresh_token' };
  const access = login.secrets[ACCESS];
  return access && { secret: new Secret(access.reveal(), ACCESS), kind: 'access_token' };
};

const NOTES = {
  yes: undefined,
  unsupported: 'The service has no way to revoke a login from here; its tokens end by themselves.',
  failed: 'The service did not confirm the revocation; end the session in its own settings as well.',
};

/** The `auth` part that {@link oauth} makes: it always hands out credentials. */
export type StandardOAuth = OAuthAuth & Required<Pick<OAuthAuth, 'credentials'>>;

/**
 * The `auth` part of a provider whose service speaks standard OAuth 2: browser login, device login, refresh,
 * revocation and status, with the tokens under `oauth/<provider>/`.
 *
 * @param registered what is registered about the service.
 *
 * @example
 * defineProvider({ name: 'acme', models, createClient, auth: oauth({ provider: 'acme', serviceName: 'Acme', ... }) });
 */
export const oauth = (registered: OAuthProfile, options: OAuthAuthOptions = {}): StandardOAuth => {
  const profileFor = ({ env }: ProviderContext): OAuthProfile => checkProfile({ ...registered, ...options.fromEnv?.(env) });

  const login = async (context: LoginContext): Promise<LoginOutcome> => {
    const profile = profileFor(context);
    const stored: { card?: LoginCard } = {};
    const store = async (tokens: TokenSet): Promise<void> => {
      stored.card = (await context.vault.write(bundleOfLogin(profile, tokens, context.now(), options.more?.(tokens)))).card;
    };
    if (context.browser) await runAuthorizationCodeFlow(profile, { ...context, onTokens: store });
    else await store(await (options.deviceFlow ?? runDeviceCodeFlow)(profile, context));
    if (!stored.card) throw new MogplexError('internal', 'the login was not stored', { boundary: 'storage' });
    return { card: stored.card };
  };

  const logout = async (context: ProviderContext): Promise<LogoutOutcome> => {
    const profile = profileFor(context);
    const before = await context.vault.read();
    const removed = await context.vault.remove();
    const token = before && tokenToRevoke(before);
    if (!token) return { removed, revoked: 'nothing' };
    const revoked = await revokeToken(profile, token, context);
    const note = NOTES[revoked];
    return { removed, revoked, ...(note === undefined ? {} : { note }) };
  };

  return {
    kind: 'oauth',
    serviceName: registered.serviceName,
    login,
    logout,
    status: async (context) => statusOfCard(await context.vault.card(), context.now()),
    credentials: (context) => oauthCredentials(profileFor(context), context),
  };
};

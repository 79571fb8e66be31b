import { MogplexError, type ProviderContext } from '@moxxy/sdk';
import { isLoopback, type OAuthProfile } from '@moxxy/plugin-oauth';

type Env = ProviderContext['env'];

const ISSUER = 'https://auth.openai.com';
const API = 'https://chatgpt.com/backend-api/codex';
/** The public client that ChatGPT subscriptions are open to; `OPENAI_CODEX_CLIENT_ID` names another. */
const CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann';

/** The name that we give ourselves where the service asks for one. */
export const ORIGINATOR = 'moxxy';

export const PROVIDER = 'openai-codex';
export const SERVICE_NAME = 'ChatGPT Pro/Plus';

/** A stand-in on this machine is the only other place that the login or the API may be at: tokens never leave for a third. */
const movable = (env: Env, variable: string, standard: string): string => {
  const moved = env[variable];
  if (!moved) return standard;
  if (URL.canParse(moved) && isLoopback(new URL(moved))) return moved.replace(/\/$/, '');
  throw new MogplexError('invalid_request', `${variable} may only name an address on this machine`, { boundary: 'configuration' });
};

/** Where the login is. */
export const issuerOf = (env: Env): string => movable(env, 'OPENAI_CODEX_ISSUER', ISSUER);

/** Where the Responses API is, without `/responses`. */
export const apiOf = (env: Env): string => movable(env, 'OPENAI_CODEX_BASE_URL', API);

const profileAt = (issuer: string, api: string, clientId: string): OAuthProfile => ({
  provider: PROVIDER,
  serviceName: SERVICE_NAME,
  issuer,
  endpoints: { authorization: `${issuer}/oauth/authorize`, token: `${issuer}/oauth/token` },
  clientId,
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  redirect: { host: 'localhost', port: 1455, path: '/auth/callback' },
  extraAuthParams: { id_token_add_organizations: 'true', codex_cli_simplified_flow: 'true', originator: ORIGINATOR },
  hosts: [new URL(api).host],
});

/** What is registered about the service. */
export const codexProfile = profileAt(ISSUER, API, CLIENT_ID);

/** The same where the environment moves it. */
export const codexProfileFromEnv = (env: Env): OAuthProfile =>
  profileAt(issuerOf(env), apiOf(env), env['OPENAI_CODEX_CLIENT_ID'] || CLIENT_ID);

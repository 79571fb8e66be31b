import { MogplexError } from '@mogplex/protocol';
import type { ModelClient } from './chat.ts';
import type { LoginContext, LoginOutcome, LoginStatus, LogoutOutcome, ProviderContext, SecretValue } from './login.ts';

export interface ModelDef {
  /** Id at the provider, for instance `gpt-5-codex`. */
  id: string;
  label?: string;
  /** Tokens. */
  contextWindow?: number;
}

/** Where a client takes its credential from, asked anew for every request. */
export interface CredentialSource {
  /** Hosts that the credential may be sent to, with a port where it is not the scheme's own. A handle works nowhere else. */
  hosts: readonly string[];
  /** The credential to send now; refreshed first when it is about to end. */
  current(): Promise<{ secret: SecretValue; account?: string }>;
  /**
   * A credential after the service refused the current one with 401: refreshed at most once.
   *
   * @param refused the secret that was refused; when another process has renewed it already, that one is returned.
   * @throws MogplexError `unauthenticated` when only a new login helps; for an API key always.
   */
  renew(refused: SecretValue): Promise<{ secret: SecretValue; account?: string }>;
}

/** What `createClient` gets. */
export interface ClientConfig extends ProviderContext {
  /** The key of a provider with `kind: 'apiKey'`. */
  apiKey?: SecretValue;
  /** Moves the API, for a proxy or a test. */
  baseUrl?: string;
}

export interface OAuthAuth {
  kind: 'oauth';
  /** What a person calls the service: `ChatGPT Pro/Plus`. */
  serviceName: string;
  login(context: LoginContext): Promise<LoginOutcome>;
  logout(context: ProviderContext): Promise<LogoutOutcome>;
  status(context: ProviderContext): Promise<LoginStatus>;
  /** The credentials of the stored login; without it the tools cannot use this provider. */
  credentials?(context: ProviderContext): CredentialSource;
}

export interface ApiKeyAuth {
  kind: 'apiKey';
  /** The environment variable that holds the key. */
  envVar: string;
}

export interface ProviderDef {
  /** Short and unique: `openai-codex`. Lower-case letters, digits and hyphens. */
  name: string;
  models: readonly ModelDef[];
  createClient(config: ClientConfig): ModelClient;
  auth: OAuthAuth | ApiKeyAuth;
}

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const NAME_LIMIT = 64;
/** Words of `moxxy login`. */
const TAKEN = new Set(['status', 'logout', 'refresh']);
const ENV_VAR = /^[A-Z][A-Z0-9_]*$/;

const refuse = (name: string, problem: string): never => {
  throw new MogplexError('invalid_request', `provider ${JSON.stringify(name)}: ${problem}`, { boundary: 'configuration' });
};

/** Whether a text can name a provider; such a name is also safe as a file name. */
export const isProviderName = (name: string): boolean => name.length <= NAME_LIMIT && NAME.test(name);

/**
 * Checks a provider definition and returns it unchanged.
 *
 * @example
 * defineProvider({ name: 'acme', models: [{ id: 'acme-1' }], createClient: (config) => new Acme(config), auth: oauth(profile) });
 * @throws MogplexError `invalid_request` that names what is wrong.
 */
export const defineProvider = (definition: ProviderDef): ProviderDef => {
  const { name, models, auth } = definition;
  if (typeof name !== 'string' || !isProviderName(name)) refuse(String(name), 'the name needs lower-case letters, digits and hyphens');
  if (TAKEN.has(name)) refuse(name, 'the name is a command of "moxxy login"');
  if (!Array.isArray(models) || models.some((model) => typeof model.id !== 'string' || model.id === '')) {
    refuse(name, 'models needs a list of { id }');
  }
  if (typeof definition.createClient !== 'function') refuse(name, 'createClient is missing');
  if (auth?.kind === 'apiKey') {
    if (!ENV_VAR.test(auth.envVar)) refuse(name, 'auth.envVar needs the name of an environment variable');
  } else if (auth?.kind === 'oauth') {
    if (typeof auth.serviceName !== 'string' || auth.serviceName === '') refuse(name, 'auth.serviceName is missing');
    for (const hook of ['login', 'logout', 'status'] as const) {
      if (typeof auth[hook] !== 'function') refuse(name, `auth.${hook} is missing`);
    }
  } else refuse(name, "auth.kind is 'oauth' or 'apiKey'");
  return definition;
};

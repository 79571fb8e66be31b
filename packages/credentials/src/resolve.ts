import { ACCOUNT_ENV_VAR, findProvider } from '@mogplex/protocol';
import type { AuthContents } from './auth-file.ts';
import { readEnv, type Env } from './env.ts';
import { Secret } from './secret.ts';
import { accountSource, envSource, loginSource, storedKeySource, type CredentialSource } from './source.ts';

/** The provider name of the account itself, beside the nine of `PROVIDERS`. */
export const ACCOUNT_PROVIDER = 'mogplex';

/** Finds the stored OAuth login that serves a provider: the plugin provider that logged in, such as `openai-codex`, or undefined. */
export type LoginReader = (provider: string) => string | undefined;

export interface ResolveOptions {
  /** One of the nine provider ids, a plugin's provider name, or `mogplex` for the account itself. */
  provider: string;
  env: Env;
  /** What auth.json holds: `openAuthFile(home).read()`. */
  auth: Pick<AuthContents, 'keys' | 'account'>;
  /** Reads provider logins from the vault; without it there are none. */
  vault?: LoginReader | undefined;
}

/** Where a credential may be sent. */
type Access =
  /** To the provider itself. */
  | { via: 'direct'; secret: Secret }
  /** To the platform at `origin`: the issuer of a stored account token (never another), else `MOGPLEX_URL` where that is set. */
  | { via: 'gateway'; secret: Secret; origin?: string }
  /** By the plugin that logged in; it opens the vault itself. */
  | { via: 'login'; login: string };

export type ResolvedCredential = Access & {
  provider: string;
  source: CredentialSource;
  /** What is set as well and loses to `source`, in the order of resolution. */
  overrides: readonly CredentialSource[];
};

/** A credential that is present, in the order of resolution, with the reason when it cannot be used. */
export interface Candidate {
  source: CredentialSource;
  /** Why this one is passed over although it is present. */
  unusable?: string;
}

const MALFORMED_URL = 'MOGPLEX_URL is not an http or https URL';

interface Found extends Candidate {
  access: Access;
}

/**
 * Picks the credential for one request (statement A1): the provider's variable, `MOGPLEX_API_KEY`, the stored key, a stored
 * provider login, the stored account. The environment always outranks the disk, an empty variable counts as unset.
 *
 * @returns the credential with its source and what it overrides, or undefined when there is none that can be used
 */
export function resolveCredential(options: ResolveOptions): ResolvedCredential | undefined {
  const usable = find(options).filter((candidate) => candidate.unusable === undefined);
  const [used, ...rest] = usable;
  if (used === undefined) return undefined;
  return { ...used.access, provider: options.provider, source: used.source, overrides: rest.map(({ source }) => source) };
}

/** Every credential that is present for a provider, in the order of resolution, those that cannot be used with the reason. */
export const credentialCandidates = (options: ResolveOptions): Candidate[] =>
  find(options).map(({ source, unusable }) => ({ source, ...(unusable !== undefined && { unusable }) }));

/** `env OPENAI_API_KEY overrides stored key`, or the source alone when it overrides nothing. */
export function describeCredential({ source, overrides }: Pick<ResolvedCredential, 'source' | 'overrides'>): string {
  const [next] = overrides;
  return next === undefined ? source.text : `${source.text} overrides ${next.text}`;
}

function find(options: ResolveOptions): Found[] {
  const known = findProvider(options.provider);
  const served = known !== undefined || options.provider === ACCOUNT_PROVIDER;
  return [
    ...(known === undefined ? [] : providerEnv(known.envVar, options)),
    ...(served ? accountEnv(options) : []),
    ...storedKey(options),
    ...storedLogin(options),
    ...(served ? storedAccount(options) : []),
  ];
}

function providerEnv(name: string, { env }: ResolveOptions): Found[] {
  const value = readEnv(env, name);
  const source = envSource(name);
  return value === undefined ? [] : [{ source, access: { via: 'direct', secret: new Secret(value, source.text) } }];
}

function accountEnv({ env }: ResolveOptions): Found[] {
  const value = readEnv(env, ACCOUNT_ENV_VAR);
  if (value === undefined) return [];
  const source = envSource(ACCOUNT_ENV_VAR);
  const secret = new Secret(value, source.text);
  const origin = platformOrigin(env);
  if (origin === null) return [{ source, access: { via: 'gateway', secret }, unusable: MALFORMED_URL }];
  return [{ source, access: { via: 'gateway', secret, ...(origin !== undefined && { origin }) } }];
}

function storedKey({ provider, auth }: ResolveOptions): Found[] {
  const secret = auth.keys.get(provider);
  return secret === undefined ? [] : [{ source: storedKeySource(provider), access: { via: 'direct', secret } }];
}

function storedLogin({ provider, vault }: ResolveOptions): Found[] {
  const login = vault?.(provider);
  return login === undefined ? [] : [{ source: loginSource(login), access: { via: 'login', login } }];
}

function storedAccount({ env, auth }: ResolveOptions): Found[] {
  const account = auth.account;
  if (account === undefined) return [];
  const { email, origin, accessToken: secret } = account;
  const found: Found = { source: accountSource(email, origin), access: { via: 'gateway', secret, origin } };
  const wanted = platformOrigin(env);
  if (wanted === null) return [{ ...found, unusable: MALFORMED_URL }];
  if (wanted === undefined || wanted === origin) return [found];
  return [{ ...found, unusable: `MOGPLEX_URL is ${wanted}, and an account token goes only to the platform that issued it` }];
}

/** The origin of `MOGPLEX_URL`; undefined when that is unset, null when it is no http(s) URL. */
function platformOrigin(env: Env): string | null | undefined {
  const value = readEnv(env, 'MOGPLEX_URL');
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.origin : null;
}

import { ACCOUNT_ENV_VAR } from '@mogplex/protocol';

/** Where a credential comes from. `id` is stable for machines, `text` is for people; neither holds a secret. */
export type CredentialSource =
  | { kind: 'env'; id: string; text: string; name: string }
  | { kind: 'stored-key'; id: string; text: string; provider: string }
  | { kind: 'login'; id: string; text: string; login: string }
  | { kind: 'account'; id: string; text: string; email: string; origin: string };

/** `env OPENAI_API_KEY` */
export const envSource = (name: string): CredentialSource => ({ kind: 'env', id: `env:${name}`, text: `env ${name}`, name });

/** `stored key` */
export const storedKeySource = (provider: string): CredentialSource => ({
  kind: 'stored-key',
  id: `stored-key:${provider}`,
  text: 'stored key',
  provider,
});

/** `stored login (openai-codex)` */
export const loginSource = (login: string): CredentialSource => ({
  kind: 'login',
  id: `login:${login}`,
  text: `stored login (${login})`,
  login,
});

/** `account you@example.com at http://127.0.0.1:4100` */
export const accountSource = (email: string, origin: string): CredentialSource => ({
  kind: 'account',
  id: `account:${origin}`,
  text: `account ${email} at ${origin}`,
  email,
  origin,
});

/** Whether the source is the Mogplex account (by environment or by login), so that requests go to its gateway. */
export const isAccountSource = (source: CredentialSource): boolean =>
  source.kind === 'account' || (source.kind === 'env' && source.name === ACCOUNT_ENV_VAR);

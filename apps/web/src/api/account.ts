import { z } from 'zod';
import { call, nothing } from './client.ts';

/** How somebody can sign in here. Passkeys need the platform to be opened by a name, not by an IP address. */
export const readOptions = () =>
  call('/auth/options', { data: z.object({ hasAccounts: z.boolean(), github: z.boolean(), passkeys: z.boolean() }) });

/** Makes the owner's account with the one-time code of the set-up link, and signs in. */
export const setUp = (body: { code: string; email: string; password: string }) =>
  call('/auth/set-up', { method: 'POST', body, data: nothing });

export const signIn = (body: { email: string; password: string }) =>
  call('/auth/sign-in', { method: 'POST', body, data: z.object({ status: z.enum(['signed-in', 'second-factor']) }) });

export type SecondFactorMethod = 'totp' | 'backup';

/** The second step of a sign-in: a code of the authenticator app, or one of the backup codes. */
export const secondFactor = (body: { method: SecondFactorMethod; code: string }) =>
  call('/auth/second-factor', { method: 'POST', body, data: nothing });

const target = z.object({ url: z.url({ protocol: /^https?$/ }) });

/** Starts a GitHub sign-in; the browser goes to `url` and comes back to the path `next`. */
export const startGitHub = (next: string) => call('/auth/github', { method: 'POST', body: { next }, data: target });

export const signOut = () => call('/auth/sign-out', { method: 'POST', body: {}, data: nothing });

const account = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  emailVerified: z.boolean(),
  hasPassword: z.boolean(),
  twoFactor: z.boolean(),
  github: z.boolean(),
});

export type Account = z.infer<typeof account>;

export const readAccount = () => call('/account', { data: account });
export const renameAccount = (name: string) => call('/account', { method: 'PATCH', body: { name }, data: nothing });
export const changeEmail = (body: { email: string; password?: string }) => call('/account/email', { method: 'POST', body, data: nothing });
export const changePassword = (body: { current?: string; next: string }) =>
  call('/account/password', { method: 'POST', body, data: nothing });

/** Deletes the account; its address is typed to confirm. */
export const deleteAccount = (email: string) => call('/account', { method: 'DELETE', body: { email }, data: nothing });

const withPassword = (password: string): { password?: string } => (password === '' ? {} : { password });

/** Begins the authenticator app: its secret as an `otpauth:` address, and backup codes. It counts after `confirmTwoFactor`. */
export const startTwoFactor = (password: string) =>
  call('/account/two-factor', {
    method: 'POST',
    body: withPassword(password),
    data: z.object({ uri: z.string(), backupCodes: z.array(z.string()) }),
  });
export const confirmTwoFactor = (code: string) => call('/account/two-factor/verify', { method: 'POST', body: { code }, data: nothing });
export const disableTwoFactor = (password: string) =>
  call('/account/two-factor', { method: 'DELETE', body: withPassword(password), data: nothing });

import type { GenericOAuthConfig } from 'better-auth/plugins/generic-oauth';
import { z } from 'zod';
import { apiBaseOf, type GitHubSettings } from '../github/settings.ts';

const profileSchema = z.object({
  id: z.number(),
  login: z.string(),
  name: z.string().nullish(),
});

const emailsSchema = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

const read = async <T extends z.ZodType>(url: string, token: string, schema: T): Promise<z.output<T> | undefined> => {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json', 'user-agent': 'mogplex' },
    signal: AbortSignal.timeout(10_000),
  });
  return response.ok ? schema.parse(await response.json()) : undefined;
};

/**
 * GitHub as a sign-in: the primary, verified address of the profile is the person's address. The account is known by the
 * server's host and GitHub's number for it, so that two GitHub servers never share an account.
 */
export const githubProvider = ({ url, clientId, clientSecret }: GitHubSettings, publicUrl: string): GenericOAuthConfig<'github'> => ({
  providerId: 'github',
  name: 'GitHub',
  authorizationUrl: `${url}/login/oauth/authorize`,
  tokenUrl: `${url}/login/oauth/access_token`,
  clientId,
  clientSecret: clientSecret.reveal(),
  scopes: ['read:user', 'user:email'],
  redirectURI: `${publicUrl}/api/auth/callback/github`,
  pkce: true,
  accountSubject: ({ profile }) => `${new URL(url).host}#${String(profile.id)}`,
  getUserInfo: async ({ accessToken }) => {
    if (!accessToken) return null;
    const api = apiBaseOf(url);
    const profile = await read(`${api}/user`, accessToken, profileSchema);
    const emails = await read(`${api}/user/emails`, accessToken, emailsSchema);
    const primary = emails?.find((entry) => entry.primary && entry.verified);
    if (profile === undefined || primary === undefined) return null;
    return { id: profile.id, email: primary.email.toLowerCase(), emailVerified: true, name: profile.name ?? profile.login };
  },
});

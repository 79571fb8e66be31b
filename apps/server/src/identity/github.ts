import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import type { GenericOAuthConfig } from 'better-auth/plugins/generic-oauth';
import { z } from 'zod';
import { createGitHubApi, type GitHubApi } from '../github/api.ts';
import type { GitHubSettings } from '../github/settings.ts';

const profileSchema = z.object({
  id: z.number(),
  login: z.string(),
  name: z.string().nullish(),
});

const emailsSchema = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

const readPerson = async (api: GitHubApi, token: Secret) => {
  const [profile, emails] = [await api.read('/user', token), await api.read('/user/emails?per_page=100', token)];
  const known = { profile: profileSchema.safeParse(profile.body), emails: emailsSchema.safeParse(emails.body) };
  const primary = known.emails.data?.find((entry) => entry.primary && entry.verified);
  return known.profile.data && primary && { profile: known.profile.data, email: primary.email.toLowerCase() };
};

/**
 * GitHub as a sign-in: the primary, verified address of the profile is the person's address. The account is known by the
 * server's host and GitHub's number for it, so that two GitHub servers never share an account.
 */
export const githubProvider = (
  settings: GitHubSettings,
  { publicUrl, now }: { publicUrl: string; now: () => number },
): GenericOAuthConfig<'github'> => {
  const { url, clientId, clientSecret } = settings;
  const api = createGitHubApi(settings, { now });
  return {
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
      try {
        const person = await readPerson(api, new Secret(accessToken, 'access token of GitHub'));
        if (!person) return null;
        const { profile, email } = person;
        return { id: profile.id, email, emailVerified: true, name: profile.name ?? profile.login };
      } catch (error) {
        // The library turns it into a page that says that the sign-in did not succeed.
        if (error instanceof MogplexError) return null;
        throw error;
      }
    },
  };
};

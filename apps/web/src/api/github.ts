import { githubLink, repositoryPage } from '@mogplex/protocol';
import { z } from 'zod';
import { call } from './client.ts';

const PAGE = '/settings/github';

/** The GitHub account that is linked, and how much of it the platform may see. */
export const readGitHub = () => call('/account/github', { data: githubLink });

/**
 * Links or reconnects GitHub; the browser goes to `url` next.
 *
 * @param access `all` asks GitHub for private repositories too.
 */
export const linkGitHub = (access: 'public' | 'all') =>
  call('/account/github', { method: 'POST', body: { next: PAGE, access }, data: z.object({ url: z.url({ protocol: /^https?$/ }) }) });

/** Takes GitHub off the account; `revoked` says whether GitHub confirmed that its grant is gone. */
export const unlinkGitHub = () => call('/account/github', { method: 'DELETE', data: z.object({ revoked: z.boolean() }) });

/** One page of the repositories that the linked account can see. */
export const listRepositories = ({ search, cursor }: { search: string; cursor: string | null }) => {
  const query = new URLSearchParams({ limit: '30' });
  if (search !== '') query.set('q', search);
  if (cursor !== null) query.set('cursor', cursor);
  return call(`/repos?${query}`, { data: repositoryPage });
};

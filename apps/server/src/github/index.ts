import { githubLink, repositoryPage } from '@mogplex/protocol';
import { z } from 'zod';
import { pageQuery } from '../http/page.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { type GitHubLink, readGitHubLink } from '../identity/github-link.ts';
import type { Platform } from '../platform.ts';
import { openLink, usingLink } from './access.ts';
import { createGitHubApi, type GitHubApi } from './api.ts';
import { accessOf, accessOfLink, hintFor, pageBehind, reachOf, readPosition } from './listing.ts';
import { createRepositories, type Repositories } from './repositories.ts';

const PREFIX = '/api/v1/mogplex';

const listQuery = pageQuery.extend({
  /** Part of `owner/name`, in any case. */
  q: z.string().trim().max(200).optional(),
});

interface Room {
  platform: Platform;
  api: GitHubApi;
  repositories: Repositories;
  seconds: number;
}

const partsOf = ({ platform, api, seconds }: Room) => ({ store: platform.store, now: platform.now, api, seconds });

const listRoute = (platform: Platform, room: Room | undefined): Route =>
  defineRoute({
    method: 'GET',
    path: `${PREFIX}/repos`,
    scope: 'read',
    boundary: 'github',
    summary: 'Repositories that your linked GitHub account can see, by name',
    request: { query: listQuery },
    response: repositoryPage,
    errors: ['forbidden', 'rate_limited', 'upstream_error', 'upstream_timeout'],
    async handler({ query, principal }) {
      const position = readPosition(query.cursor);
      const link = room && (await openLink(partsOf(room), principal.accountId));
      if (!room || !link) return { items: [], nextCursor: null, access: 'none' as const, hint: hintForNone(platform) };
      const wanted = query.q?.toLowerCase() ?? '';
      const reach = reachOf(position, query.limit);
      // A search looks at everything; a page without one needs no more than its own part.
      const enough = (items: readonly unknown[]): boolean => wanted === '' && items.length >= reach;
      const seen = await usingLink(partsOf(room), link, () => room.repositories.see(link, enough));
      const items = wanted === '' ? seen.items : seen.items.filter(({ fullName }) => fullName.toLowerCase().includes(wanted));
      const access = accessOf(seen.scopes);
      return { ...pageBehind({ ...seen, items }, position, query.limit), access, hint: hintFor(access) };
    },
  });

const hintForNone = ({ config }: Platform): string | null =>
  config.github === undefined ? 'The operator of this platform has not set up GitHub.' : hintFor('none');

const profile = z.object({ login: z.string().regex(/^[\w-]{1,100}$/) });

const loginOf = async (room: Room, link: GitHubLink): Promise<string | null> => {
  const { body } = await usingLink(partsOf(room), link, () => room.api.read('/user', link.accessToken));
  return profile.safeParse(body).data?.login ?? null;
};

const linkRoute = (platform: Platform, room: Room | undefined): Route =>
  defineRoute({
    method: 'GET',
    path: `${PREFIX}/account/github`,
    scope: 'session',
    boundary: 'github',
    summary: 'The GitHub account that is linked, and how much of it can be seen',
    response: githubLink,
    errors: ['rate_limited', 'upstream_error', 'upstream_timeout'],
    async handler({ principal }) {
      const link = await readGitHubLink(platform.store, principal.accountId);
      const none = { offered: room !== undefined, host: room?.api.host ?? null, login: null, broken: false };
      if (!link) return { ...none, linked: false, access: 'none' as const };
      const access = accessOfLink(link);
      if (!room || link.broken) return { ...none, linked: true, access, broken: link.broken };
      const fresh = await openLink(partsOf(room), principal.accountId);
      try {
        return { ...none, linked: true, access, login: fresh ? await loginOf(room, fresh) : null };
      } catch (error) {
        const now = await readGitHubLink(platform.store, principal.accountId);
        if (now?.broken !== true) throw error;
        return { ...none, linked: true, access, broken: true };
      }
    },
  });

/** Opens the room that finds a person's repositories at GitHub (statement B1). */
export const openGitHub = (platform: Platform): { routes: Route[] } => {
  const { config, now } = platform;
  const api = config.github && createGitHubApi(config.github, { now });
  const room = config.github &&
    api && {
      platform,
      api,
      seconds: config.github.seconds,
      repositories: createRepositories(api, config.github.url, now),
    };
  return { routes: [listRoute(platform, room), linkRoute(platform, room)] };
};

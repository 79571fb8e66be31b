import { setTimeout as sleep } from 'node:timers/promises';
import { claimRefresh, endRefresh, type GitHubLink, noteRefusal, readGitHubLink, storeTokens } from '../identity/github-link.ts';
import type { Platform } from '../platform.ts';
import type { GitHubApi } from './api.ts';
import { BrokenLink } from './failure.ts';

/** A token that ends sooner than this is exchanged before it is used. */
const MARGIN = 120_000;
const POLL = 200;

type Parts = Pick<Platform, 'store' | 'now'> & { api: GitHubApi; seconds: number };

/** Runs a call with a link's token; what GitHub refuses is remembered, so that it is not asked again with the same token. */
export const usingLink = async <T>({ store }: Parts, link: GitHubLink, work: () => Promise<T>): Promise<T> => {
  if (link.broken) throw new BrokenLink();
  try {
    return await work();
  } catch (error) {
    if (error instanceof BrokenLink) await noteRefusal(store.db, link);
    throw error;
  }
};

const exchange = async (parts: Parts, link: GitHubLink): Promise<void> => {
  const { store, api, now } = parts;
  const { refreshToken } = link;
  if (!refreshToken) return;
  const tokens = await usingLink(parts, link, () => api.refresh(refreshToken));
  await storeTokens(store, link, tokens, now());
};

/** Gets new tokens, or waits for the server that does. */
const refresh = async (parts: Parts, link: GitHubLink): Promise<void> => {
  const { store, now, seconds } = parts;
  const longest = (seconds + 5) * 1_000;
  for (const started = now(); now() - started < longest; await sleep(POLL)) {
    if (await claimRefresh(store.db, link, now(), now() + longest)) {
      try {
        const newest = await readGitHubLink(store, link.accountId);
        if (newest?.fingerprint === link.fingerprint) await exchange(parts, newest);
      } finally {
        await endRefresh(store.db, link);
      }
      return;
    }
  }
};

/**
 * The linked GitHub account of a person, with a token that is good now. Where GitHub's tokens expire, a new one is fetched in time,
 * by one server at a time.
 *
 * @returns undefined without a link.
 * @throws MogplexError of the boundary `github`; `forbidden` for a link that is broken.
 */
export const openLink = async (parts: Parts, accountId: string): Promise<GitHubLink | undefined> => {
  const link = await readGitHubLink(parts.store, accountId);
  if (link?.refreshToken === undefined || link.expiresAt === undefined || link.expiresAt - MARGIN > parts.now()) return link;
  if (link.broken) return link;
  await refresh(parts, link);
  return readGitHubLink(parts.store, accountId);
};

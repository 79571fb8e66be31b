import { openLink } from '../github/access.ts';
import { createGitHubApi } from '../github/api.ts';
import type { Platform } from '../platform.ts';
import { readGitHubLink } from './github-link.ts';

/** Ends the application's grant at GitHub. Resolves with whether GitHub confirmed it; it never rejects. */
export type EndGrant = () => Promise<boolean>;

const NOTHING: EndGrant = () => Promise.resolve(true);

/**
 * Prepares the end of a person's grant at GitHub, while the token that it takes is still there. It is called once the link is gone
 * here, so that nothing that GitHub does or does not do keeps a person from disconnecting.
 */
export const prepareGrantEnd = async (platform: Platform, accountId: string): Promise<EndGrant> => {
  const { config, store, now, log } = platform;
  const { github } = config;
  const stored = await readGitHubLink(store, accountId);
  if (github === undefined || stored === undefined || stored.broken) return NOTHING;
  const api = createGitHubApi(github, { now });
  try {
    const link = (await openLink({ store, now, api, seconds: github.seconds }, accountId)) ?? stored;
    return async () => {
      try {
        await api.revokeGrant(link.accessToken);
        return true;
      } catch (error) {
        log.error('a grant at GitHub could not be revoked', error);
        return false;
      }
    };
  } catch (error) {
    log.error('a token of GitHub could not be renewed before its grant ends', error);
    return () => Promise.resolve(false);
  }
};

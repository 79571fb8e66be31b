import { z } from 'zod';
import { pageOf } from './envelope.ts';

/** What a person may do with a repository at GitHub, the most of it. */
export const repositoryPermission = z.enum(['read', 'triage', 'write', 'maintain', 'admin']);

/** A repository that the linked GitHub identity of an account can see (statement B1). */
export const repository = z.object({
  /** GitHub's number for it, which a rename does not change. */
  id: z.string(),
  /** `owner/name`. */
  fullName: z.string(),
  private: z.boolean(),
  fork: z.boolean(),
  archived: z.boolean(),
  defaultBranch: z.string(),
  /** Its page at GitHub. */
  url: z.string(),
  permission: repositoryPermission,
  /** Milliseconds since the epoch; null for one that nobody pushed to. */
  pushedAt: z.number().int().nullable(),
});

export type Repository = z.infer<typeof repository>;

/**
 * How much of GitHub a link shows: `none` no link, `public` public repositories, `all` private ones too, `installed` those that the
 * operator's GitHub App was installed on.
 */
export const repositoryAccess = z.enum(['none', 'public', 'all', 'installed']);

export type RepositoryAccess = z.infer<typeof repositoryAccess>;

/** Answer of `GET /repos`, by name. */
export const repositoryPage = pageOf(repository).extend({
  access: repositoryAccess,
  /** What to do to see more, one sentence; null where there is nothing more. */
  hint: z.string().nullable(),
});

/** Answer of `GET /account/github`. */
export const githubLink = z.object({
  /** Whether the operator has set up GitHub. */
  offered: z.boolean(),
  /** Host of the GitHub server, for instance `github.com`; null where it is not set up. */
  host: z.string().nullable(),
  linked: z.boolean(),
  /** The name at GitHub; null where there is no link or it is broken. */
  login: z.string().nullable(),
  access: repositoryAccess,
  /** GitHub no longer accepts the link: reconnect it. */
  broken: z.boolean(),
});

export type GitHubLinkInfo = z.infer<typeof githubLink>;

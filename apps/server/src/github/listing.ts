import { MogplexError, type Repository, type RepositoryAccess } from '@mogplex/protocol';
import { z } from 'zod';
import type { GitHubLink } from '../identity/github-link.ts';
import type { Seen } from './repositories.ts';

const key = z.tuple([z.number().int().min(0), z.string().max(40)]);

interface Position {
  /** Where the last item of the page before stood. */
  index: number;
  /** Its id, which finds it again when the list has changed meanwhile. */
  id: string;
}

/** @throws MogplexError `invalid_request` for what is no cursor of this listing. */
export const readPosition = (cursor: string | undefined): Position | undefined => {
  if (cursor === undefined) return undefined;
  try {
    const [index, id] = key.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { index, id };
  } catch {
    throw new MogplexError('invalid_request', 'query.cursor: it is not the cursor of an earlier page', { boundary: 'request' });
  }
};

/** How far the list must be known to give the page behind a position. */
export const reachOf = (position: Position | undefined, limit: number): number => (position?.index ?? -1) + 1 + limit + 1;

/** The page behind a position: behind its item wherever that stands now, else where it stood. */
export const pageBehind = (
  { items, complete }: Pick<Seen, 'items' | 'complete'>,
  position: Position | undefined,
  limit: number,
): { items: Repository[]; nextCursor: string | null } => {
  const found = position === undefined ? -1 : items.findIndex(({ id }) => id === position.id);
  const start = (found >= 0 ? found : (position?.index ?? 0) - 1) + 1;
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  const more = last !== undefined && (items.length > start + limit || !complete);
  return {
    items: page,
    nextCursor: more ? Buffer.from(JSON.stringify([start + page.length - 1, last.id])).toString('base64url') : null,
  };
};

/** How much a token shows, from the scopes that GitHub names; a GitHub App's token has none. */
export const accessOf = (scopes: ReadonlySet<string> | undefined): RepositoryAccess => {
  if (scopes === undefined) return 'installed';
  return scopes.has('repo') ? 'all' : 'public';
};

/** How much a link shows, as far as it is known before GitHub was asked. */
export const accessOfLink = ({ scopes }: GitHubLink): RepositoryAccess => accessOf(scopes.size === 0 ? undefined : scopes);

/** What to do to see more. */
export const hintFor = (access: RepositoryAccess): string | null => {
  switch (access) {
    case 'none':
      return 'Link GitHub in Settings > GitHub to see your repositories.';
    case 'public':
      return 'Only public repositories are shown. To see private ones, open Settings > GitHub.';
    case 'installed':
      return 'Repositories are shown where the GitHub App was installed; its page at GitHub adds others.';
    case 'all':
      return null;
  }
};

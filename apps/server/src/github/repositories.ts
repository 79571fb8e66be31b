import type { Repository } from '@mogplex/protocol';
import type { GitHubLink } from '../identity/github-link.ts';
import type { GitHubApi } from './api.ts';
import { readPage, type SnapshotPage } from './snapshot.ts';

/** Milliseconds for which what GitHub said is taken as it is; after that it is asked whether it is still true. */
const FRESH = 60_000;
/** Milliseconds after which what nobody asked for is dropped. */
const UNUSED = 15 * 60_000;
/** Pages of a hundred that are read at most for one account. */
const MOST_PAGES = 100;
/** Repositories that are kept in memory at most, for all accounts together. */
const MOST_KEPT = 100_000;

/** What the linked account can see, as far as it was read. */
export interface Seen {
  items: readonly Repository[];
  /** Whether `items` is all there is. */
  complete: boolean;
  scopes: ReadonlySet<string> | undefined;
}

interface Entry {
  pages: SnapshotPage[];
  /** The reading that is under way: one at a time for an account. */
  work: Promise<unknown>;
}

/**
 * The repositories that a linked account can see, page by page and only as far as they are wanted. Each page is kept with its entity
 * tag, so that asking again costs nothing of the person's limit at GitHub; it is kept by the token's fingerprint, so that nobody reaches
 * it once the link is gone.
 */
export const createRepositories = (api: GitHubApi, origin: string, now: () => number) => {
  const entries = new Map<string, Entry>();

  const makeRoom = (): void => {
    let kept = 0;
    for (const [key, { pages }] of [...entries].toReversed()) {
      kept += pages.reduce((sum, { items }) => sum + items.length, 1);
      const unused = pages.every(({ checkedAt }) => checkedAt + UNUSED <= now());
      if (unused || kept > MOST_KEPT) entries.delete(key);
    }
  };

  const entryOf = (key: string): Entry => {
    const entry = entries.get(key) ?? { pages: [], work: Promise.resolve() };
    // The last one used stands last.
    entries.delete(key);
    entries.set(key, entry);
    return entry;
  };

  const ask = async (link: GitHubLink, number: number, known: SnapshotPage | undefined): Promise<SnapshotPage> => {
    const path = `/user/repos?per_page=100&sort=full_name&direction=asc&page=${number}`;
    const answer = await api.read(path, link.accessToken, known?.etag);
    return known && answer.body === undefined ? { ...known, checkedAt: now() } : readPage(answer, origin, now());
  };

  const readUntil = async (link: GitHubLink, entry: Entry, enough: (items: readonly Repository[]) => boolean): Promise<Seen> => {
    const items: Repository[] = [];
    for (let index = 0, number: number | undefined = 1; number !== undefined && index < MOST_PAGES; index++) {
      let page: SnapshotPage | undefined = entry.pages[index];
      if (!page || page.checkedAt + FRESH <= now()) {
        page = await ask(link, number, page);
        entry.pages[index] = page;
      }
      items.push(...page.items);
      // A page that names one behind it that does not follow would lead round in circles.
      number = page.next !== undefined && page.next > number ? page.next : undefined;
      if (number === undefined) entry.pages.length = index + 1;
      else if (enough(items)) return { items, complete: false, scopes: entry.pages[0]?.scopes };
    }
    return { items, complete: true, scopes: entry.pages[0]?.scopes };
  };

  return {
    /** Reads until `enough` says so, or to the end. */
    see(link: GitHubLink, enough: (items: readonly Repository[]) => boolean): Promise<Seen> {
      const entry = entryOf(link.fingerprint);
      const seen = entry.work.then(() => readUntil(link, entry, enough));
      entry.work = seen.then(makeRoom, () => undefined);
      return seen;
    },
  };
};

export type Repositories = ReturnType<typeof createRepositories>;

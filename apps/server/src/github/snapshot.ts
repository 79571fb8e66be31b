import type { Repository } from '@mogplex/protocol';
import { z } from 'zod';
import { plainText } from '../identity/oauth/context.ts';
import type { GitHubAnswer } from './api.ts';
import { strangeAnswer } from './failure.ts';

/** One page of GitHub's listing, as it was read last. */
export interface SnapshotPage {
  items: readonly Repository[];
  etag: string | undefined;
  /** Number of the page behind it; undefined for the last. */
  next: number | undefined;
  /** The token's scopes, as GitHub names them in its answer; undefined for a GitHub App, whose tokens have none. */
  scopes: ReadonlySet<string> | undefined;
  /** Milliseconds: when GitHub last said so. */
  checkedAt: number;
}

const repositoryOfGitHub = z.object({
  id: z.number(),
  full_name: z.string().regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/),
  private: z.boolean(),
  fork: z.boolean().default(false),
  archived: z.boolean().default(false),
  default_branch: z.string().nullish(),
  pushed_at: z.string().nullish(),
  permissions: z.record(z.string(), z.boolean()).optional(),
});

const PERMISSIONS = [
  ['admin', 'admin'],
  ['maintain', 'maintain'],
  ['push', 'write'],
  ['triage', 'triage'],
] as const;

const permissionOf = (permissions: Readonly<Record<string, boolean>> = {}): Repository['permission'] =>
  PERMISSIONS.find(([name]) => permissions[name] === true)?.[1] ?? 'read';

const show = (row: z.output<typeof repositoryOfGitHub>, origin: string): Repository => ({
  id: String(row.id),
  fullName: row.full_name,
  private: row.private,
  fork: row.fork,
  archived: row.archived,
  defaultBranch: plainText(row.default_branch, 250) ?? 'main',
  url: `${origin}/${row.full_name}`,
  permission: permissionOf(row.permissions),
  pushedAt: row.pushed_at === null || row.pushed_at === undefined ? null : Date.parse(row.pushed_at) || null,
});

/**
 * The number of the next page in a `Link` header (RFC 8288 section 3). Of the address only the number is taken: where requests go is
 * never GitHub's choice.
 */
export const nextPageOf = (link: string | null): number | undefined => {
  const target = (link ?? '').split(',').find((part) => /;\s*rel="?next"?\s*(;|$)/i.test(part));
  const page = /[?&]page=(\d{1,6})(?:&|>)/.exec(target ?? '')?.[1];
  return page === undefined ? undefined : Number(page);
};

/**
 * Reads a page of `GET /user/repos`.
 *
 * @param origin of the server that people know, for the addresses of the repositories' pages.
 * @throws MogplexError `upstream_error` for what is no such page.
 */
export const readPage = ({ headers, body }: GitHubAnswer, origin: string, now: number): SnapshotPage => {
  const rows = z.array(repositoryOfGitHub).safeParse(body);
  if (!rows.success) throw strangeAnswer(rows.error);
  const scopes = headers.get('x-oauth-scopes');
  return {
    items: rows.data.map((row) => show(row, origin)),
    etag: headers.get('etag') ?? undefined,
    next: nextPageOf(headers.get('link')),
    scopes: scopes === null ? undefined : new Set(scopes.split(/[\s,]+/).filter(Boolean)),
    checkedAt: now,
  };
};

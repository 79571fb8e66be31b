import { MogplexError } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';
import { type Actor, requireTeam, teamsOf } from './access.ts';
import { repositoriesOf } from './store.ts';
import type { ConnectionRow } from './tables.ts';

/** Whose connections are asked for, and where they are to be used. */
export interface ResolveRequest extends Actor {
  /** Narrows the answer to one team of the account. */
  onlyTeam?: string | undefined;
  /** `owner/name`. Absent: nowhere in particular, so that project connections are left out and no exclusion counts. */
  repository?: string | undefined;
}

/** A connection that may not be used under its name, and why. */
export interface Shadowed {
  row: ConnectionRow;
  message: string;
}

/** The connections that may be used, each name once, and those that another one of the same name stands before. */
export interface ResolvedConnections {
  usable: ConnectionRow[];
  shadowed: Shadowed[];
}

/**
 * The connections that an account may use: those of its own team, then of every team in which it is at least a member; enabled, for
 * this repository, and not excluded from it (statement B9). The one function that the API, runs and the cockpit go by. Nothing is
 * opened here.
 *
 * @throws MogplexError `not_found` or `forbidden` for a team that the account may not use.
 */
export const resolveConnections = async (db: Kysely<Database>, request: ResolveRequest): Promise<ResolvedConnections> => {
  const { onlyTeam, repository } = request;
  const teams = onlyTeam === undefined ? await teamsOf(db, request, 'member') : [await requireTeam(db, request, onlyTeam, 'member')];
  if (teams.length === 0) return { usable: [], shadowed: [] };
  const rows = await db.selectFrom('connection').selectAll().where('team_id', 'in', teams).orderBy('created_at').orderBy('id').execute();
  const repositories = await repositoriesOf(
    db,
    rows.map(({ id }) => id),
  );
  const here = repository?.toLowerCase();
  const applies = ({ id, enabled, scope }: ConnectionRow): boolean => {
    const { include = [], exclude = [] } = repositories.get(id) ?? {};
    if (enabled !== 1 || (here !== undefined && exclude.includes(here))) return false;
    return scope === 'global' || (here !== undefined && include.includes(here));
  };
  const applying = rows.filter(applies).toSorted((a, b) => teams.indexOf(a.team_id) - teams.indexOf(b.team_id));
  const usable = new Map<string, ConnectionRow>();
  const shadowed: Shadowed[] = [];
  for (const row of applying) {
    if (usable.has(row.name)) shadowed.push({ row, message: 'a connection of the same name in another team of yours comes first' });
    else usable.set(row.name, row);
  }
  return { usable: [...usable.values()], shadowed };
};

/** Says of a failure what somebody without access to the platform's log may know. */
export const problemOf = (error: unknown): string =>
  error instanceof MogplexError && error.boundary === 'connection' ? error.message : 'its credential cannot be opened: enter it anew';

import type { Connection } from '@mogplex/protocol';
import type { Kysely, Selectable } from 'kysely';
import type { Database } from '../store/schema.ts';
import type { ConnectionRow, ConnectionTables } from './tables.ts';

type Db = Kysely<Database>;

type OAuthRow = Selectable<ConnectionTables['connection_oauth']>;

/** The repositories of connections by their id. */
export interface Repositories {
  include: string[];
  exclude: string[];
}

/** Reads which repositories connections are for or kept from. */
export const repositoriesOf = async (db: Db, ids: readonly string[]): Promise<Map<string, Repositories>> => {
  const found = new Map(ids.map((id): [string, Repositories] => [id, { include: [], exclude: [] }]));
  if (ids.length === 0) return found;
  const rows = await db.selectFrom('connection_repository').selectAll().where('connection_id', 'in', ids).orderBy('repository').execute();
  for (const { connection_id: id, mode, repository } of rows) found.get(id)?.[mode].push(repository);
  return found;
};

const showAuth = (row: ConnectionRow, oauth: OAuthRow | undefined): Connection['auth'] => {
  const hint = row.secret_hint ?? '…';
  switch (row.auth) {
    case 'none':
      return { type: 'none' };
    case 'api_key':
      return { type: 'api_key', header: row.auth_name ?? '', hint };
    case 'bearer':
      return { type: 'bearer', hint };
    case 'basic':
      return { type: 'basic', username: row.auth_name ?? '', hint };
    case 'oauth':
      return {
        type: 'oauth',
        status: oauth?.status ?? 'not_connected',
        scope: oauth?.scope ?? null,
        expiresAt: oauth?.expires_at ?? null,
      };
  }
};

/** What everybody in the team may see of connections: nothing that is secret. */
export const showConnections = async (db: Db, rows: readonly ConnectionRow[]): Promise<Connection[]> => {
  const ids = rows.map(({ id }) => id);
  const repositories = await repositoriesOf(db, ids);
  const grants = ids.length === 0 ? [] : await db.selectFrom('connection_oauth').selectAll().where('id', 'in', ids).execute();
  return rows.map((row) => ({
    id: row.id,
    teamId: row.team_id,
    kind: row.kind,
    name: row.name,
    url: row.url,
    ...(row.transport === null ? {} : { transport: row.transport }),
    auth: showAuth(
      row,
      grants.find(({ id }) => id === row.id),
    ),
    enabled: row.enabled === 1,
    scope: row.scope,
    repositories: repositories.get(row.id)?.include ?? [],
    excludedRepositories: repositories.get(row.id)?.exclude ?? [],
    health: { status: row.health, checkedAt: row.health_at, note: row.health_note },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
};

/** Replaces one of the two lists of repositories of a connection. */
export const setRepositories = async (db: Db, id: string, mode: 'include' | 'exclude', names: readonly string[]): Promise<void> => {
  await db.deleteFrom('connection_repository').where('connection_id', '=', id).where('mode', '=', mode).execute();
  const rows = [...new Set(names)].map((repository) => ({ connection_id: id, repository, mode }));
  if (rows.length > 0) await db.insertInto('connection_repository').values(rows).execute();
};

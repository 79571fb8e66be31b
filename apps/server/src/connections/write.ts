import { randomUUID } from 'node:crypto';
import { Secret } from '@mogplex/credentials';
import { type connectionChange, type ConnectionAuthInput, MogplexError, type newConnection } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { DialPolicy } from '../network/dial.ts';
import type { Database } from '../store/schema.ts';
import { isDuplicate } from '../store/failure.ts';
import type { Sealer } from '../store/sealer.ts';
import { invalid, parseAddress } from './input.ts';
import { sealAuth } from './secrets.ts';
import { setRepositories } from './store.ts';
import type { ConnectionRow } from './tables.ts';

type Db = Kysely<Database>;
type Place = Pick<ConnectionRow, 'id' | 'team_id'>;

export interface WriteParts {
  sealer: Sealer;
  policy: DialPolicy;
  now: () => number;
}

const UNTESTED = { health: 'unknown', health_at: null, health_note: null } as const;

const taken = (name: string): MogplexError =>
  new MogplexError('conflict', `the team has a connection named ${name}`, { boundary: 'connection' });

/** Writes a row; another one may have come by its name after that was looked for. */
const written = async (name: string, write: Promise<unknown>): Promise<void> => {
  try {
    await write;
  } catch (error) {
    throw isDuplicate(error) ? taken(name) : error;
  }
};

const checkName = async (db: Db, { id, team_id: teamId, name }: Pick<ConnectionRow, 'id' | 'team_id' | 'name'>): Promise<void> => {
  const other = await db
    .selectFrom('connection')
    .select('id')
    .where('team_id', '=', teamId)
    .where('name', '=', name)
    .where('id', '!=', id)
    .executeTakeFirst();
  if (other) throw taken(name);
};

/** Begins the OAuth side of a connection anew: what was granted before is forgotten. */
const putOAuth = async (db: Db, sealer: Sealer, { id, team_id: teamId }: Place, auth: ConnectionAuthInput): Promise<void> => {
  await db.deleteFrom('connection_oauth').where('id', '=', id).execute();
  if (auth.type !== 'oauth') return;
  if (auth.clientSecret !== undefined && auth.clientId === undefined) throw invalid('a client secret goes with a client id');
  const place = { table: 'connection_oauth', row: id, column: 'sealed_client_secret', owner: teamId };
  await db
    .insertInto('connection_oauth')
    .values({
      id,
      team_id: teamId,
      scope: auth.scope ?? null,
      status: 'not_connected',
      client_id: auth.clientId ?? null,
      registered: 0,
      sealed_client_secret: auth.clientSecret === undefined ? null : sealer.seal(place, new Secret(auth.clientSecret, 'connection/client')),
      server: null,
      resource: null,
      sealed_grant: null,
      expires_at: null,
      version: 0,
      renewing_until: 0,
    })
    .execute();
};

const transportOf = (kind: ConnectionRow['kind'], transport: ConnectionRow['transport'] | undefined): ConnectionRow['transport'] => {
  if (kind === 'mcp') return transport ?? 'http';
  if (transport !== undefined && transport !== null) throw invalid('only an MCP connection has a transport');
  return null;
};

/**
 * Stores a new connection of a team; its secret is sealed before it is written.
 *
 * @param trx the transaction of the change and its audit row.
 * @throws MogplexError `invalid_request`, or `conflict` for a name that the team has.
 */
export const createConnection = async (
  trx: Db,
  { sealer, policy, now }: WriteParts,
  teamId: string,
  body: z.output<typeof newConnection>,
): Promise<ConnectionRow> => {
  const place = { id: randomUUID(), team_id: teamId };
  const at = now();
  const row: ConnectionRow = {
    ...place,
    kind: body.kind,
    name: body.name,
    url: parseAddress(body.url, body.auth.type !== 'none', policy),
    transport: transportOf(body.kind, body.transport),
    ...sealAuth(sealer, place, body.auth),
    enabled: body.enabled === false ? 0 : 1,
    scope: body.scope ?? 'global',
    ...UNTESTED,
    created_at: at,
    updated_at: at,
  };
  await checkName(trx, row);
  await written(row.name, trx.insertInto('connection').values(row).execute());
  await putOAuth(trx, sealer, row, body.auth);
  await setRepositories(trx, row.id, 'include', body.repositories ?? []);
  await setRepositories(trx, row.id, 'exclude', body.excludedRepositories ?? []);
  return row;
};

/**
 * Changes a connection. A stored secret never follows to another origin: whoever changes the address enters it anew, so that nobody
 * can have a secret sent to a place of their own that they cannot see.
 *
 * @throws MogplexError `invalid_request`, or `conflict` for a name that the team has.
 */
export const changeConnection = async (
  trx: Db,
  { sealer, policy, now }: WriteParts,
  before: ConnectionRow,
  change: z.output<typeof connectionChange>,
): Promise<ConnectionRow> => {
  const type = change.auth?.type ?? before.auth;
  const url = parseAddress(change.url ?? before.url, type !== 'none', policy);
  const moved = url !== before.url;
  const elsewhere = moved && new URL(url).origin !== new URL(before.url).origin;
  if (elsewhere && change.auth === undefined && (before.sealed_secret !== null || (await hasClientSecret(trx, before.id)))) {
    throw invalid('the address leads to another origin', 'Enter the credential again together with the new address.');
  }
  const reached = moved || change.auth !== undefined || change.transport !== undefined;
  const row: ConnectionRow = {
    ...before,
    name: change.name ?? before.name,
    url,
    transport: transportOf(before.kind, change.transport ?? before.transport),
    ...(change.auth === undefined ? {} : sealAuth(sealer, before, change.auth)),
    enabled: change.enabled === undefined ? before.enabled : Number(change.enabled),
    scope: change.scope ?? before.scope,
    ...(reached ? UNTESTED : {}),
    updated_at: now(),
  };
  await checkName(trx, row);
  await written(row.name, trx.updateTable('connection').set(row).where('id', '=', row.id).execute());
  if (change.auth !== undefined) await putOAuth(trx, sealer, row, change.auth);
  else if (moved && before.auth === 'oauth') await forgetGrant(trx, row.id);
  if (change.repositories) await setRepositories(trx, row.id, 'include', change.repositories);
  if (change.excludedRepositories) await setRepositories(trx, row.id, 'exclude', change.excludedRepositories);
  return row;
};

/** Whether a person entered the secret of an OAuth client; one that a server gave goes with that server. */
const hasClientSecret = async (db: Db, id: string): Promise<boolean> => {
  const row = await db
    .selectFrom('connection_oauth')
    .select('id')
    .where('id', '=', id)
    .where('registered', '=', 0)
    .where('sealed_client_secret', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
};

/** Forgets what was granted to a connection, and the client that its server registered. */
const forgetGrant = async (db: Db, id: string): Promise<void> => {
  const emptied = {
    status: 'not_connected',
    server: null,
    resource: null,
    sealed_grant: null,
    expires_at: null,
    renewing_until: 0,
  } as const;
  await db
    .updateTable('connection_oauth')
    .set((eb) => ({ ...emptied, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .execute();
  await db
    .updateTable('connection_oauth')
    .set({ client_id: null, sealed_client_secret: null, registered: 0 })
    .where('id', '=', id)
    .where('registered', '=', 1)
    .execute();
};

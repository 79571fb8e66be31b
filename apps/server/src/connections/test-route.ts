import { type Connection, connectionTest, MogplexError } from '@mogplex/protocol';
import { recordAudit } from '../audit/record.ts';
import type { Principal } from '../http/principal.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { Platform } from '../platform.ts';
import { requireConnection } from './access.ts';
import type { OpenCredential } from './mcp-route.ts';
import { type Findings, probe, type ProbeParts } from './probe/probe.ts';
import { problemOf } from './resolve.ts';
import { auditOf, connectionParams, CONNECTIONS_PATH, showOne } from './routes.ts';
import type { ConnectionRow } from './tables.ts';

/** `POST /connections/:id/test`: asks the server itself, and remembers what it said. */
export const testRoute = ({ store: { db }, log, now }: Platform, open: OpenCredential, parts: ProbeParts): Route => {
  const ask = async (row: ConnectionRow, requestId: string): Promise<Findings> => {
    let credential: Awaited<ReturnType<OpenCredential>>;
    try {
      credential = await open(row);
    } catch (error) {
      log.error('the credential of a connection cannot be opened', error, { connection: row.id, requestId });
      return { health: error instanceof MogplexError && error.code === 'unauthenticated' ? 'refused' : 'failing', note: problemOf(error) };
    }
    return await probe(row, credential, parts);
  };
  const test = async (row: ConnectionRow, by: Principal, requestId: string): Promise<{ connection: Connection; tools?: string[] }> => {
    const { health, note, tools } = await ask(row, requestId);
    const tested = { ...row, health, health_note: note, health_at: now() };
    // Only the version that was tested is marked: a change in the meantime asks for a test of its own.
    await db
      .updateTable('connection')
      .set({ health, health_note: note, health_at: tested.health_at })
      .where('id', '=', row.id)
      .where('updated_at', '=', row.updated_at)
      .execute();
    await recordAudit(db, auditOf('tested', row, by, requestId, { health }), now());
    return { connection: await showOne(db, tested), ...(tools === undefined ? {} : { tools }) };
  };
  return defineRoute({
    method: 'POST',
    path: `${CONNECTIONS_PATH}/:id/test`,
    scope: 'write',
    boundary: 'connection',
    rateLimit: 'start',
    summary: 'Test a connection with its credential; the answer says how it stands, whatever that is',
    request: { params: connectionParams },
    response: connectionTest,
    errors: ['not_found'],
    handler: async ({ params, principal, requestId }) =>
      test(await requireConnection(db, principal, params.id, 'member'), principal, requestId),
  });
};

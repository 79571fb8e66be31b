import type { IncomingMessage } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { isRunOver, MogplexError, type RunStreamEnd } from '@mogplex/protocol';
import { parsePart } from '../../http/answer.ts';
import { bearerOf } from '../../http/authenticate.ts';
import type { MaybeLater, Principal } from '../../http/principal.ts';
import { defineRawRoute, type Route } from '../../http/route.ts';
import { findRun } from '../access.ts';
import type { Db } from '../record.ts';
import { runParams } from '../routes.ts';
import type { Watching } from './watch.ts';

const HEAD = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
const SEQUENCE = /^\d{1,15}$/;

/** Where a watcher stands: `Last-Event-ID` (HTML, section 9.2.4) outranks `after`, since a client that reconnects sends both. */
const positionOf = (incoming: IncomingMessage, after: string | undefined): number => {
  const last = incoming.headers['last-event-id'];
  const text = typeof last === 'string' && last !== '' ? last : (after ?? '0');
  if (SEQUENCE.test(text)) return Number(text);
  throw new MogplexError('invalid_request', 'after and Last-Event-ID are the number of an event', { boundary: 'request' });
};

/** Finds out who calls, from the request that opened a stream. */
export type Authenticate = (incoming: IncomingMessage, token: string | undefined) => MaybeLater<Principal | undefined>;

/** `GET /runs/:id/stream`: a run's events as they come, from any position. */
export const streamRoute = (db: Db, watching: Watching, authenticate: Authenticate): Route => {
  const mayStill = async (incoming: IncomingMessage, runId: string): Promise<boolean> => {
    try {
      const principal = await authenticate(incoming, bearerOf(incoming));
      if (!principal?.scopes.has('read')) return false;
      await findRun(db, runId, principal);
      return true;
    } catch (error) {
      // Only a clear no ends a stream: a store that does not answer for a moment does not.
      if (error instanceof MogplexError && (error.code === 'unauthenticated' || error.code === 'not_found')) return false;
      throw error;
    }
  };
  return defineRawRoute({
    method: 'GET',
    path: '/api/v1/mogplex/runs/:id/stream',
    scope: 'read',
    boundary: 'run',
    summary: 'The events of a run as they come (text/event-stream)',
    async handler(c, principal) {
      const { incoming, outgoing } = c.env;
      const { id } = parsePart(runParams, c.req.param(), 'path');
      const run = await findRun(db, id, principal);
      const after = Math.min(positionOf(incoming, c.req.query('after')), run.last_seq);
      watching.checkRoom();
      if (incoming.method === 'HEAD') return new Response(null, { headers: HEAD });
      outgoing.writeHead(200, HEAD);
      if (isRunOver(run.status) && after >= run.last_seq) {
        const end: RunStreamEnd = { reason: 'done', lastSeq: after };
        outgoing.end(`event: end\ndata: ${JSON.stringify(end)}\n\n`);
      } else watching.watch(run.id, after, outgoing, () => mayStill(incoming, run.id));
      return RESPONSE_ALREADY_SENT;
    },
  });
};

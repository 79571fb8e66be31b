import { connection, MogplexError } from '@mogplex/protocol';
import { z } from 'zod';
import { recordAudit } from '../../audit/record.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Platform } from '../../platform.ts';
import { requireConnection } from '../access.ts';
import { auditOf, connectionParams, CONNECTIONS_PATH, showOne } from '../routes.ts';
import { beginApproval, finishApproval, spendState } from './flow.ts';
import type { OAuthParts } from './transport.ts';

const returned = z.strictObject({
  state: z.string().min(1).max(500),
  /** The query as it came, with its state. */
  query: z.string().max(8_000),
});

/** Connecting by OAuth: where to approve, and the end of it. */
export const oauthRoutes = (platform: Platform, parts: OAuthParts): Route[] => {
  const { store, now } = platform;
  return [
    defineRoute({
      method: 'POST',
      path: `${CONNECTIONS_PATH}/:id/connect`,
      scope: 'session',
      boundary: 'connection',
      rateLimit: 'start',
      summary: 'Begin the approval of a connection by OAuth; the answer says where to approve',
      request: { params: connectionParams },
      response: z.object({ address: z.string() }),
      noStore: true,
      errors: ['not_found', 'upstream_error'],
      async handler({ params, principal, requestId }) {
        const row = await requireConnection(store.db, principal, params.id, 'admin');
        if (row.auth !== 'oauth')
          throw new MogplexError('invalid_request', 'this connection does not use OAuth', { boundary: 'connection' });
        const address = await beginApproval(platform, parts, row, principal);
        await recordAudit(store.db, auditOf('approval_begun', row, principal, requestId), now());
        return { address };
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${CONNECTIONS_PATH}/connected`,
      scope: 'session',
      boundary: 'connection',
      rateLimit: 'start',
      summary: 'End the approval of a connection with what its authorization server sent back',
      request: { body: returned },
      response: connection,
      errors: ['not_found', 'gone', 'upstream_error'],
      async handler({ body, principal, requestId }) {
        const { connectionId, verifier } = await spendState(platform, body.state, principal);
        const row = await requireConnection(store.db, principal, connectionId, 'admin');
        await finishApproval(platform, parts, row, new URLSearchParams(body.query), verifier);
        await recordAudit(store.db, auditOf('connected', row, principal, requestId), now());
        return showOne(store.db, row);
      },
    }),
  ];
};

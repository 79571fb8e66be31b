import { type Connection, connection, type ConnectionChange, connectionPage, connectionTest, type NewConnection } from '@mogplex/protocol';
import { z } from 'zod';
import { call, nothing } from './client.ts';

const path = (id: string): string => `/connections/${encodeURIComponent(id)}`;

/** Every connection of the person's teams, page by page. */
export const listConnections = async (): Promise<Connection[]> => {
  const all: Connection[] = [];
  let cursor: string | null = null;
  do {
    const page: z.infer<typeof connectionPage> = await call(
      `/connections${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`,
      {
        data: connectionPage,
      },
    );
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
};

/** Makes a connection. `key` makes a repeated press of the button one connection. */
export const createConnection = ({ key, ...body }: NewConnection & { key: string }) =>
  call('/connections', { method: 'POST', body, headers: { 'idempotency-key': key }, data: connection });
export const changeConnection = ({ id, ...body }: ConnectionChange & { id: string }) =>
  call(path(id), { method: 'PATCH', body, data: connection });
export const deleteConnection = (id: string) => call(path(id), { method: 'DELETE', data: nothing });
export const testConnection = (id: string) => call(`${path(id)}/test`, { method: 'POST', data: connectionTest });

/** Where the person approves a connection by OAuth. */
export const beginApproval = (id: string) => call(`${path(id)}/connect`, { method: 'POST', data: z.object({ address: z.string() }) });

/** Ends an approval with the query that the authorization server sent the person back with. */
export const endApproval = (query: string) =>
  call('/connections/connected', {
    method: 'POST',
    body: { state: new URLSearchParams(query).get('state') ?? '', query },
    data: connection,
  });

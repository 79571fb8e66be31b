import { z } from 'zod';
import { call, nothing } from './client.ts';

const client = z.object({ name: z.string(), uri: z.string().nullable(), firstParty: z.boolean() });
const web = z.url({ protocol: /^https?$/ });

const authorizationRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ok'),
    client,
    deviceName: z.string().nullable(),
    scopes: z.array(z.string()),
    redirectHost: z.string(),
    email: z.string(),
  }),
  z.object({ kind: z.literal('redirect'), location: web }),
  z.object({ kind: z.literal('page'), reason: z.string() }),
]);

export type ConsentRequest = Extract<z.infer<typeof authorizationRequest>, { kind: 'ok' }>;

/** Reads an authorization request before it is decided. `query` is the request's own query, without `?`. */
export const readConsent = (query: string) => call(`/oauth/request?${query}`, { data: authorizationRequest });

/** Decides an authorization request; the browser goes to `location` next. */
export const decideConsent = (query: string, approve: boolean) =>
  call('/oauth/request', { method: 'POST', body: { query, approve }, data: z.object({ location: web }) });

const deviceRequest = z.object({
  client,
  scopes: z.array(z.string()),
  deviceName: z.string().nullable(),
  address: z.string().nullable(),
  createdAt: z.number(),
  email: z.string(),
});

export type DeviceRequest = z.infer<typeof deviceRequest>;

/** Finds the waiting device sign-in of a code that a person typed. */
export const readDevice = (code: string) => call(`/oauth/device-request?code=${encodeURIComponent(code)}`, { data: deviceRequest });
export const decideDevice = (code: string, approve: boolean) =>
  call('/oauth/device-request', { method: 'POST', body: { code, approve }, data: nothing });

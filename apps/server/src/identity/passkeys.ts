import { MogplexError } from '@mogplex/protocol';
import { isIP } from 'node:net';
import { z } from 'zod';
import { defineRoute, type Route } from '../http/route.ts';
import { libraryAnswer } from './calls.ts';
import type { Auth } from './auth.ts';
import type { Identity } from './context.ts';
import { cookieRoute } from './cookies.ts';
import { plainText } from './oauth/context.ts';
import { endSession, principalFromSession } from './session.ts';
import { chargeAttempt, refundAttempt } from './throttle.ts';
import { note } from './trail.ts';

const PREFIX = '/api/v1/mogplex';

/** Whether browsers offer passkeys at this origin: a passkey belongs to a name, never to an IP address (WebAuthn 3 section 5.1.2). */
export const passkeysWork = (publicUrl: string): boolean => {
  const { hostname, protocol } = new URL(publicUrl);
  const address = hostname.replace(/^\[|\]$/g, '');
  return isIP(address) === 0 && (protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost'));
};

const REFUSED = { code: 'unauthenticated', message: 'this passkey was not accepted' } as const;
const NOT_ADDED = { code: 'invalid_request', message: 'the passkey could not be added', hint: 'Start again.' } as const;

type ResponseOf<Call extends keyof Auth['api']> = Auth['api'][Call] extends (context: infer Context) => unknown
  ? Context extends { body: { response: infer Response } }
    ? Response
    : never
  : never;

const credentialShape = z.looseObject({
  id: z.string(),
  rawId: z.string(),
  type: z.literal('public-key'),
  response: z.looseObject({ clientDataJSON: z.string() }),
  clientExtensionResults: z.looseObject({}),
});

const looksRight = (value: unknown): boolean => credentialShape.safeParse(value).success;

/** The library verifies the credential; this only keeps out what is not one. */
const assertion = z.custom<ResponseOf<'verifyPasskeyAuthentication'>>(looksRight, 'is not a passkey answer');
const attestation = z.custom<ResponseOf<'verifyPasskeyRegistration'>>(looksRight, 'is not a passkey answer');

/** Options of a WebAuthn ceremony, for the browser: its challenge, and whatever else the library says (WebAuthn 3 sections 5.4 and 5.5). */
const ceremony = z.looseObject({ challenge: z.string() });

const passkeyShape = z.object({ id: z.string(), name: z.string(), createdAt: z.number() });

const withoutCookies = (headers: Headers): Headers => {
  const copy = new Headers(headers);
  copy.delete('cookie');
  return copy;
};

const signInRoutes = (identity: Identity): Route[] => {
  const { auth, platform } = identity;
  const { db } = platform.store;
  return [
    cookieRoute(platform.publicUrl, {
      method: 'POST',
      path: '/auth/passkey/options',
      scope: 'public',
      summary: 'Starts a sign-in by passkey',
      body: z.object({}),
      response: ceremony,
      handler: async ({ headers }) => {
        const response = await (
          await auth()
        ).api.generatePasskeyAuthenticationOptions({ headers: withoutCookies(headers), asResponse: true });
        const { body, cookies } = await libraryAnswer(response, REFUSED);
        return { data: { ...(body as object), userVerification: 'required' }, cookies };
      },
    }),
    cookieRoute(platform.publicUrl, {
      method: 'POST',
      path: '/auth/passkey',
      scope: 'public',
      summary: 'Signs in by passkey',
      body: z.object({ response: assertion }),
      response: z.object({ status: z.literal('signed-in') }),
      errors: ['unauthenticated'],
      handler: async ({ body, headers, info }) => {
        await chargeAttempt(db, { proof: 'passkey' }, info.address, platform.now());
        const before = await principalFromSession(auth, headers.get('cookie') ?? '');
        const call = { body: { response: body.response }, headers, asResponse: true } as const;
        const { cookies } = await libraryAnswer(await (await auth()).api.verifyPasskeyAuthentication(call), REFUSED);
        await refundAttempt(db, { proof: 'passkey' }, info.address);
        if (before) await endSession(db, before.tokenId, before.accountId);
        return { data: { status: 'signed-in' }, cookies };
      },
    }),
  ];
};

const additionRoutes = (identity: Identity): Route[] => {
  const { auth, platform } = identity;
  return [
    cookieRoute(platform.publicUrl, {
      method: 'POST',
      path: '/account/passkeys/options',
      scope: 'session-fresh',
      summary: 'Starts adding a passkey',
      body: z.object({}),
      response: ceremony,
      handler: async ({ headers }) => {
        if (!passkeysWork(platform.publicUrl)) {
          throw new MogplexError('invalid_request', 'a passkey needs a name, not an IP address, and https', {
            boundary: 'configuration',
            hint: 'Open the platform under a name and set MOGPLEX_PUBLIC_URL to it; http://localhost works too.',
          });
        }
        const response = await (await auth()).api.generatePasskeyRegistrationOptions({ headers, query: {}, asResponse: true });
        const { body, cookies } = await libraryAnswer(response, NOT_ADDED);
        return { data: body, cookies };
      },
    }),
    cookieRoute(platform.publicUrl, {
      method: 'POST',
      path: '/account/passkeys',
      scope: 'session-fresh',
      summary: 'Adds a passkey',
      body: z.object({ name: z.string().max(200), response: attestation }),
      response: passkeyShape,
      handler: async ({ body, headers, principal, info }) => {
        const name = plainText(body.name, 60) ?? 'Passkey';
        const call = { body: { name, response: body.response }, headers, asResponse: true } as const;
        const answer = await libraryAnswer(await (await auth()).api.verifyPasskeyRegistration(call), NOT_ADDED);
        const { id } = z.object({ id: z.string() }).parse(answer.body);
        await note(identity, principal, info.requestId, { action: 'passkey.added', subject: id, details: { name } });
        return { data: { id, name, createdAt: platform.now() }, cookies: answer.cookies };
      },
    }),
  ];
};

const listRoutes = (identity: Identity): Route[] => {
  const { db } = identity.platform.store;
  return [
    defineRoute({
      method: 'GET',
      path: `${PREFIX}/account/passkeys`,
      scope: 'session',
      boundary: 'account',
      summary: 'Passkeys of the account',
      response: z.object({ items: z.array(passkeyShape), nextCursor: z.null() }),
      handler: async ({ principal }) => {
        const rows = await db
          .selectFrom('passkey')
          .select(['id', 'name', 'createdAt'])
          .where('userId', '=', principal.accountId)
          .orderBy('createdAt', 'desc')
          .execute();
        const items = rows.map(({ id, name, createdAt }) => ({ id, name: name ?? 'Passkey', createdAt: Date.parse(createdAt ?? '') || 0 }));
        return { items, nextCursor: null };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${PREFIX}/account/passkeys/:id`,
      scope: 'session-fresh',
      boundary: 'account',
      summary: 'Removes a passkey',
      request: { params: z.object({ id: z.string() }) },
      response: z.object({ status: z.literal('removed') }),
      errors: ['not_found'],
      handler: async ({ params, principal, requestId }) => {
        const result = await db
          .deleteFrom('passkey')
          .where('id', '=', params.id)
          .where('userId', '=', principal.accountId)
          .executeTakeFirst();
        if (Number(result.numDeletedRows) === 0) throw new MogplexError('not_found', 'there is no such passkey', { boundary: 'account' });
        await note(identity, principal, requestId, { action: 'passkey.removed', subject: params.id });
        return { status: 'removed' as const };
      },
    }),
  ];
};

/** Passkeys (WebAuthn): signing in by one, adding, listing and removing them. */
export const passkeyRoutes = (identity: Identity): Route[] => [
  ...signInRoutes(identity),
  ...additionRoutes(identity),
  ...listRoutes(identity),
];

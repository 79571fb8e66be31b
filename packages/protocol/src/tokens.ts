import { z } from 'zod';
import { pageOf } from './envelope.ts';

/** `read` lists and reads, `write` starts, changes and cancels (statement B4). */
export const scopeSchema = z.enum(['read', 'write']);

/** A token as it can be looked at: never the token itself. Times are milliseconds since the epoch. */
export const tokenInfo = z.object({
  id: z.string(),
  name: z.string(),
  /** The first eight characters of the token. */
  prefix: z.string(),
  scopes: z.array(scopeSchema),
  createdAt: z.number().int(),
  expiresAt: z.number().int().nullable(),
  lastUsedAt: z.number().int().nullable(),
  revokedAt: z.number().int().nullable(),
});

export type TokenInfo = z.infer<typeof tokenInfo>;

export const tokenPage = pageOf(tokenInfo);

/** Body of `POST /tokens`. */
export const newToken = z.strictObject({
  name: z.string().trim().min(1).max(80),
  scopes: z.array(scopeSchema).min(1).max(2),
  /** null: never. Else a duration (`7d`, `30d`, `90d`, `365d`, `12h`), a date or a time; anything else is refused. */
  expires: z.string().max(40).nullable(),
  /** The service account that it acts for; absent: the person. */
  serviceAccountId: z.string().max(64).optional(),
});

export type NewTokenRequest = z.infer<typeof newToken>;

/** Answer of `POST /tokens`: the only time that the token is shown. */
export const createdToken = tokenInfo.extend({ token: z.string() });

/** Answer of `GET /me`. */
export const me = z.object({
  account: z.object({
    /** null for a service account. */
    email: z.string().nullable(),
    /** Set for a service account: the team that it belongs to. */
    teamId: z.string().optional(),
  }),
  /** null for a browser session. */
  token: z.object({ name: z.string(), scopes: z.array(scopeSchema) }).nullable(),
});

export type Me = z.infer<typeof me>;

/** An account without a person, for a team's machines. */
export const serviceAccount = z.object({ id: z.string(), teamId: z.string(), name: z.string(), createdAt: z.number().int() });

export const serviceAccountPage = pageOf(serviceAccount);

/** A notice to a person, for instance that a token of theirs was found in public. */
export const notification = z.object({
  id: z.string(),
  kind: z.string(),
  text: z.string(),
  createdAt: z.number().int(),
  readAt: z.number().int().nullable(),
});

export const notificationPage = pageOf(notification);

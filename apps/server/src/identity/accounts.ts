import { randomBytes } from 'node:crypto';
import { MogplexError } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import { displayName } from './oauth/context.ts';
import { hashPassword } from './password.ts';
import type { Database } from '../store/schema.ts';
import { z } from 'zod';

const MIN_PASSWORD = 12;
const MAX_PASSWORD = 256;

const makeId = (): string => randomBytes(16).toString('base64url');

const invalid = (message: string) => new MogplexError('invalid_request', message, { boundary: 'account' });

/**
 * An address as it is stored: trimmed, in lower case.
 *
 * @throws MogplexError `invalid_request` when it is not an address.
 */
export const parseEmail = (text: string): string => {
  const email = text.trim().toLowerCase();
  if (email.length > 254 || !z.email().safeParse(email).success) throw invalid('this is not an email address');
  return email;
};

/**
 * A password that somebody chose. A `Secret` is one. What a stranger types into a form is only held, never made a `Secret`:
 * that would teach the redactor every word that strangers type, and keep it for good.
 */
export interface Password {
  reveal(): string;
}

/** Holds what was typed into a form. */
export const typed = (text: string): Password => ({ reveal: () => text });

/** @throws MogplexError `invalid_request` for a password that is too short or too long. */
export const checkPassword = (password: Password): void => {
  const { length } = password.reveal();
  if (length < MIN_PASSWORD) throw invalid(`the password must have at least ${MIN_PASSWORD} characters`);
  if (length > MAX_PASSWORD) throw invalid(`the password must have at most ${MAX_PASSWORD} characters`);
};

/** Makes the team that every account has for itself. */
export const createPersonalTeam = async (db: Kysely<Database>, user: { id: string; name: string }, now: number): Promise<string> => {
  const id = makeId();
  await db.insertInto('team').values({ id, name: user.name, personal_of: user.id, created_at: now }).execute();
  await db.insertInto('team_member').values({ team_id: id, user_id: user.id, role: 'owner', created_at: now }).execute();
  return id;
};

export interface NewAccount {
  email: string;
  password: Password;
  /** Absent: the part of the address before the @. */
  name?: string;
}

/**
 * Makes an account with a password, and its personal team, in one transaction.
 *
 * @param db the store, or a transaction that this joins.
 * @returns the account's id.
 * @throws MogplexError `invalid_request` for a bad address or password, `conflict` when the address has an account.
 */
export const createAccount = async (db: Kysely<Database>, { email: address, password, name }: NewAccount, now: number): Promise<string> => {
  const email = parseEmail(address);
  checkPassword(password);
  const hash = await hashPassword(password.reveal());
  const write = async (trx: Kysely<Database>): Promise<string> => {
    const id = makeId();
    const at = new Date(now).toISOString();
    const stamps = { createdAt: at, updatedAt: at };
    const user = {
      id,
      name: displayName(name ?? email.split('@')[0] ?? email),
      email,
      emailVerified: 1,
      image: null,
      twoFactorEnabled: 0,
      ...stamps,
    };
    const inserted = await trx
      .insertInto('user')
      .values(user)
      .onConflict((conflict) => conflict.column('email').doNothing())
      .executeTakeFirst();
    if (Number(inserted.numInsertedOrUpdatedRows ?? 0) === 0) {
      throw new MogplexError('conflict', 'this address already has an account', { boundary: 'account' });
    }
    const credential = { id: makeId(), accountId: id, providerId: 'credential', userId: id, password: hash, ...stamps };
    await trx.insertInto('account').values(credential).execute();
    await createPersonalTeam(trx, user, now);
    return id;
  };
  return db.isTransaction ? write(db) : db.transaction().execute(write);
};

/** Whether the platform has any account yet. */
export const hasAccounts = async (db: Kysely<Database>): Promise<boolean> =>
  (await db.selectFrom('user').select('id').limit(1).executeTakeFirst()) !== undefined;

/** The account with this id, or undefined. */
export const findAccount = async (db: Kysely<Database>, id: string): Promise<{ id: string; email: string } | undefined> =>
  db.selectFrom('user').select(['id', 'email']).where('id', '=', id).executeTakeFirst();

/** The account with this address, in any spelling of case, or undefined. */
export const findAccountByEmail = async (db: Kysely<Database>, email: string): Promise<{ id: string; email: string } | undefined> =>
  db.selectFrom('user').select(['id', 'email']).where('email', '=', parseEmail(email)).executeTakeFirst();

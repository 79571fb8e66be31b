import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';
import { countLiveTokens } from '../tokens/count.ts';
import { checkPassword, type Password } from './accounts.ts';
import { hashPassword } from './password.ts';

/** What of an account still opens it after its recovery. */
export interface StillGood {
  passkeys: number;
  /** Whether a GitHub account is linked. */
  github: boolean;
  /** Personal access tokens that are neither revoked nor expired. */
  tokens: number;
  /** False for an address that its person entered themselves, and that nothing has proven since. */
  addressProven: boolean;
}

/** Looks at what `recoverAccount` leaves, so that the operator can ask the person about it. */
export const lookAtAccount = async (db: Kysely<Database>, userId: string, now: number): Promise<StillGood> => {
  const user = await db.selectFrom('user').select('emailVerified').where('id', '=', userId).executeTakeFirstOrThrow();
  const passkeys = await db.selectFrom('passkey').select('id').where('userId', '=', userId).execute();
  const linked = await db.selectFrom('account').select('id').where('userId', '=', userId).where('providerId', '=', 'github').execute();
  return {
    passkeys: passkeys.length,
    github: linked.length > 0,
    tokens: await countLiveTokens(db, userId, now),
    addressProven: user.emailVerified === 1,
  };
};

/**
 * Lets a person in who lost their password or the device of their second factor: sets the password, turns off one-time codes,
 * and ends every browser session and every terminal of the account, since whoever locked the person out may hold one.
 * Passkeys and a linked GitHub account stay.
 *
 * @throws MogplexError `invalid_request` for a password that is too short or too long.
 */
export const recoverAccount = async (db: Kysely<Database>, userId: string, password: Password, now: number): Promise<void> => {
  checkPassword(password);
  const hash = await hashPassword(password.reveal());
  const at = new Date(now).toISOString();
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('account').where('userId', '=', userId).where('providerId', '=', 'credential').execute();
    const id = randomBytes(16).toString('base64url');
    const stamps = { createdAt: at, updatedAt: at };
    await trx
      .insertInto('account')
      .values({ id, accountId: userId, providerId: 'credential', userId, password: hash, ...stamps })
      .execute();
    await trx.deleteFrom('twoFactor').where('userId', '=', userId).execute();
    await trx.updateTable('user').set({ twoFactorEnabled: 0, updatedAt: at }).where('id', '=', userId).execute();
    await trx.deleteFrom('session').where('userId', '=', userId).execute();
    await trx
      .updateTable('oauth_grant')
      .set({ ended_at: now, ended_reason: 'person' })
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .execute();
  });
};

import { MogplexError } from '@mogplex/protocol';
import { type Kysely, sql } from 'kysely';
import { countedAddress } from '../http/address.ts';
import type { Database } from '../store/schema.ts';
import { sha256 } from './oauth/context.ts';

const WINDOW = 15 * 60_000;

interface Counter {
  key: string;
  limit: number;
}

/** What is tried: an account by its address or id, or a proof that names no account before it is checked. */
type Target = { account: string } | { proof: 'passkey' | 'second factor' };

/**
 * Attempts in 15 minutes: of one address at one target, at one account from anywhere, of one address at anything. What names
 * no account is counted by address alone, so that a stranger cannot use it up for everybody.
 */
const countersOf = (target: Target, from: string): Counter[] => {
  const address = countedAddress(from);
  const one = { key: sha256(`address:${address}`), limit: 100 };
  if ('proof' in target) return [{ key: sha256(`${target.proof}:${address}`), limit: 40 }, one];
  return [{ key: sha256(`pair:${target.account}:${address}`), limit: 8 }, { key: sha256(`account:${target.account}`), limit: 40 }, one];
};

const charge = async (db: Kysely<Database>, { key }: Counter, now: number): Promise<{ count: number; window_ends_at: number }> =>
  db
    .insertInto('sign_in_attempt')
    .values({ key, count: 1, window_ends_at: now + WINDOW })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({
        count: sql<number>`case when sign_in_attempt.window_ends_at <= ${now} then 1 else sign_in_attempt.count + 1 end`,
        window_ends_at: sql<number>`case when sign_in_attempt.window_ends_at <= ${now} then ${now + WINDOW} else sign_in_attempt.window_ends_at end`,
      }),
    )
    .returning(['count', 'window_ends_at'])
    .executeTakeFirstOrThrow();

/**
 * Counts an attempt to prove who one is before it is looked at, so that many at once cannot slip through. The count is the
 * same whether the account exists or not.
 *
 * @param target `account` is what was typed, in lower case.
 * @throws MogplexError `rate_limited` with the seconds to wait.
 */
export const chargeAttempt = async (db: Kysely<Database>, target: Target, address: string, now: number): Promise<void> =>
  chargeAll(db, countersOf(target, address), 'too many attempts to sign in: wait before the next one', now);

/** Counts the registration of an application, which anybody may do, by the address that it comes from. */
export const chargeRegistration = async (db: Kysely<Database>, address: string, now: number): Promise<void> =>
  chargeAll(
    db,
    [{ key: sha256(`register:${countedAddress(address)}`), limit: 30 }],
    'too many applications were registered from here',
    now,
  );

const chargeAll = async (db: Kysely<Database>, counters: readonly Counter[], refusal: string, now: number): Promise<void> => {
  for (const counter of counters) {
    const { count, window_ends_at: endsAt } = await charge(db, counter, now);
    if (count > counter.limit) {
      const retryAfter = Math.max(1, Math.ceil((endsAt - now) / 1000));
      throw new MogplexError('rate_limited', refusal, { boundary: 'account', retryAfter });
    }
  }
};

/** Takes a successful attempt back out of the counts. */
export const refundAttempt = async (db: Kysely<Database>, target: Target, address: string): Promise<void> => {
  const [pair, ...others] = countersOf(target, address);
  await db
    .deleteFrom('sign_in_attempt')
    .where('key', '=', pair?.key ?? '')
    .execute();
  await db
    .updateTable('sign_in_attempt')
    .set({ count: sql<number>`count - 1` })
    .where(
      'key',
      'in',
      others.map(({ key }) => key),
    )
    .where('count', '>', 0)
    .execute();
};

import { MogplexError, type ErrorCode } from '@mogplex/protocol';
import type { OnStep } from './files.ts';
import type { OpenJournal, UnfinishedRefresh } from './journal.ts';
import { withFileLock } from './lock.ts';

/** What an exchange is given. */
export interface RefreshAttempt<Current> {
  /** The login as re-read under the refresh lock: the newest there is. */
  current: Current;
  /** Ends after `timeoutMs`; pass it to the request. */
  signal: AbortSignal;
  /**
   * Set when an earlier process sent this very refresh token and died or gave up before it stored an answer. Where the server then
   * says `invalid_grant`, the rotated token is lost: say so, and ask for one new login.
   */
  unfinished: UnfinishedRefresh | undefined;
}

/** How to refresh; the same for a record of the vault and for the account login. */
export interface RefreshWork<Current, Fresh> {
  /**
   * Asks the token server, and resolves with the whole new login. It rejects with a MogplexError: `unauthenticated`, `forbidden`,
   * `invalid_request` and `rate_limited` say that the server answered and rotated nothing; after anything else it may have rotated,
   * and the next attempt is told so (`unfinished`).
   */
  exchange: (attempt: RefreshAttempt<Current>) => Promise<Fresh>;
  /** Takes the new login when a logout or another login came first, so that the caller can revoke what nobody will use. */
  discarded?: (fresh: Fresh) => Promise<void> | void;
  /** How long the exchange may take, and how long to wait for another process's; 15,000 milliseconds by default. */
  timeoutMs?: number;
}

/** Where a refreshable login is kept. */
export interface RefreshPlace<Current, Fresh, Stored> {
  /** In words, such as `login oauth/acme/tokens`. */
  what: string;
  lockPath: string;
  /** Whether anything was ever stored there, so that there is a folder to lock in. */
  present: () => boolean;
  /** Re-reads the login; either somebody else has refreshed it already, or the intent is durable now. */
  begin(): Promise<{ refreshed: Stored } | Begun<Current>>;
  /** The line of the journal for an answer. */
  answerLine(current: Current, fresh: Fresh): Promise<string>;
  /** Puts an answer that the journal holds in place; undefined when the login was removed or replaced meanwhile. */
  store(current: Current, fresh: Fresh): Promise<Stored | undefined>;
  /** Forgets the intent. */
  forget(current: Current): Promise<void>;
  onStep: OnStep | undefined;
}

export interface Begun<Current> {
  current: Current;
  unfinished: UnfinishedRefresh | undefined;
  journal: OpenJournal;
}

const TIMEOUT_MS = 15_000;
const ANSWERED_WITHOUT_ROTATING: readonly ErrorCode[] = ['unauthenticated', 'forbidden', 'invalid_request', 'rate_limited'];

/**
 * One refresh of a single-use token at a time across processes (RFC 6749 section 6, RFC 9700 section 4.14): the refresh lock is
 * taken, the login re-read, room on the disk reserved and the intent written, the server asked, the answer made durable, put in
 * place.
 *
 * @throws MogplexError `gone` when the login was removed or replaced meanwhile; `unavailable` when another process keeps refreshing
 * longer than `timeoutMs`; `upstream_timeout` when the exchange takes longer; and what `exchange` throws
 */
export async function refreshOnce<Current, Fresh, Stored>(
  place: RefreshPlace<Current, Fresh, Stored>,
  work: RefreshWork<Current, Fresh>,
): Promise<Stored> {
  const timeoutMs = work.timeoutMs ?? TIMEOUT_MS;
  const turn = async (): Promise<Stored> => {
    const begun = await place.begin();
    if ('refreshed' in begun) return begun.refreshed;
    try {
      const fresh = await ask(place, work, begun, timeoutMs);
      place.onStep?.('refresh:answered');
      await begun.journal.answer(await place.answerLine(begun.current, fresh));
      const stored = await place.store(begun.current, fresh);
      if (stored !== undefined) return stored;
      await work.discarded?.(fresh);
      throw replaced(place.what);
    } finally {
      await begun.journal.close();
    }
  };
  if (!place.present()) throw nothingToRefresh(place.what);
  return await withFileLock(place.lockPath, turn, { waitMs: timeoutMs, doing: `refreshing the ${place.what}` });
}

async function ask<Current, Fresh, Stored>(
  place: RefreshPlace<Current, Fresh, Stored>,
  work: RefreshWork<Current, Fresh>,
  { current, unfinished }: Begun<Current>,
  timeoutMs: number,
): Promise<Fresh> {
  const signal = AbortSignal.timeout(timeoutMs);
  place.onStep?.('refresh:exchange');
  try {
    return await Promise.race([work.exchange({ current, signal, unfinished }), lateness(place.what, signal)]);
  } catch (error) {
    const answered = error instanceof MogplexError && ANSWERED_WITHOUT_ROTATING.includes(error.code);
    // A refusal for haste says nothing about an earlier attempt that may have rotated.
    if (answered && !(unfinished !== undefined && error.code === 'rate_limited')) await place.forget(current);
    throw error;
  }
}

async function lateness(what: string, signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => {
    reject(
      new MogplexError('upstream_timeout', `the token server did not answer the refresh of the ${what} in time`, {
        boundary: 'network',
        hint: 'Try again. If the login is then no longer valid, the server answered too late: log in again.',
      }),
    );
  });
  return await promise;
}

const replaced = (what: string): MogplexError =>
  new MogplexError('gone', `the ${what} was removed or replaced while it was being refreshed`, {
    boundary: 'account',
    hint: 'Nothing was brought back. Try again, or log in again.',
  });

/** The refusal where there is nothing to refresh. */
export const nothingToRefresh = (what: string): MogplexError =>
  new MogplexError('gone', `there is no ${what}`, { boundary: 'account', hint: 'Log in again.' });

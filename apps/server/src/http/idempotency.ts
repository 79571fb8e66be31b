import { createHash } from 'node:crypto';
import { MogplexError } from '@mogplex/protocol';
import type { Store } from '../store/open.ts';
import type { SealedText } from '../store/sealer.ts';

export interface IdempotencyTables {
  /** What a request with an `Idempotency-Key` was answered, for a day. */
  idempotency: {
    /** SHA-256 over account, route and key. */
    id: string;
    account_id: string;
    /** SHA-256 over the request's body, sealed, since a body may hold a secret short enough to be guessed: a key goes with one body. */
    request_hash: SealedText;
    /** null while the first request is under way. */
    status: number | null;
    /** The answer's body, sealed. */
    answer: SealedText | null;
    expires_at: number;
  };
}

/** Milliseconds that an answer is kept. */
const KEPT = 24 * 3_600_000;
/** Milliseconds after which a request that never ended, because its server died, may be repeated. */
const ABANDONED = 120_000;
const KEY = /^[\x21-\x7e]{1,128}$/;

const sha256 = (...parts: (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};

export interface Answer {
  status: number;
  body: string;
}

export interface IdempotentRequest {
  accountId: string;
  /** Method and path. */
  route: string;
  key: string;
  body: Buffer;
  /** Whether the answer may be kept; what is shown once is not. */
  keep: boolean;
}

export interface Idempotency {
  /**
   * The answer that this request had before.
   *
   * @throws MogplexError `invalid_request` for a malformed key; `conflict` for a key that came with another body, whose first request
   *   is still under way, or whose answer showed a secret once and was not kept.
   */
  find(request: IdempotentRequest): Promise<Answer | undefined>;
  /** Runs the request once: a second one that comes meanwhile is refused. A failure is not kept, so that it can be repeated. */
  once(request: IdempotentRequest, work: () => Promise<Answer>): Promise<Answer>;
}

/** Replays of requests that start something (`Idempotency-Key`), kept in the store and so shared by all servers. */
export const createIdempotency = ({ db, sealer }: Store, now: () => number): Idempotency => {
  const idOf = ({ accountId, route, key }: IdempotentRequest): string => sha256(accountId, route, key);
  const placeOf = (id: string, owner: string, column: 'answer' | 'request_hash') => ({ table: 'idempotency', row: id, column, owner });
  const underWay = (): MogplexError =>
    new MogplexError('conflict', 'the first request with this Idempotency-Key is still under way', { boundary: 'request', retryAfter: 1 });
  const shownOnce = (): MogplexError =>
    new MogplexError('conflict', 'this was done by an earlier request with this Idempotency-Key; what it showed is kept nowhere', {
      boundary: 'request',
      hint: 'Look at the list: take back what nobody holds, and use another key to make a new one.',
    });
  const forget = async (id: string): Promise<void> => {
    await db.deleteFrom('idempotency').where('id', '=', id).where('status', 'is', null).execute();
  };
  return {
    async find(request) {
      if (!KEY.test(request.key)) {
        throw new MogplexError('invalid_request', 'an Idempotency-Key is 1 to 128 visible characters', { boundary: 'request' });
      }
      const id = idOf(request);
      const row = await db.selectFrom('idempotency').selectAll().where('id', '=', id).where('expires_at', '>', now()).executeTakeFirst();
      if (!row) return undefined;
      if (sealer.openText(placeOf(id, request.accountId, 'request_hash'), row.request_hash) !== sha256(request.body)) {
        throw new MogplexError('conflict', 'this Idempotency-Key was used with another request body', { boundary: 'request' });
      }
      if (row.status === null) throw underWay();
      if (row.answer === null) throw shownOnce();
      return { status: row.status, body: sealer.openText(placeOf(id, request.accountId, 'answer'), row.answer) };
    },
    async once(request, work) {
      const id = idOf(request);
      const at = now();
      await db.deleteFrom('idempotency').where('expires_at', '<=', at).execute();
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('idempotency')
        .values({
          id,
          account_id: request.accountId,
          request_hash: sealer.sealText(placeOf(id, request.accountId, 'request_hash'), sha256(request.body)),
          status: null,
          answer: null,
          expires_at: at + ABANDONED,
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) throw underWay();
      let answer: Answer;
      try {
        answer = await work();
      } catch (error) {
        await forget(id);
        throw error;
      }
      const sealed = request.keep ? sealer.sealText(placeOf(id, request.accountId, 'answer'), answer.body) : null;
      await db
        .updateTable('idempotency')
        .set({ status: answer.status, answer: sealed, expires_at: at + KEPT })
        .where('id', '=', id)
        .execute();
      return answer;
    },
  };
};

import { MogplexError } from '@mogplex/protocol';

/**
 * PostgreSQL SQLSTATE classes that mean "not now": connection, a transaction rolled back for
 * the sake of another one, resources, operator's intervention, system (appendix A of its manual).
 */
const SQLSTATE = /^(08|40|53|57|58)[0-9A-Z]{3}$/;
const SQLITE = /^SQLITE_(BUSY|LOCKED|IOERR|FULL|CANTOPEN|READONLY|CORRUPT|NOTADB)/;
const FULL = new Set(['SQLITE_FULL', '53100']);
const LINE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND)$/;
/** What the driver says of a connection that it lost; these carry no code. */
const WORDS = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

const SECONDS = 5;

/** The error of a store that does not answer, as 503 with a time to come back; undefined for any other error. */
export const asStoreFailure = (error: unknown): MogplexError | undefined => {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (!SQLSTATE.test(code) && !SQLITE.test(code) && !LINE.test(code) && !WORDS.test(error.message)) return undefined;
  const what = FULL.has(code) ? 'the disk of the store is full' : 'the store does not answer';
  return new MogplexError('unavailable', what, { boundary: 'storage', retryAfter: SECONDS, cause: error });
};

/** Codes of a violated uniqueness: of SQLite, and of PostgreSQL (its documentation, appendix A). */
const DUPLICATE = new Set(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505']);

/** Whether the store refused a row because another one has the same unique value, for instance one that was written at the same time. */
export const isDuplicate = (error: unknown): boolean => error instanceof Error && 'code' in error && DUPLICATE.has(String(error.code));

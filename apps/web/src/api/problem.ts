import { MogplexError } from '@mogplex/protocol';

export interface Described {
  message: string;
  hint?: string;
  requestId?: string;
}

interface LibraryError {
  message?: unknown;
  status?: unknown;
}

/** What a person can do with an error: its message, its hint, the request id; never a stack. */
export const describeError = (error: unknown): Described => {
  if (error instanceof MogplexError) {
    return {
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    };
  }
  if (error instanceof TypeError) return { message: 'The platform cannot be reached.', hint: 'Check that it runs, then try again.' };
  const { message } = error as LibraryError;
  return typeof message === 'string' && message !== '' ? { message } : { message: 'Something went wrong.', hint: 'Try again.' };
};

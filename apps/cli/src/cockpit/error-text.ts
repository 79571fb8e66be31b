import { MogplexError } from '@mogplex/protocol';
import { sanitise } from './text/sanitise.ts';

/** Hints are written for a shell. In the cockpit the same doors have shorter names. */
const inCockpit = (hint: string): string =>
  hint.replace(/run `mogplex` in a terminal to sign in/i, 'Type /login to sign in').replace(/(?:run )?mogplex login\b/, '/login');

/** An error in words: the boundary that failed, the message, the hint, the request id. */
export function errorText(error: unknown): string {
  if (error instanceof MogplexError) {
    const wait = error.retryAfter === undefined ? '' : ` Try again in ${error.retryAfter} s.`;
    const id = error.requestId === undefined ? '' : `\nrequest ${error.requestId}`;
    return sanitise(
      `${error.boundary}: ${error.message}.${wait}${error.hint === undefined ? '' : `\n${inCockpit(error.hint)}`}${id}`.replace('..', '.'),
    );
  }
  return sanitise(`Something went wrong: ${error instanceof Error ? error.message : String(error)}`);
}

import { MogplexError } from '@mogplex/protocol';
import { signInPath } from '../return-path.ts';
import { Problem } from './notice.tsx';

/** What the platform says when a session is too old for a change; any other refusal has words of its own. */
const needsFreshSignIn = (error: unknown): boolean =>
  error instanceof MogplexError && error.code === 'forbidden' && error.message.includes('fresh proof');

/** The problem of a change that needs a fresh sign-in: says so and leads there and back; any other problem as it is. */
export const FreshProblem = ({ error }: { error: unknown }) =>
  needsFreshSignIn(error) ? (
    <div role="alert" className="rounded-md border border-line bg-note p-3 text-sm">
      This change needs a fresh sign-in. <a href={signInPath(location.pathname)}>Sign in again</a>, then come back to it.
    </div>
  ) : (
    <Problem error={error} />
  );

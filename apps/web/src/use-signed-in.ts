import { MogplexError } from '@mogplex/protocol';
import { useEffect } from 'react';
import { signInPath } from './return-path.ts';

/** Sends the browser to the sign-in page, and back here afterwards, when `error` says that nobody is signed in. */
export const useSignedIn = (error: unknown): void => {
  const signedOut = error instanceof MogplexError && error.code === 'unauthenticated';
  useEffect(() => {
    if (signedOut) location.replace(signInPath(location.pathname + location.search));
  }, [signedOut]);
};

import type { IncomingMessage } from 'node:http';
import { MogplexError } from '@mogplex/protocol';
import type { GuardParts } from './guard.ts';
import type { Principal } from './principal.ts';
import type { Route } from './route.ts';

/** How long a proof of identity stays fresh, in milliseconds. */
const FRESH = 10 * 60_000;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

const refuse = (code: 'unauthenticated' | 'forbidden' | 'insufficient_scope', message: string, hint?: string): MogplexError =>
  new MogplexError(code, message, { boundary: 'token', ...(hint === undefined ? {} : { hint }) });

/** Who calls. @throws MogplexError `unauthenticated`, after the address was charged for it. */
export const identify = async (
  parts: Pick<GuardParts, 'authenticate' | 'limiter'>,
  incoming: IncomingMessage,
  token: string | undefined,
  address: string,
): Promise<Principal> => {
  try {
    const principal = await parts.authenticate(incoming, token);
    if (!principal) throw refuse('unauthenticated', 'this needs a credential');
    return principal;
  } catch (error) {
    if (error instanceof MogplexError && error.code === 'unauthenticated') await parts.limiter.charge('address', address);
    throw error;
  }
};

/** A cookie is sent by the browser on its own: only a request that says it comes from our pages may change something by it. */
const comesFromUs = (incoming: IncomingMessage, publicUrl: string): boolean => {
  if (SAFE.has(incoming.method ?? '')) return true;
  const { origin } = incoming.headers;
  return origin === undefined ? incoming.headers['sec-fetch-site'] === 'same-origin' : origin === publicUrl;
};

const scopeRefusal = (route: Pick<Route, 'scope'>, principal: Principal, now: number): MogplexError | undefined => {
  if (principal.kind === 'run') return refuse('forbidden', 'a run token opens the model gateway and nothing else');
  switch (route.scope) {
    case 'public':
      return undefined;
    case 'read':
    case 'write':
      return principal.scopes.has(route.scope)
        ? undefined
        : refuse('insufficient_scope', `the credential lacks the scope ${route.scope}`, `Use one that has the scope ${route.scope}.`);
    case 'session':
    case 'session-fresh':
      if (principal.kind !== 'session') return refuse('forbidden', 'only a browser session can call this');
      return route.scope === 'session' || now - (principal.authenticatedAt ?? 0) <= FRESH
        ? undefined
        : refuse('forbidden', 'this needs a fresh proof of who you are', 'Sign in again, then repeat it.');
  }
};

/** Why this caller may not call this route; undefined when it may. */
export const refusalOf = (
  parts: Pick<GuardParts, 'publicUrl' | 'now'>,
  route: Pick<Route, 'scope'>,
  incoming: IncomingMessage,
  principal: Principal,
): MogplexError | undefined =>
  principal.kind === 'session' && !comesFromUs(incoming, parts.publicUrl)
    ? refuse('forbidden', 'the request does not come from a page of this platform')
    : scopeRefusal(route, principal, parts.now());

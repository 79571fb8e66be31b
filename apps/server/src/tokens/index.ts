import type { CredentialResolvers } from '../http/principal.ts';
import type { Route } from '../http/route.ts';
import type { Platform } from '../platform.ts';
import { leakRoutes } from './leaked/routes.ts';
import { createLastUsed } from './last-used.ts';
import { tokenRoutes } from './routes.ts';
import { serviceAccountRoutes } from './service-accounts.ts';
import { createVerifier } from './verify.ts';

export interface TokenRoom {
  routes: Route[];
  resolvers: Pick<CredentialResolvers, 'principalFromToken'>;
  close(): Promise<void>;
}

/** Opens the room of personal access tokens, service accounts and run tokens. */
export const openTokens = (platform: Platform): TokenRoom => {
  const { store, coherence, now, log } = platform;
  const lastUsed = createLastUsed(store.db, now, (error) => log.error('a last use could not be written', error));
  return {
    routes: [...tokenRoutes(platform), ...serviceAccountRoutes(platform), ...leakRoutes(platform)],
    resolvers: { principalFromToken: createVerifier(store.db, coherence, lastUsed, now) },
    close: () => lastUsed.close(),
  };
};

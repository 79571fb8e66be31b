import { openConnections } from './connections/index.ts';
import { meRoute } from './api/me.ts';
import { notificationRoutes } from './api/notifications.ts';
import { createAuthenticator } from './http/authenticate.ts';
import type { CredentialResolvers } from './http/principal.ts';
import type { Route } from './http/route.ts';
import type { GuardParts } from './http/guard.ts';
import { openGitHub } from './github/index.ts';
import { openIdentity } from './identity/index.ts';
import type { Gateway } from './models/gateway/serve.ts';
import { openModels } from './models/index.ts';
import type { Platform } from './platform.ts';
import { openRuns } from './runs/index.ts';
import { openWeb, type WebRoom } from './web/routes.ts';
import { openTokens } from './tokens/index.ts';

export interface Rooms extends Pick<WebRoom, 'missingPage'> {
  routes: Route[];
  resolvers: CredentialResolvers;
  /** The link where the owner account is made; undefined once there is one. */
  setupLink(): Promise<string | undefined>;
  /** The model gateway, which answers on the bare request. */
  gateway(guards: GuardParts): Gateway;
  /** Begins the work that nobody asks for over HTTP, once requests are answered. */
  start(): void;
  /** Ends that work in order, while requests are still answered. */
  drain(): Promise<void>;
  /** Ends timers, listeners and connections of the rooms, in order. */
  close(): Promise<void>;
}

/** Opens every room of the platform and gathers what it offers: the one place where rooms meet. */
export const openRooms = async (platform: Platform): Promise<Rooms> => {
  const identity = await openIdentity(platform);
  const tokens = openTokens(platform);
  const models = openModels(platform);
  const connections = openConnections(platform);
  const web = openWeb();
  const resolvers = { ...tokens.resolvers, ...identity.resolvers };
  const runs = await openRuns(platform, {
    defaultModel: (caller) => models.defaultModel(caller),
    authenticate: createAuthenticator(resolvers),
  });
  return {
    routes: [
      meRoute(),
      ...tokens.routes,
      ...notificationRoutes(platform),
      ...identity.routes,
      ...openGitHub(platform).routes,
      ...models.routes,
      ...connections.routes,
      ...runs.routes,
      ...web.routes,
    ],
    missingPage: (c) => web.missingPage(c),
    resolvers,
    setupLink: () => identity.setupLink(),
    gateway: (guards) => models.gateway(guards),
    start: () => runs.start(),
    drain: () => runs.drain(),
    close: async () => {
      await runs.close();
      identity.close();
      await models.close();
      await tokens.close();
    },
  };
};

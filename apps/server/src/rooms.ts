import { openConnections } from './connections/index.ts';
import { meRoute } from './api/me.ts';
import { notificationRoutes } from './api/notifications.ts';
import type { CredentialResolvers } from './http/principal.ts';
import type { Route } from './http/route.ts';
import type { GuardParts } from './http/guard.ts';
import { openGitHub } from './github/index.ts';
import { openIdentity } from './identity/index.ts';
import type { Gateway } from './models/gateway/serve.ts';
import { openModels } from './models/index.ts';
import type { Platform } from './platform.ts';
import { webRoutes } from './web/routes.ts';
import { openTokens } from './tokens/index.ts';

export interface Rooms {
  routes: Route[];
  resolvers: CredentialResolvers;
  /** The link where the owner account is made; undefined once there is one. */
  setupLink(): Promise<string | undefined>;
  /** The model gateway, which answers on the bare request. */
  gateway(guards: GuardParts): Gateway;
  /** Ends timers, listeners and connections of the rooms, in order. */
  close(): Promise<void>;
}

/** Opens every room of the platform and gathers what it offers: the one place where rooms meet. */
export const openRooms = async (platform: Platform): Promise<Rooms> => {
  const identity = await openIdentity(platform);
  const tokens = openTokens(platform);
  const models = openModels(platform);
  const connections = openConnections(platform);
  return {
    routes: [
      meRoute(),
      ...tokens.routes,
      ...notificationRoutes(platform),
      ...identity.routes,
      ...openGitHub(platform).routes,
      ...models.routes,
      ...connections.routes,
      ...webRoutes(),
    ],
    resolvers: { ...tokens.resolvers, ...identity.resolvers },
    setupLink: () => identity.setupLink(),
    gateway: (guards) => models.gateway(guards),
    close: async () => {
      identity.close();
      await connections.close();
      await models.close();
      await tokens.close();
    },
  };
};

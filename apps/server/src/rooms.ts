import type { CredentialResolvers } from './http/principal.ts';
import type { Route } from './http/route.ts';
import { openIdentity } from './identity/index.ts';
import type { Platform } from './platform.ts';

export interface Rooms {
  routes: Route[];
  resolvers: CredentialResolvers;
  /** The link where the owner account is made; undefined once there is one. */
  setupLink(): Promise<string | undefined>;
  /** Ends timers, listeners and connections of the rooms, in order. */
  close(): Promise<void>;
}

const unknown = (): Promise<undefined> => Promise.resolve(undefined);

/** Opens every room of the platform and gathers what it offers: the one place where rooms meet. */
export const openRooms = async (platform: Platform): Promise<Rooms> => {
  const identity = await openIdentity(platform);
  return {
    routes: [...identity.routes],
    resolvers: { principalFromToken: unknown, ...identity.resolvers },
    setupLink: () => identity.setupLink(),
    close: () => Promise.resolve(),
  };
};

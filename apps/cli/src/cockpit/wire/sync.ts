import type { World } from '../../world.ts';
import type { SyncPort } from '../ports.ts';

export function syncPort(_world: World): SyncPort {
  return { mcpServers: async () => [], forget: async () => undefined };
}

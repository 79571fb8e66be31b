import type { World } from '../../world.ts';
import type { CredentialPort, ModelPort } from '../ports.ts';

export function modelPort(_world: World, credentials: CredentialPort): ModelPort {
  const first = async (): Promise<string | undefined> => (await credentials.usable()).map((id) => `${id}/default`)[0];
  return {
    initial: async (asked) => asked ?? (await first()),
    preferred: async (provider) => (provider === undefined ? await first() : `${provider}/default`),
    list: async () => (await credentials.usable()).map((id) => ({ id: `${id}/default`, detail: id })),
    cost: () => undefined,
  };
}

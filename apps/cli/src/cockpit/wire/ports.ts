import type { World } from '../../world.ts';
import type { Ports } from '../ports.ts';
import { chatPort } from './chat.ts';
import { credentialPort } from './credentials.ts';
import { modelPort } from './models.ts';
import { permissionPort } from './permissions.ts';
import { signInPort } from './sign-in.ts';
import { statusRows } from './status.ts';
import { syncPort } from './sync.ts';
import { workspacePort } from './workspace.ts';
import { MogplexError } from '@mogplex/protocol';

/** The ports of a real cockpit. @param warn takes lines that the person must see */
export function createPorts(world: World, warn: (line: string) => void): Ports {
  const credentials = credentialPort(world, warn);
  return {
    now: () => world.now(),
    credentials,
    models: modelPort(world, credentials),
    chat: chatPort(world),
    signIn: signInPort(world),
    sync: syncPort(world),
    workspace: workspacePort(world),
    permissions: permissionPort(),
    attach: async (run) => {
      throw new MogplexError('not_implemented', `${run} cannot be attached to`, { boundary: 'sandbox' });
    },
    copy: (text) => void world.stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`),
    status: async () => await statusRows(world),
  };
}

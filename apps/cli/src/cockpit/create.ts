import { basename } from 'node:path';
import type { World } from '../world.ts';
import { Cockpit, type StartOptions } from './controller.ts';
import { createPorts } from './wire/ports.ts';

/**
 * A cockpit of the folder that the person stands in.
 *
 * @param copies whether the terminal is one that can be asked to put a text on its clipboard (OSC 52)
 */
export function createCockpit(
  world: World,
  options: StartOptions,
  { copies }: { copies: boolean },
): { cockpit: Cockpit; ports: ReturnType<typeof createPorts> } {
  const ports = createPorts(world, (line) => cockpit.warn(line), copies);
  const cockpit: Cockpit = new Cockpit(ports, withEnvironment(options, world), {
    repository: basename(world.cwd),
    branch: undefined,
    model: undefined,
    credential: '',
    overridden: false,
    mode: '',
    connection: '',
  });
  return { cockpit, ports };
}

/** `MOGPLEX_ATTACH_RUN_ID` stands for `--attach` where that is not given. */
function withEnvironment(options: StartOptions, { env }: World): StartOptions {
  const attach = options.attach ?? (env['MOGPLEX_ATTACH_RUN_ID'] || undefined);
  return attach === undefined ? options : { ...options, attach };
}

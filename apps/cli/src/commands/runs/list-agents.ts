import { sanitiseLine } from '../../cockpit/text/sanitise.ts';
import type { World } from '../../world.ts';
import { withPlatform } from './with-platform.ts';

/** Prints the agents of the platform: what each does, or one JSON object a line. */
export const listAgents = async (world: World, json: boolean): Promise<void> => {
  const agents = await withPlatform(world, ({ client }) => client.agents({ signal: world.interrupted() }));
  if (agents.length === 0 && !json) world.stderr.write('This platform has no agents.\n');
  for (const agent of agents) {
    const { id, name, description } = agent;
    world.stdout.write(
      json ? `${JSON.stringify(agent)}\n` : `${sanitiseLine(id)}  ${sanitiseLine(name)}\n    ${sanitiseLine(description)}\n`,
    );
  }
};

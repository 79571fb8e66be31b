import type { World } from '../../world.ts';
import type { StartOptions } from '../controller.ts';
import { createCockpit } from '../create.ts';
import { guardTerminal } from '../terminal.ts';
import { PlainInput } from './input.ts';
import { PlainOutput } from './output.ts';

/**
 * The cockpit as plain lines: no cursor moves, no colours, nothing drawn over. For screen readers, and for terminals that
 * can do no more (`TERM=dumb`). Commands, sign-in and credentials are those of the screen.
 *
 * @returns the exit code
 */
export async function runPlain(world: World, options: StartOptions): Promise<number> {
  const { cockpit, ports } = createCockpit(world, options, { copies: false });
  const guard = guardTerminal(world, cockpit, () => cockpit.interrupt());
  const output = new PlainOutput(cockpit, (text) => void world.stdout.write(text));
  const input = new PlainInput(cockpit, world.stdin, output);
  try {
    await cockpit.start();
    output.start();
    input.start();
    cockpit.afterFirstFrame().catch(async (error: unknown) => await cockpit.report(error));
    return await cockpit.left;
  } finally {
    output.stop();
    input.stop();
    world.stdout.write('\n');
    await guard.restore();
    await ports.close();
  }
}

import type { World } from '../world.ts';
import type { StartOptions } from './controller.ts';

/**
 * Opens the cockpit. Raw mode comes first, so that nothing typed while the screen is being loaded is echoed; the choice
 * of colours must be made before the screen's code is loaded, since that is when it looks.
 *
 * @returns the exit code
 */
export async function openCockpit(world: World, options: StartOptions): Promise<number> {
  world.stdin.setRawMode(true);
  if (world.env['NO_COLOR']) process.env['FORCE_COLOR'] ??= '0';
  const { runCockpit } = await import('./main.tsx');
  return await runCockpit(world, options);
}

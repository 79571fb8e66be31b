import type { World } from '../world.ts';
import type { StartOptions } from './controller.ts';

/**
 * Opens the cockpit, as plain lines where that is asked for or the terminal can do no more. Raw mode comes first, so that nothing typed while the screen is being loaded is echoed; the choice
 * of colours must be made before the screen's code is loaded, since that is when it looks.
 *
 * @returns the exit code
 */
export async function openCockpit(world: World, options: StartOptions): Promise<number> {
  if (options.plain === true || wantsPlain(world)) {
    const { runPlain } = await import('./plain/main.ts');
    return await runPlain(world, options);
  }
  world.stdin.setRawMode(true);
  if (world.env['NO_COLOR']) process.env['FORCE_COLOR'] ??= '0';
  const { runCockpit } = await import('./main.tsx');
  return await runCockpit(world, options);
}

/** `MOGPLEX_PLAIN` asks for plain lines (empty and `0` do not), and a terminal of the kind `dumb` draws nothing else. */
const wantsPlain = ({ env }: World): boolean => !['', '0', undefined].includes(env['MOGPLEX_PLAIN']) || env['TERM'] === 'dumb';

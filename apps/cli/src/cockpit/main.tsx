import { render } from 'ink';
import type { World } from '../world.ts';
import { App } from './app.tsx';
import type { StartOptions } from './controller.ts';
import { createCockpit } from './create.ts';
import { TimelineRows } from './panels/timeline.ts';
import { prepareForAnswers } from './prepare.ts';
import { redrawWhenNeeded } from './redraw.ts';
import { guardTerminal } from './terminal.ts';

/**
 * Opens the cockpit in the terminal of `world` and stays until the person leaves.
 *
 * @returns the exit code
 */
export async function runCockpit(world: World, options: StartOptions): Promise<number> {
  const { cockpit, ports } = createCockpit(world, options, { copies: true });
  const guard = guardTerminal(world, cockpit);
  let settle = (): void => undefined;
  try {
    await cockpit.start();
    const rows = new TimelineRows();
    const screen = render(<App cockpit={cockpit} rows={rows} />, {
      stdin: world.stdin,
      stdout: world.stdout,
      stderr: world.stderr,
      alternateScreen: true,
      exitOnCtrlC: false,
      incrementalRendering: true,
      interactive: true,
      kittyKeyboard: { mode: 'auto' },
      maxFps: 60,
    });
    guard.drawn(screen);
    settle = redrawWhenNeeded(world, cockpit, screen);
    prepareForAnswers(cockpit, rows);
    setImmediate(() => void cockpit.afterFirstFrame().catch(async (error: unknown) => await cockpit.report(error)));
    return await cockpit.left;
  } finally {
    settle();
    await guard.restore();
    await ports.close();
  }
}

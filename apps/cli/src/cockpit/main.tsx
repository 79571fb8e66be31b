import { basename } from 'node:path';
import { render } from 'ink';
import type { World } from '../world.ts';
import { App } from './app.tsx';
import { Cockpit, type StartOptions } from './controller.ts';
import { TimelineRows } from './panels/timeline.ts';
import { createPorts } from './wire/ports.ts';
import { guardTerminal } from './terminal.ts';

/**
 * Opens the cockpit in the terminal of `world` and stays until the person leaves.
 *
 * @returns the exit code
 */
export async function runCockpit(world: World, options: StartOptions): Promise<number> {
  const ports = createPorts(world, (line) => cockpit.warn(line));
  const cockpit: Cockpit = new Cockpit(ports, withEnvironment(options, world), {
    repository: basename(world.cwd),
    branch: undefined,
    model: undefined,
    credential: '',
    overridden: false,
    mode: '',
    connection: '',
  });
  const guard = guardTerminal(world, cockpit);
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
    setImmediate(() => void afterFirstFrame(cockpit, rows));
    return await cockpit.left;
  } finally {
    await guard.restore();
    await ports.close();
  }
}

/** `MOGPLEX_ATTACH_RUN_ID` stands for `--attach` where that is not given. */
function withEnvironment(options: StartOptions, { env }: World): StartOptions {
  const attach = options.attach ?? (env['MOGPLEX_ATTACH_RUN_ID'] || undefined);
  return attach === undefined ? options : { ...options, attach };
}

async function afterFirstFrame(cockpit: Cockpit, rows: TimelineRows): Promise<void> {
  await cockpit.afterFirstFrame().catch(async (error: unknown) => await cockpit.report(error));
  const unsubscribe = cockpit.store.subscribe(() => {
    if (cockpit.state.turn === 'idle') return;
    unsubscribe();
    void loadMarkdown(cockpit, rows);
  });
}

/** The Markdown reader is loaded while the first prompt is on its way. */
async function loadMarkdown(cockpit: Cockpit, rows: TimelineRows): Promise<void> {
  const { code, markdownLines } = await import('./text/markdown.ts');
  rows.use({ markdown: markdownLines, code });
  cockpit.store.update((state) => ({ ...state }));
}

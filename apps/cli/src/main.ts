import { EXIT } from '@mogplex/protocol';
import { CommanderError } from 'commander';
import { buildProgram, type CockpitOptions } from './program.ts';
import { realWorld, type World } from './world.ts';

const openCockpit = async (world: World, options: CockpitOptions): Promise<void> => {
  if (!world.stdin.isTTY || !world.stdout.isTTY) {
    const { withoutTerminal } = await import('./session/without-terminal.ts');
    await withoutTerminal(world, options);
    return;
  }
  const cockpit = await import('./cockpit/open.ts');
  process.exitCode = await cockpit.openCockpit(world, options);
};

/** A reader that leaves early (`mogplex ... | head`) ends the program quietly. */
const endWhenReaderLeaves = (stream: NodeJS.WriteStream): void => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
};

/** The parser has printed its own errors; the rest is loaded only when there is something to report. */
const exitCodeOf = async (world: World, error: unknown): Promise<number> => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const { reportError } = await import('./errors.ts');
  return reportError(world, error);
};

const main = async (): Promise<void> => {
  endWhenReaderLeaves(process.stdout);
  const world = realWorld();
  const args = process.argv.slice(2);
  try {
    const program = await buildProgram(args, { world, cockpit: (options) => openCockpit(world, options) });
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = await exitCodeOf(world, error);
  }
};

await main();

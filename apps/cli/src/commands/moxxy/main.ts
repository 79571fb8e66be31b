import { resolveHome } from '@mogplex/credentials';
import { settleRefreshes } from '@moxxy/plugin-oauth';
import { reportError } from '../../errors.ts';
import { realWorld } from '../../world.ts';
import { buildMoxxy } from './program.ts';

/** A reader that leaves early (`moxxy ... | head`) ends the program quietly. */
const endWhenReaderLeaves = (stream: NodeJS.WriteStream): void => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
};

/** The `moxxy` program of this process. */
export const run = async (): Promise<void> => {
  endWhenReaderLeaves(process.stdout);
  const world = { ...realWorld(), home: resolveHome(process.env) };
  try {
    await buildMoxxy(world).parseAsync(process.argv.slice(2), { from: 'user' });
  } catch (error) {
    process.exitCode = reportError(world, error, 'moxxy');
  }
  await settleRefreshes();
};

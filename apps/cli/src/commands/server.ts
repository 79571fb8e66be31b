import { Command } from 'commander';
import type { World } from '../world.ts';

const untilInterrupted = (world: World): Promise<void> =>
  new Promise((resolve) => {
    const signal = world.interrupted();
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const run = async (world: World): Promise<void> => {
  const { loadConfig, startServer } = await import('@mogplex/server');
  const server = await startServer(loadConfig(world.env));
  world.stdout.write(`Mogplex listens on ${server.url}\n`);
  const link = await server.setupLink();
  if (link !== undefined) world.stdout.write(`Open this link once to create the owner account:\n  ${link}\n`);
  await untilInterrupted(world);
  world.stderr.write('Stopping: open requests are given time to end.\n');
  await server.close();
};

/** `mogplex server`: the platform, until it is interrupted. Settings come from the environment. */
export const command = (world: World): Command =>
  new Command('server')
    .summary('run the platform')
    .description('Run the platform: API, model gateway and web pages.')
    .addHelpText(
      'after',
      `
Settings (environment):
  MOGPLEX_HOST, MOGPLEX_PORT       where it listens (127.0.0.1, 4100)
  MOGPLEX_DATA_DIR                 embedded store and master key (~/.mogplex/server)
  DATABASE_URL                     PostgreSQL instead of the embedded store
  MOGPLEX_MASTER_KEY               32 bytes in base64 instead of the key file
  MOGPLEX_PUBLIC_URL               origin that browsers and terminals use
  MOGPLEX_TRUSTED_PROXIES          networks whose X-Forwarded-For is believed
  MOGPLEX_GITHUB_CLIENT_ID,
  MOGPLEX_GITHUB_CLIENT_SECRET     sign-in with GitHub (MOGPLEX_GITHUB_URL: an Enterprise server)
  MOGPLEX_RATE_LIMIT               requests a minute and key (60)`,
    )
    .action(() => run(world));

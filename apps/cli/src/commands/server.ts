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
  MOGPLEX_GITHUB_SECONDS           time for GitHub to answer a request (10)
  MOGPLEX_RATE_LIMIT               requests a minute and key (60)
  MOGPLEX_START_LIMIT              starts a minute and account (30)
  MOGPLEX_ADDRESS_LIMIT            requests a minute and address without a valid credential (120)
  MOGPLEX_BODY_LIMIT               bytes of a request (1048576)
  MOGPLEX_MODEL_RATE_LIMIT         model calls a minute and key (1200)
  MOGPLEX_MODEL_BODY_LIMIT         bytes of a model call (33554432)
  MOGPLEX_MODEL_CONNECT_SECONDS    time for a provider to accept a connection (10)
  MOGPLEX_MODEL_FIRST_BYTE_SECONDS time for it to begin to answer (600)
  MOGPLEX_MODEL_IDLE_SECONDS       time between two pieces of an answer (300)
  MOGPLEX_MODEL_STALL_SECONDS      time that a client may take nothing of its answer (600)
  MOGPLEX_MODEL_PING_SECONDS       silence in a stream of events after which the client is told that it lives (15)
  MOGPLEX_MODEL_LEASE_SECONDS      time after which a dead server's reservations are released (60)
  MOGPLEX_ALLOW_PRIVATE_UPSTREAMS  private networks that users' upstream addresses may lead to
  HTTPS_PROXY, NO_PROXY            proxy for https addresses outside, and what is reached without it
  MOGPLEX_SECRET_SCANNING_KEYS     file or https address of the public keys that reports of leaked tokens are signed with
  MOGPLEX_RUN_WORKERS              runs that this server works on at the same time (32; 0: none)
  MOGPLEX_RUN_DAYS                 days that a run and its events are kept after it has ended (90)
  MOGPLEX_DRAIN_SECONDS            time that runs, then open requests, are given when it stops (10)
  MOGPLEX_LOG                      info, or error for failures alone (info)`,
    )
    .action(() => run(world));

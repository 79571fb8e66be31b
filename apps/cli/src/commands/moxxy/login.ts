import { Command, InvalidArgumentError } from 'commander';
import { MogplexError, plainText } from '@moxxy/sdk';
import type { World } from '../../world.ts';
import { loginScreen } from './login-screen.ts';
import { statusJson, statusText } from './status-rows.ts';

const HIGHEST_PORT = 65_535;

const port = (text: string): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= HIGHEST_PORT) return value;
  throw new InvalidArgumentError('It is a number from 0 to 65535; 0 takes a free one.');
};

interface LoginOptions {
  browser: boolean;
  port?: number;
}

const logIn = async (world: World, name: string, options: LoginOptions): Promise<void> => {
  const { openHostAtTerminal } = await import('./host.ts');
  const host = await openHostAtTerminal(world);
  for (const warning of host.warnings) world.stderr.write(`moxxy: ${warning}\n`);
  const screen = loginScreen(world);
  try {
    const { card } = await host.logIn(name, {
      browser: options.browser && world.stdin.isTTY === true,
      signal: world.interrupted(),
      report: screen.report,
      ...(options.port === undefined ? {} : { port: options.port }),
    });
    screen.end();
    const who = card.account === undefined ? '' : ` as ${plainText(card.account, 80)}`;
    world.stdout.write(`Logged in to ${card.serviceName}${who}.\n`);
  } finally {
    screen.end();
  }
};

const status = async (world: World, name: string | undefined, json: boolean): Promise<void> => {
  if (name === undefined) {
    const { printAllStatus } = await import('./status-all.ts');
    const { home, stdout, stderr } = world;
    const warn = (line: string): void => void stderr.write(`${line}\n`);
    process.exitCode = printAllStatus({ home, json, now: world.now(), out: (text) => void stdout.write(text), warn });
    return;
  }
  const { openHostAtTerminal } = await import('./host.ts');
  const host = await openHostAtTerminal(world);
  const rows = [{ provider: name, status: await host.status(name) }];
  world.stdout.write(json ? statusJson(rows) : statusText(rows, world.now()));
  if (rows[0]?.status.state !== 'usable') process.exitCode = new MogplexError('unauthenticated', '', { boundary: 'token' }).exitCode;
};

const logOut = async (world: World, name: string): Promise<void> => {
  const { openHostAtTerminal } = await import('./host.ts');
  const host = await openHostAtTerminal(world);
  const { removed, revoked, note } = await host.logOut(name, world.interrupted());
  const done = removed
    ? `Logged out of ${name}${revoked === 'yes' ? '; the service has revoked the login' : ''}.`
    : `No login to ${name} was stored.`;
  world.stdout.write(`${done}\n`);
  if (note !== undefined) world.stderr.write(`${note}\n`);
};

const refresh = async (world: World, name: string): Promise<void> => {
  const { openHostAtTerminal } = await import('./host.ts');
  const status = await (await openHostAtTerminal(world)).refresh(name, world.interrupted());
  world.stdout.write(statusText([{ provider: name, status }], world.now()));
};

/** `moxxy login`: log in, ask, log out. Works for every provider of the registry that is logged in to by OAuth. */
export const loginCommand = (world: World): Command => {
  const login = new Command('login')
    .summary('log in to a provider')
    .description('Log in to a provider through the browser, or by code without one.')
    .argument('<provider>', 'name of the provider, see "moxxy providers"')
    .option('--no-browser', 'log in by code on another device (RFC 8628); also when there is no terminal')
    .option('--port <number>', 'port of the callback, instead of the one the provider registered', port)
    .addHelpText(
      'after',
      `
Examples:
  moxxy login openai-codex
  moxxy login --no-browser openai-codex
  moxxy login gitlab --port 8765
  moxxy login status
  moxxy login status openai-codex --json
  moxxy login logout openai-codex`,
    )
    .action((name: string, options: LoginOptions) => logIn(world, name, options));
  login
    .command('status')
    .summary('show what is stored')
    .description('Show the stored logins without any secret. The exit code is 0 when they are usable, otherwise 64.')
    .argument('[provider]', 'one provider; all stored ones when not given')
    .option('--json', 'print JSON')
    .action((name: string | undefined, options: { json?: boolean }) => status(world, name, options.json === true));
  login
    .command('refresh')
    .summary('refresh a stored login now')
    .description('Refresh a stored login now. Not needed in daily use: every call refreshes by itself when it has to.')
    .argument('<provider>', 'name of the provider')
    .action((name: string) => refresh(world, name));
  login
    .command('logout')
    .summary('remove a stored login')
    .description('Revoke a login at the service where it offers that, and remove what is stored.')
    .argument('<provider>', 'name of the provider')
    .action((name: string) => logOut(world, name));
  return login;
};

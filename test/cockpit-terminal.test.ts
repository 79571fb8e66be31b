import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KEYS, MOGPLEX, openTerminal, type PseudoTerminal, type TerminalOptions } from './support/terminal.ts';

const KEY = 'sk-canary-7f3a9b2c4d5e6f708192a3b4';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mogplex-cockpit-'));
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const open = (options: TerminalOptions = {}): PseudoTerminal =>
  openTerminal({ cwd: home, ...options, env: { HOME: home, MOGPLEX_HOME: join(home, '.mogplex'), ...options.env } });

const readAuth = async (): Promise<{ providers: Record<string, { apiKey: string }> }> =>
  JSON.parse(await readFile(join(home, '.mogplex', 'auth.json'), 'utf8')) as { providers: Record<string, { apiKey: string }> };

/** From the chooser to the masked entry of OpenAI. */
const goToKeyEntry = async (terminal: PseudoTerminal): Promise<void> => {
  await terminal.waitFor('❯ Sign in with Mogplex');
  terminal.write(KEYS.down);
  await terminal.waitFor('❯ Use a provider API key');
  terminal.write(KEYS.enter);
  await terminal.waitFor('❯ Anthropic');
  terminal.write(KEYS.down);
  await terminal.waitFor('❯ OpenAI');
  terminal.write(KEYS.enter);
  await terminal.waitFor('OpenAI API key');
};

describe('the login screen', () => {
  test.each([
    [80, 24],
    [120, 40],
  ])('A6 stands at %ix%i with the account focused, at every launch until a credential exists', async (cols, rows) => {
    for (let launch = 0; launch < 2; launch += 1) {
      await using terminal = open({ cols, rows });
      const screen = await terminal.waitFor('❯ Sign in with Mogplex');
      expect(screen).toContain('Use a provider API key');
      expect(terminal.inAlternateScreen).toBe(true);
      expect(screen.split('\n').every((row) => row.length <= cols)).toBe(true);
      terminal.write('q');
      expect((await terminal.waitForExit()).exitCode).toBe(0);
      expect(terminal.inAlternateScreen).toBe(false);
    }
  });

  test('A6 lists the nine providers, and a typed and pasted key reaches the file but never the terminal', async () => {
    await using terminal = open();
    await goToKeyEntry(terminal);
    terminal.write(KEY.slice(0, 12));
    await terminal.waitFor('••••••••••••');
    terminal.paste(`${KEY.slice(12)}\n`);
    await terminal.waitFor((screen) => screen.includes('•'.repeat(KEY.length)));
    terminal.write(KEYS.enter);
    await terminal.waitFor('openai · stored key');
    expect((await readAuth()).providers['openai']?.apiKey).toBe(KEY);
    expect((await stat(join(home, '.mogplex', 'auth.json'))).mode & 0o777).toBe(0o600);
    for (let length = 8; length <= KEY.length; length += 8) expect(terminal.raw).not.toContain(KEY.slice(0, length));
    expect(terminal.raw).not.toContain(KEY.slice(12, 20));
  });

  test('A6 a key typed before the screen has drawn, and one pasted by a terminal without bracketed paste, stay unseen', async () => {
    await using terminal = open();
    await goToKeyEntry(terminal);
    terminal.write(`${KEY}\r`);
    await terminal.waitFor('openai · stored key');
    expect((await readAuth()).providers['openai']?.apiKey).toBe(KEY);
    expect(terminal.raw).not.toContain(KEY.slice(0, 8));
  });

  test('A11 mogplex login opens the same chooser, with a credential stored as well', async () => {
    await using terminal = open({ args: ['login'], env: { OPENAI_API_KEY: KEY } });
    expect(await terminal.waitFor('❯ Sign in with Mogplex')).toContain('Esc back');
    terminal.write(KEYS.escape);
    await terminal.waitFor('openai · env OPENAI_API_KEY');
  });

  test('A11 mogplex login status is a usage error that names /login', async () => {
    await using terminal = open({ args: ['login', 'status'] });
    const { exitCode } = await terminal.waitForExit();
    expect(exitCode).toBe(2);
    expect(terminal.text()).toContain('/login');
    expect(terminal.raw).not.toContain('\u001b[?1049h');
  });

  test('A12 /login reopens the chooser, /login <provider> goes straight to the masked entry', async () => {
    await using terminal = open({ env: { OPENAI_API_KEY: KEY } });
    await terminal.waitFor('openai · env OPENAI_API_KEY');
    terminal.write('/login\r');
    await terminal.waitFor('❯ Sign in with Mogplex');
    terminal.write(KEYS.escape);
    await terminal.waitFor('Ask something');
    terminal.write('/login groq\r');
    await terminal.waitFor('Groq API key');
    terminal.paste('gsk_canary_000000000000000000');
    await terminal.waitFor('••••');
    terminal.write(KEYS.enter);
    await terminal.waitFor('The Groq key is stored');
    expect((await readAuth()).providers['groq']?.apiKey).toBe('gsk_canary_000000000000000000');
    terminal.write('/login nowhere\r');
    await terminal.waitFor('Unknown provider nowhere');
    expect(terminal.raw).not.toContain('gsk_canary');
  });
});

test('A3 a damaged auth.json is told on the login screen, kept as it is, and a variable still works', async () => {
  await mkdir(join(home, '.mogplex'), { mode: 0o700 });
  const path = join(home, '.mogplex', 'auth.json');
  await writeFile(path, '{"version":1,"providers":', { mode: 0o600 });
  await using terminal = open();
  expect(await terminal.waitFor('❯ Sign in with Mogplex')).toMatch(/auth\.json\s+is not valid\s+JSON/);
  await goToKeyEntry(terminal);
  terminal.paste(KEY);
  await terminal.waitFor('••••');
  terminal.write(KEYS.enter);
  await terminal.waitFor('storage:');
  expect(await readFile(path, 'utf8')).toBe('{"version":1,"providers":');
  await using withKey = open({ env: { OPENAI_API_KEY: KEY } });
  expect(await withKey.waitFor('openai · env OPENAI_API_KEY')).toMatch(/is not valid JSON/);
});

test('A3 a wide mode of auth.json is narrowed, and said', async () => {
  await mkdir(join(home, '.mogplex'), { mode: 0o700 });
  const path = join(home, '.mogplex', 'auth.json');
  const stored = { version: 1, generation: 1, providers: { openai: { apiKey: KEY, savedAt: 1 } } };
  await writeFile(path, JSON.stringify(stored));
  await chmod(path, 0o644);
  await using terminal = open();
  expect(await terminal.waitFor(/auth\.json/)).toContain('openai · stored key');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

describe('the terminal', () => {
  test('is redrawn after a resize, at both sizes to its edges', async () => {
    await using terminal = open({ env: { OPENAI_API_KEY: KEY } });
    await terminal.waitFor('Ask something');
    for (const [cols, rows] of [
      [120, 40],
      [60, 16],
      [80, 24],
    ] as const) {
      terminal.resize(cols, rows);
      await terminal.waitFor((screen) => {
        const lines = screen.split('\n');
        const [name = '', source = '', rule] = lines;
        const headed = name.startsWith('mogplex') && source.includes('openai · env OPENAI_API_KEY');
        return headed && rule === '─'.repeat(cols) && lines.at(-1)?.includes('Enter send') === true;
      });
      expect(terminal.rows()).toHaveLength(rows);
    }
  });

  test('shows no colour with NO_COLOR, and colours without', async () => {
    await using plain = open({ env: { NO_COLOR: '1' } });
    await plain.waitFor('❯ Sign in with Mogplex');
    await using colourful = open();
    await colourful.waitFor('❯ Sign in with Mogplex');
    // oxlint-disable-next-line no-control-regex
    const colours = /\u001b\[(?:3[0-9]|9[0-7]|38;[0-9;]+)m/;
    expect(plain.raw).not.toMatch(colours);
    expect(colourful.raw).toMatch(colours);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is restored after %s', async (signal, code) => {
    await using terminal = open();
    await terminal.waitFor('❯ Sign in with Mogplex');
    await terminal.waitFor(() => terminal.emulator.modes.bracketedPasteMode);
    process.kill(terminal.pid, signal);
    expect((await terminal.waitForExit()).exitCode).toBe(code);
    expectRestored(terminal);
  });

  test('is restored after an uncaught error, which is told without its secret', async () => {
    await using terminal = open({
      env: {
        OPENAI_API_KEY: KEY,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
          "process.on('SIGUSR2', () => { throw new Error('broken near ' + process.env.OPENAI_API_KEY); });",
        )}`,
      },
    });
    await terminal.waitFor('Ask something');
    process.kill(terminal.pid, 'SIGUSR2');
    expect((await terminal.waitForExit()).exitCode).toBe(1);
    expectRestored(terminal);
    expect(terminal.text()).toContain('broken near');
    expect(terminal.raw).not.toContain(KEY);
  });

  test('Ctrl+C once stays, twice within 1,500 ms leaves', async () => {
    await using terminal = open({ env: { OPENAI_API_KEY: KEY } });
    await terminal.waitFor('Ask something');
    terminal.write('half a thought');
    await terminal.waitFor('half a thought');
    terminal.write(KEYS.ctrlC);
    await terminal.waitFor((screen) => screen.includes('Press Ctrl+C again to leave') && !screen.includes('half a thought'));
    terminal.write(KEYS.ctrlC + KEYS.ctrlC);
    expect((await terminal.waitForExit()).exitCode).toBe(0);
    expectRestored(terminal);
  });

  test('q is a letter in the composer and in a drawer, and leaves from the conversation', async () => {
    await using terminal = open({ env: { OPENAI_API_KEY: KEY } });
    await terminal.waitFor('Ask something');
    terminal.write('q');
    await terminal.waitFor('❯ q');
    terminal.write(KEYS.backspace + KEYS.ctrlP);
    await terminal.waitFor('type to filter');
    terminal.write('qui');
    await terminal.waitFor((screen) => screen.includes('/quit') && !screen.includes('/logout'));
    terminal.write(KEYS.escape);
    await terminal.waitFor((screen) => !screen.includes('type to filter'));
    terminal.write(KEYS.escape);
    await terminal.waitFor('q leave');
    terminal.write('q');
    expect((await terminal.waitForExit()).exitCode).toBe(0);
  });

  test('works inside tmux', async () => {
    const socket = join(home, 'tmux');
    const env = { HOME: home, MOGPLEX_HOME: join(home, '.mogplex') };
    await using terminal = openTerminal({
      file: 'tmux',
      args: ['-S', socket, '-f', '/dev/null', 'new-session', `${process.execPath} ${MOGPLEX}`],
      env,
    });
    await terminal.waitFor('❯ Sign in with Mogplex');
    terminal.write(KEYS.down);
    await terminal.waitFor('❯ Use a provider API key');
    terminal.resize(100, 30);
    await terminal.waitFor((screen) => screen.split('\n').length >= 29 && screen.includes('❯ Use a provider API key'));
    terminal.write(KEYS.ctrlC + KEYS.ctrlC);
    await terminal.waitForExit();
    expect(terminal.raw).toContain('[exited]');
  });
});

function expectRestored(terminal: PseudoTerminal): void {
  expect(terminal.inAlternateScreen).toBe(false);
  expect(terminal.emulator.modes.bracketedPasteMode).toBe(false);
  expect(terminal.raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.raw.lastIndexOf('\u001b[?25l'));
}

describe('the shell that it was started from', () => {
  test('Ctrl+Z gives the terminal back to it, and fg shows the screen again', async () => {
    await using terminal = open({ file: 'bash', args: ['--norc', '-i'], env: { PS1: 'shell> ' } });
    await terminal.waitFor('shell>');
    terminal.write(`'${process.execPath}' '${MOGPLEX}'\r`);
    await terminal.waitFor('❯ Sign in with Mogplex');
    terminal.write(KEYS.ctrlZ);
    await terminal.waitFor('Stopped');
    expect(terminal.inAlternateScreen).toBe(false);
    terminal.write('echo the sum is $((20 + 22))\r');
    await terminal.waitFor('the sum is 42');
    terminal.write('fg\r');
    await terminal.waitFor('❯ Sign in with Mogplex');
    expect(terminal.inAlternateScreen).toBe(true);
    terminal.write(KEYS.down);
    await terminal.waitFor('❯ Use a provider API key');
    terminal.write('q');
    await terminal.waitFor((screen) => screen.endsWith('shell>') && !terminal.inAlternateScreen);
    terminal.write('exit\r');
    expect((await terminal.waitForExit()).exitCode).toBe(0);
  });
});

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openAuthFile, Secret } from '@mogplex/credentials';
import { CREDENTIAL_ENV_VARS } from '@mogplex/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { MOXXY } from './support/moxxy.ts';
import { MOGPLEX, openTerminal, type PseudoTerminal } from './support/terminal.ts';

const run = promisify(execFile);

const text = await readFile(new URL('../skills/mogplex-auth/SKILL.md', import.meta.url), 'utf8');

/** The commands of the skill: every line of its code blocks, by the language of the block. */
const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, language = '', body = '']) =>
  body
    .trim()
    .split('\n')
    .map((line) => ({ language, line })),
);

/** Commands that stand inside of sentences. */
const mentioned = [
  ...new Set([...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/`((?:mogplex|moxxy|\/)[^`]*)`/g)].map(([, line = '']) => line)),
];

/** The line that lists the credential variables of statement A2 without their values. */
const ENV_CHECK = `env | grep -E '^(${CREDENTIAL_ENV_VARS.join('|')})=.' | sed 's/=.*/=<redacted>/'`;

const KEY = 'sk-skill-canary-0123456789abcdef';

let root: string;
let home: string;
let bin: string;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startOpenAiUpstream({ answer: { text: ['Hello', ' there.'] } });
});

afterAll(async () => {
  await upstream.close();
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mogplex-skill-'));
  home = join(root, '.mogplex');
  bin = join(root, 'bin');
  await mkdir(bin);
  for (const [name, file] of Object.entries({ mogplex: MOGPLEX, moxxy: MOXXY })) {
    await writeFile(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${file}' "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  HOME: root,
  PATH: `${bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
  OPENAI_BASE_URL: upstream.url,
  MOGPLEX_VAULT_KEY: 'file',
  ...more,
});

interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a line of the skill in a shell, without a terminal. */
const shell = async (line: string, env: Readonly<Record<string, string>> = {}): Promise<Finished> => {
  try {
    return { code: 0, ...(await run('bash', ['-c', line], { env: environment(env), cwd: root })) };
  } catch (error) {
    const { code, stdout, stderr } = error as Finished;
    return { code, stdout, stderr };
  }
};

/** Runs a line of the skill in a shell, in a terminal. */
const typed = (line: string, env: Readonly<Record<string, string>> = {}): PseudoTerminal =>
  openTerminal({ file: 'bash', args: ['-c', line], env: environment(env), cwd: root, cols: 110, rows: 30 });

const auth = (): ReturnType<typeof openAuthFile> => openAuthFile(home, { warn: () => undefined });

const cockpitWithKey = async (): Promise<PseudoTerminal> => {
  await auth().setKey('openai', new Secret(KEY, 'test'));
  const terminal = typed('mogplex --model openai/gpt-test');
  await terminal.waitFor((screen) => screen.includes('openai · stored key') && screen.includes('openai/gpt-test'));
  return terminal;
};

/** What each command of a code block must do. */
const DOES: Readonly<Record<string, () => Promise<void>>> = {
  'mogplex doctor': async () => {
    const { code, stdout } = await shell('mogplex doctor', { OPENAI_API_KEY: KEY });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('env OPENAI_API_KEY') });
    expect(stdout).not.toContain(KEY);
  },
  mogplex: async () => {
    await using terminal = typed('mogplex');
    await terminal.waitFor('❯ Sign in with Mogplex');
  },
  'mogplex login': async () => {
    await using terminal = typed('mogplex login', { OPENAI_API_KEY: KEY });
    await terminal.waitFor('❯ Sign in with Mogplex');
  },
  '/login': async () => {
    await using terminal = await cockpitWithKey();
    terminal.write('/login\r');
    await terminal.waitFor('❯ Sign in with Mogplex');
  },
  '/login openai': async () => {
    await using terminal = await cockpitWithKey();
    terminal.write('/login openai\r');
    await terminal.waitFor('OpenAI API key');
  },
  'mogplex exec "Say hello."': async () => {
    const line = 'mogplex exec "Say hello."';
    expect(await shell(line, { OPENAI_API_KEY: KEY })).toMatchObject({ code: 0, stdout: expect.stringContaining('Hello there.') });
    expect(await shell(line)).toMatchObject({ code: 64, stdout: '' });
  },
  [ENV_CHECK]: async () => {
    const set = Object.fromEntries(CREDENTIAL_ENV_VARS.map((name, index) => [name, `sk-skill-canary-${index}=x`]));
    const { stdout } = await shell(ENV_CHECK, { ...set, GROQ_API_KEY: '', OTHER: KEY });
    const names = CREDENTIAL_ENV_VARS.filter((name) => name !== 'GROQ_API_KEY');
    expect(stdout.trim().split('\n').toSorted()).toEqual(names.map((name) => `${name}=<redacted>`).toSorted());
  },
  '/logout': async () => {
    await using terminal = await cockpitWithKey();
    terminal.write('/logout\r');
    expect(await terminal.waitFor('Enter or y: yes')).toContain('the stored OpenAI key');
    terminal.write('y');
    await terminal.waitFor('❯ Sign in with Mogplex');
    expect(auth().read().keys.size).toBe(0);
  },
  'mogplex --attach run_abc123 --logout': async () => {
    const accessToken = new Secret('mog_at_skill_canary_0123456789', 'test');
    await auth().setAccount({ origin: 'http://127.0.0.1:9', email: 'a@example.com', clientId: 'mogplex-cli', accessToken });
    await using terminal = typed('mogplex --attach run_abc123 --logout');
    await terminal.waitFor('❯ Sign in with Mogplex');
    await expect.poll(() => auth().read().account).toBeUndefined();
  },
};

describe('A19 the mogplex-auth skill', () => {
  test('A19 has a name and a description', () => {
    const [, front = ''] = /^---\n([\s\S]*?)\n---\n/.exec(text) ?? [];
    const fields = Object.fromEntries(front.split('\n').map((line) => line.split(/: (.*)/s)));
    expect(fields).toMatchObject({ name: 'mogplex-auth', description: expect.stringMatching(/^.{80,600}$/) });
  });

  test('A19 has its sections, and four rows of trouble', () => {
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
      'Which credential is used',
      'Sign in',
      'See which variables are set',
      'When something is wrong',
      'Sign out',
      'Hard rules',
    ]);
    expect(text.match(/^\| (?!What is seen|---)/gm)).toHaveLength(4);
  });

  test('A2 A19 lists the ten variables from the one constant', () => {
    expect(blocks.map(({ line }) => line)).toContain(ENV_CHECK);
  });

  test('A2 the guide lists the same ten', async () => {
    const guide = await readFile(new URL('../docs/authentication.md', import.meta.url), 'utf8');
    const [, list = ''] = /The variables: ([^.]*)\./.exec(guide) ?? [];
    expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(CREDENTIAL_ENV_VARS);
  });

  test('A19 every command of its code blocks is run here', () => {
    expect(new Set(blocks.map(({ line }) => line))).toEqual(new Set(Object.keys(DOES)));
  });

  test.each(Object.entries(DOES))('A19 %s', async (_, act) => {
    await expect(act()).resolves.toBeUndefined();
  });

  test('A11 A19 there is no mogplex login status', async () => {
    expect(await shell('mogplex login status')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('/login') });
  });

  test.each(mentioned.filter((line) => !(line in DOES) && line !== 'mogplex login status'))('A19 %s exists', async (line) => {
    expect(await shell(`${line} --help`)).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage') });
  });
});

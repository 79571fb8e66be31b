import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, rename, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { makeMogplexHome } from './support/mogplex-home.ts';
import { MOGPLEX } from './support/terminal.ts';

const KEY = 'sk-files-canary-0123456789abcdef';
const OTHER = 'sk-files-other-0123456789abcdef';

const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startOpenAiUpstream({ answer: { text: ['Hello.'] } });
});

afterAll(async () => {
  await upstream.close();
});

const EXEC = ['exec', '--model', 'openai/gpt-test', 'hi'];

describe('A4 the home folder', () => {
  const LINE = 'mogplex: CODEX_HOME is deprecated, set MOGPLEX_HOME instead';

  test('A4 CODEX_HOME is honoured with one line on stderr', async () => {
    await using home = await makeMogplexHome();
    await home.storeAuth({ keys: { openai: KEY } });
    const moved = join(home.user, 'elsewhere');
    await rename(home.path, moved);
    const { code, stdout, stderr } = await home.run(EXEC, { CODEX_HOME: moved, OPENAI_BASE_URL: upstream.url });
    expect([code, stdout.trim(), stderr.split(LINE).length - 1]).toEqual([0, 'Hello.', 1]);
    expect(upstream.requests.at(-1)?.credentialIs(KEY)).toBe(true);
  });

  test('A4 MOGPLEX_HOME wins, and nothing is deprecated then', async () => {
    await using home = await makeMogplexHome();
    await home.storeAuth({ keys: { openai: KEY } });
    const env = { CODEX_HOME: join(home.user, 'empty'), MOGPLEX_HOME: home.path, OPENAI_BASE_URL: upstream.url };
    expect(await home.run(EXEC, env)).toMatchObject({ code: 0, stderr: expect.not.stringContaining('deprecated') });
  });

  test('A4 the credentials of another program in that folder are left alone', async () => {
    await using home = await makeMogplexHome();
    const theirs = JSON.stringify({ OPENAI_API_KEY: KEY, tokens: { access_token: OTHER } });
    await home.write('auth.json', theirs);
    const { code, stdout, stderr } = await home.run(EXEC, { CODEX_HOME: home.path, OPENAI_BASE_URL: upstream.url });
    expect([code === 0, stdout]).toEqual([false, '']);
    expect(stderr).toContain('was not written by this program; it was left as it is');
    expect(stderr).not.toMatch(/sk-files/);
    expect(await readFile(join(home.path, 'auth.json'), 'utf8')).toBe(theirs);
  });
});

describe('A3 auth.json as the executable meets it', () => {
  test('A3 a file and folder open to others are narrowed with a warning, and used', async () => {
    await using home = await makeMogplexHome();
    await home.storeAuth({ keys: { openai: KEY } });
    await chmod(home.path, 0o755);
    await chmod(join(home.path, 'auth.json'), 0o644);
    const { code, stderr } = await home.run(EXEC, { OPENAI_BASE_URL: upstream.url });
    expect(code).toBe(0);
    expect(stderr).toContain('auth.json was open to other users (mode 0644); its mode is 0600 now');
    expect([await mode(home.path), await mode(join(home.path, 'auth.json'))]).toEqual(['700', '600']);
    expect((await home.run(EXEC, { OPENAI_BASE_URL: upstream.url })).stderr).not.toContain('open to other users');
  });

  test('A3 a damaged file is reported and kept, and a variable still works', async () => {
    await using home = await makeMogplexHome();
    const text = `{"version":1,"providers":{"openai":{"apiKey":"${KEY}`;
    await home.write('auth.json', text);
    const without = await home.run(EXEC, { OPENAI_BASE_URL: upstream.url });
    expect([without.code === 0, without.stdout]).toEqual([false, '']);
    expect(without.stderr).toContain('auth.json is not valid JSON; it was left as it is');
    const withVariable = await home.run(EXEC, { OPENAI_BASE_URL: upstream.url, OPENAI_API_KEY: OTHER });
    expect(withVariable).toMatchObject({ code: 0, stdout: 'Hello.\n', stderr: expect.stringContaining('is not valid JSON') });
    expect(`${without.stderr}${withVariable.stderr}`).not.toMatch(/sk-files/);
    expect(await readFile(join(home.path, 'auth.json'), 'utf8')).toBe(text);
  });

  test.each(['file', 'folder'])('A3 a symlinked %s is not followed', async (what) => {
    await using home = await makeMogplexHome();
    await home.storeAuth({ keys: { openai: KEY } });
    const real = join(home.user, 'real');
    await mkdir(real);
    const from = what === 'file' ? join(home.path, 'auth.json') : home.path;
    await rename(from, join(real, 'moved'));
    await symlink(join(real, 'moved'), from);
    const before = upstream.requests.length;
    const { code, stderr } = await home.run(EXEC, { OPENAI_BASE_URL: upstream.url });
    expect([code === 0, upstream.requests.length]).toEqual([false, before]);
    expect(stderr).toContain('is a symbolic link, which is not followed');
  });

  test('A3 a vault that is not followed stops neither a variable nor the doctor, and is named', async () => {
    await using home = await makeMogplexHome();
    await home.storeAuth({ keys: {} });
    await mkdir(join(home.user, 'elsewhere'));
    await symlink(join(home.user, 'elsewhere'), join(home.path, 'vault'));
    const words = 'vault is a symbolic link, which is not followed';
    const answered = await home.run(EXEC, { OPENAI_BASE_URL: upstream.url, OPENAI_API_KEY: KEY });
    expect(answered).toMatchObject({ code: 0, stdout: 'Hello.\n', stderr: expect.stringContaining(words) as string });
    const without = await home.run(EXEC, { OPENAI_BASE_URL: upstream.url });
    expect([without.code === 0, without.stdout, without.stderr.includes(words)]).toEqual([false, '', true]);
    const { code, stdout } = await home.run(['doctor'], { OPENAI_BASE_URL: upstream.url, OPENAI_API_KEY: KEY });
    expect(code).toBe(1);
    expect(stdout).toMatch(/vault\n +PROBLEM: is a symbolic link, which is not followed/);
  });

  test('A3 A4 a home that cannot be a folder is named, and a variable still works; so is a folder that is gone', async () => {
    await using home = await makeMogplexHome();
    const env = { OPENAI_BASE_URL: upstream.url, OPENAI_API_KEY: KEY };
    const answered = await home.run(EXEC, { ...env, MOGPLEX_HOME: '/dev/null/home' });
    expect(answered).toMatchObject({ code: 0, stdout: 'Hello.\n' });
    expect(answered.stderr).toContain('/dev/null/home lies below something that is not a folder');
    const line = `mkdir '${home.user}/gone' && cd '${home.user}/gone' && rmdir '${home.user}/gone' && exec '${process.execPath}' '${MOGPLEX}' exec hi </dev/null`;
    const gone = spawnSync('bash', ['-c', line], { env: { PATH: process.env['PATH'], HOME: home.user, ...env }, encoding: 'utf8' });
    expect([gone.status, gone.stdout]).toEqual([2, '']);
    expect(gone.stderr).toMatch(
      /^mogplex: the folder that this was started in is not there any more \[terminal\]\n +Change to another folder/,
    );
  });

  test('A13 what a variable overrides is named', async () => {
    await using home = await makeMogplexHome();
    await home.storeAuth({ keys: { openai: KEY } });
    const { stdout } = await home.run(['doctor'], { OPENAI_API_KEY: OTHER, OPENAI_BASE_URL: upstream.url });
    expect(stdout).toMatch(/OpenAI\s+env OPENAI_API_KEY\n\s+not used: stored key \(env OPENAI_API_KEY outranks it\)/);
    await home.run(EXEC, { OPENAI_API_KEY: OTHER, OPENAI_BASE_URL: upstream.url });
    expect(upstream.requests.at(-1)?.credentialIs(OTHER)).toBe(true);
  });
});

import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startOpenAiUpstream } from './fakes/index.ts';
import { makeMogplexHome } from './support/mogplex-home.ts';
import { runMogplex } from './support/run.ts';
import { MOGPLEX } from './support/terminal.ts';

/** Prints every file that is loaded on stderr. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({ load: (url, context, next) => { if (url.startsWith('file:')) process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });
`)}`;

const loadedBy = async (args: readonly string[], env: Record<string, string> = {}): Promise<string[]> => {
  const { stderr } = await runMogplex(args, { HOME: '/nonexistent', NODE_OPTIONS: `--import=${WATCH}`, ...env });
  return [...stderr.matchAll(/^loaded (file:.*)$/gm)].map(([, url = '']) => fileURLToPath(url));
};

test('help, a wrong option and a missing terminal load the parser and little else: no screen, no model client, no platform', async () => {
  for (const [args, limit] of [
    [['--help'], 84_000],
    [['help'], 84_000],
    [['--nothing'], 84_000],
    [[], 280_000],
  ] as const) {
    const files = await loadedBy(args);
    const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
    expect(files.length).toBeGreaterThan(1);
    expect({ args, large: bytes > limit ? bytes : 0 }).toEqual({ args, large: 0 });
    expect(files.filter((path) => /apps\/server|node_modules|ai-sdk|ink/.test(path))).toEqual([]);
  }
});

test('completion loads the definitions of the commands and nothing that they run', async () => {
  const files = await loadedBy(['completion', 'bash']);
  const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
  expect(bytes).toBeLessThan(500_000);
  expect(files.filter((path) => /apps\/server|node_modules|ai-sdk|ink/.test(path))).toEqual([]);
});

test('a prompt loads the client of its provider alone, and neither the screen nor the platform', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream();
  const env = { HOME: home.user, GROQ_API_KEY: 'gsk_0123456789abcdef0123', GROQ_BASE_URL: upstream.url };
  const files = await loadedBy(['exec', '--model', 'groq/any', 'hello'], env);
  expect(upstream.requests).toHaveLength(1);
  expect(files.filter((path) => path.includes('apps/server'))).toEqual([]);
  const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
  expect(bytes).toBeLessThan(1_200_000);
});

test('unknown options and commands exit 2 with a word of help, for every command', async () => {
  for (const args of [
    ['--nothing'],
    ['nothing'],
    ['exec', '--nothing', 'x'],
    ['logs', 'show', '--nothing'],
    ['doctor', 'extra'],
    ['completion', 'tcsh'],
  ]) {
    const { code, stdout, stderr } = await runMogplex(args, { HOME: '/nonexistent' });
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
  }
  const close = await runMogplex(['docter'], { HOME: '/nonexistent' });
  expect(close.code).toBe(2);
});

test('A20 a caller that never closes stdin gets its answer, and a reader that leaves early gets no error', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream({ answer: { text: Array.from({ length: 5_000 }, () => 'many words ') } });
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home.user,
    OPENAI_API_KEY: 'sk-0123456789abcdef0123456789',
    OPENAI_BASE_URL: upstream.url,
  };
  const open = spawn(process.execPath, [MOGPLEX, 'exec', 'hello'], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  open.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  open.stdout.resume();
  const code = await new Promise((resolve) => open.once('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('nothing came on stdin') as string });
  open.stdin.destroy();
  const piped = spawn(
    'bash',
    ['-c', `set -o pipefail; "$0" "$1" exec hello </dev/null | head -c 4; echo " $?"`, process.execPath, MOGPLEX],
    { env },
  );
  let out = '';
  let errors = '';
  piped.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  piped.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise((resolve) => piped.once('close', resolve));
  expect({ out: out.trim(), errors }).toEqual({ out: 'many 0', errors: '' });
});

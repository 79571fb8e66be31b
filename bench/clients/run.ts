/**
 * Runs the named clients unchanged against the gateway, over loopback upstreams that speak the vendors' formats: each
 * streams an answer and calls a tool whose result goes round. `npm install --no-save` here installs the clients.
 * Usage: node run.ts [--silent] [name ...]; `--silent` lets the upstreams pause between all events, so that the gateway fills the gaps.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGateway } from '@mogplex/server/test/gateway';
import { startAnthropicUpstream, startGoogleUpstream, startOpenAiUpstream, type Upstream } from '../../test/fakes/index.ts';
import { answerFor, FINAL, MARKER } from '../../test/support/client-scenario.ts';
import { runAnthropicSdk, runOpenAiSdk } from '../../test/support/client-sdks.ts';

const bin = (name: string): string => fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url));
const PROMPT = 'Use your shell tool once, then say what it said.';
const silent = process.argv.includes('--silent');
const LIMIT_MS = silent ? 300_000 : 90_000;

interface Outcome {
  client: string;
  streamed: boolean;
  tool: boolean;
  seconds: number;
  note: string;
}

interface CliClient {
  name: string;
  version: string[];
  args: string[];
  env: Record<string, string>;
  /** Files in the client's home, by path. */
  files?: Record<string, string>;
}

const run = (command: string, args: string[], cwd: string, env: Record<string, string>): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', TERM: 'dumb', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });

/** Milliseconds between two events, longer than the silence after which the gateway speaks. */
const gapMs = silent ? 1_500 : 0;

const upstreams = await Promise.all([startOpenAiUpstream(), startAnthropicUpstream(), startGoogleUpstream()]);
const [openai, anthropic, google] = upstreams;
for (const upstream of upstreams) {
  // What is answered depends on what was asked: a tool call first, words once its result is there.
  Object.defineProperty(upstream, 'answer', { get: () => ({ ...answerFor(upstream.requests.at(-1)?.body), gapMs }) });
}
const dataDir = await mkdtemp(join(tmpdir(), 'mogplex-clients-'));
const gateway = await startGateway({ dataDir }, silent ? { MOGPLEX_MODEL_PING_SECONDS: '1' } : {});
await gateway.upstream('openai', openai.url, 'sk-upstream-openai-00000000');
await gateway.upstream('anthropic', anthropic.origin, 'sk-upstream-anthropic-00000');
await gateway.upstream('google', google.origin, 'AIza-upstream-google-000000');
// With an end to the credit, since only then the gateway lets nothing pass that it cannot set credit aside for.
await gateway.plan({ monthlyCredit: 20_000_000 });
const { url, token } = gateway;

const CLIENTS: CliClient[] = [
  {
    name: 'codex',
    version: ['--version'],
    args: [
      'exec',
      '--skip-git-repo-check',
      '--dangerously-bypass-approvals-and-sandbox',
      '-m',
      'gpt-5.3-codex',
      '-c',
      'model_provider=mogplex',
      '-c',
      `model_providers.mogplex={name="Mogplex",base_url="${url}/gateway/openai/v1",env_key="MOGPLEX_API_KEY",wire_api="responses"}`,
      PROMPT,
    ],
    env: { MOGPLEX_API_KEY: token },
  },
  {
    name: 'claude',
    version: ['--version'],
    args: ['-p', PROMPT, '--model', 'claude-sonnet-5-5', '--allowedTools', 'Bash', '--permission-mode', 'acceptEdits'],
    env: {
      ANTHROPIC_BASE_URL: `${url}/gateway/anthropic`,
      ANTHROPIC_AUTH_TOKEN: token,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-5-5',
    },
  },
  {
    name: 'opencode',
    version: ['--version'],
    args: ['run', '--model', 'mogplex/gpt-5', PROMPT],
    env: { MOGPLEX_API_KEY: token },
    files: {
      '.config/opencode/opencode.json': JSON.stringify({
        permission: { bash: 'allow' },
        provider: {
          mogplex: {
            npm: '@ai-sdk/openai-compatible',
            name: 'Mogplex',
            options: { baseURL: `${url}/gateway/openai/v1`, apiKey: '{env:MOGPLEX_API_KEY}' },
            models: { 'gpt-5': { name: 'GPT-5', tool_call: true } },
          },
        },
        model: 'mogplex/gpt-5',
        small_model: 'mogplex/gpt-5',
        autoupdate: false,
        share: 'disabled',
      }),
    },
  },
  {
    name: 'gemini',
    version: ['--version'],
    args: ['--yolo', '-m', 'gemini-2.5-flash', '-p', PROMPT],
    env: { GOOGLE_GEMINI_BASE_URL: `${url}/gateway/google`, GEMINI_API_KEY: token, GEMINI_CLI_TRUST_WORKSPACE: 'true' },
    files: {
      '.gemini/settings.json': JSON.stringify({
        security: { auth: { selectedType: 'gemini-api-key' } },
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        general: { disableAutoUpdate: true },
      }),
    },
  },
];

const drive = async (client: CliClient): Promise<Outcome> => {
  const home = await mkdtemp(join(tmpdir(), `mogplex-${client.name}-`));
  const work = join(home, 'work');
  await mkdir(work);
  for (const [path, text] of Object.entries(client.files ?? {})) {
    await mkdir(join(home, path, '..'), { recursive: true });
    await writeFile(join(home, path), text);
  }
  const env = { HOME: home, ...client.env };
  const version = (await run(bin(client.name), client.version, work, env)).output.trim().split('\n').at(-1) ?? '';
  const from = Date.now();
  const { code, output } = await run(bin(client.name), client.args, work, env);
  const outcome = {
    client: `${client.name} ${version}`,
    streamed: output.includes(FINAL),
    tool: existsSync(join(work, MARKER)),
    seconds: Math.round((Date.now() - from) / 100) / 10,
    note: code === 0 ? '' : `exit ${code}`,
  };
  if (!(outcome.streamed && outcome.tool))
    console.error(`--- ${client.name}\n${output.slice(-3_000)}\n--- log\n${gateway.platform.logged().split('\n').slice(-8).join('\n')}`);
  await rm(home, { recursive: true, force: true });
  return outcome;
};

const sdk = async (client: string, work: () => Promise<{ streamed: boolean; tool: boolean }>): Promise<Outcome> => {
  const from = Date.now();
  try {
    return { client, ...(await work()), seconds: Math.round((Date.now() - from) / 100) / 10, note: '' };
  } catch (error) {
    return { client, streamed: false, tool: false, seconds: 0, note: String(error) };
  }
};

const wanted = process.argv.slice(2).filter((name) => name !== '--silent');
const asked = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const outcomes: Outcome[] = [];
if (asked('openai')) outcomes.push(await sdk('openai (package)', () => runOpenAiSdk(`${url}/gateway/openai/v1`, token)));
if (asked('anthropic')) outcomes.push(await sdk('@anthropic-ai/sdk (package)', () => runAnthropicSdk(`${url}/gateway/anthropic`, token)));
for (const client of CLIENTS) if (asked(client.name)) outcomes.push(await drive(client));
console.table(outcomes);
await gateway.close();
await Promise.all(upstreams.map((upstream: Upstream) => upstream.close()));
await rm(dataDir, { recursive: true, force: true });
process.exit(outcomes.every(({ streamed, tool }) => streamed && tool) ? 0 : 1);

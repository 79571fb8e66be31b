/**
 * How the cockpit feels while a model talks, measured on the built executable in a pseudo-terminal:
 *
 * - 5,000 events that arrive at once: the longest time that its event loop stands still
 * - 200 events a second: the time from a key until the screen shows it
 *
 * Run: node bench/terminal/responsiveness.ts
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startOpenAiUpstream, type Upstream } from '../../test/fakes/index.ts';
import { KEYS, openTerminal, type PseudoTerminal } from '../../test/support/terminal.ts';
import { median, quantile } from './programs.ts';

const BURST = 5_000;
const RATE = 200;
const KEY_SAMPLES = 200;
const TARGETS = { stallMs: 100, keyP95Ms: 60 };
const PROBE = fileURLToPath(new URL('./loop-probe.cjs', import.meta.url));

const openCockpit = async (upstream: Upstream, home: string): Promise<PseudoTerminal> => {
  const terminal = openTerminal({
    cols: 120,
    rows: 40,
    cwd: home,
    args: ['--model', 'openai/gpt-test'],
    env: {
      HOME: home,
      OPENAI_API_KEY: 'sk-bench-000000000000000000000000',
      OPENAI_BASE_URL: upstream.url,
      NODE_OPTIONS: `--require=${PROBE}`,
      BENCH_PROBE_FILE: join(home, 'stall'),
    },
  });
  await terminal.waitFor((screen) => screen.includes('Ask something') && screen.includes('openai/gpt-test'));
  // The first answer loads what answers need, and its end what the log and the history need.
  terminal.write('warm up\r');
  await terminal.waitFor((screen) => /\b18 tok/.test(screen) && screen.includes('ask · ready'));
  await sleep(1_000);
  return terminal;
};

const usage = { inputTokens: 11, outputTokens: 7 };

interface Stall {
  /** Longest standstill of the event loop, ms. */
  longest: number;
  /** Most CPU time between two ticks of the loop, ms: what is left of it on a machine with nothing else to do. */
  computed: number;
}

const longestStall = async (home: string): Promise<Stall> => {
  const upstream = await startOpenAiUpstream({ answer: { text: ['ready'], usage } });
  const terminal = await openCockpit(upstream, home);
  upstream.answer = { text: Array.from({ length: BURST }, (_, at) => `word${at} ${at % 12 === 11 ? '\n\n' : ''}`), usage };
  process.kill(terminal.pid, 'SIGUSR2');
  terminal.write('burst\r');
  await terminal.waitFor((screen) => screen.includes(`word${BURST - 1}`) && screen.includes('ready'), 60_000);
  process.kill(terminal.pid, 'SIGUSR2');
  await sleep(300);
  const stall = JSON.parse(readFileSync(join(home, 'stall'), 'utf8')) as Stall;
  await end(terminal, upstream);
  return stall;
};

/** Times from a key to its appearance, while events arrive at the rate. */
const keyTimes = async (home: string): Promise<number[]> => {
  const upstream = await startOpenAiUpstream({ answer: { text: ['ready'], usage } });
  const terminal = await openCockpit(upstream, home);
  upstream.answer = { text: Array.from({ length: 60_000 / (1000 / RATE) }, (_, at) => `w${at} `), gapMs: 1000 / RATE, usage };
  terminal.write('talk\r');
  await terminal.waitFor('answering');
  const times: number[] = [];
  for (let sample = 0; sample < KEY_SAMPLES; sample += 1) {
    const letter = String.fromCharCode(97 + (sample % 26));
    const row = (): string => (terminal.rows().findLast((text) => text.startsWith('❯')) ?? '').slice(2).trimEnd();
    const expected = row() + letter;
    const started = performance.now();
    terminal.write(letter);
    await terminal.waitFor(() => row() === expected, 5_000);
    times.push(performance.now() - started);
    if (expected.length > 60) {
      terminal.write(KEYS.ctrlU);
      await terminal.waitFor(() => row() === '', 5_000);
    }
    await sleep(20 + ((sample * 7) % 30));
  }
  await end(terminal, upstream);
  return times;
};

const end = async (terminal: PseudoTerminal, upstream: Upstream): Promise<void> => {
  terminal.kill('SIGTERM');
  await terminal.exited;
  await terminal[Symbol.asyncDispose]();
  await upstream.close();
};

const home = mkdtempSync(join(tmpdir(), 'bench-responsive-'));
try {
  const stalls: Stall[] = [];
  for (let round = 0; round < 3; round += 1) {
    stalls.push(await longestStall(home));
  }
  const times = await keyTimes(home);
  const p95 = quantile(times, 0.95);
  const listed = stalls.map(({ longest, computed }) => `${longest.toFixed(0)} (computing ${computed.toFixed(0)})`);
  process.stdout.write(`${BURST} events at once: longest stall ${listed.join(', ')} ms\n`);
  process.stdout.write(`a key during ${RATE} events/s: median ${median(times).toFixed(0)} ms, p95 ${p95.toFixed(0)} ms\n`);
  const missed = stalls.some(({ longest }) => longest > TARGETS.stallMs) || p95 > TARGETS.keyP95Ms;
  if (missed) process.stdout.write('MISSED\n');
  process.exitCode = missed ? 1 : 0;
} finally {
  rmSync(home, { recursive: true, force: true });
}

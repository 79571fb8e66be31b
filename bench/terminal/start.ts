/**
 * How soon a terminal program is there and what it costs while nothing happens: `--version` as a multiple of bare
 * `node -e 0`, the first frame (40 cells of a 120x40 pseudo-terminal that are not blank), and the resident memory of the
 * whole process tree five seconds later. All programs take turns in every round, so that they meet the same load; the
 * first round fills caches and is not counted.
 *
 * Run: (cd bench/terminal && npm install --no-save) && node bench/terminal/start.ts [rounds]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTerminal, type PseudoTerminal } from '../../test/support/terminal.ts';
import { freshEnvironment, median, MOGPLEX, PEERS, type Program } from './programs.ts';

const ROUNDS = Number(process.argv[2] ?? 7);
const CELLS = 40;
const IDLE_MS = 5_000;
const LONGEST_MS = 90_000;
const TARGETS = { versionFactor: 1.2, firstFrameMs: 200, idleMb: 140, soonerThanClaude: 1.8 };

interface Figures {
  version: number[];
  firstFrame: number[];
  rss: number[];
}

const NODE: Program = { name: 'node', file: process.execPath, args: [] };
const programs = [MOGPLEX, ...PEERS.filter((peer) => existsSync(peer.file))];
const figures = new Map<string, Figures>([NODE, ...programs].map(({ name }) => [name, { version: [], firstFrame: [], rss: [] }]));

const timeVersion = ({ file, args, name }: Program): number => {
  const env = freshEnvironment();
  const started = performance.now();
  const { status } = spawnSync(file, name === 'node' ? ['-e', '0'] : [...args, '--version'], { env, stdio: 'ignore' });
  const elapsed = performance.now() - started;
  rmSync(env['HOME'] ?? '', { recursive: true, force: true });
  if (status !== 0) throw new Error(`${name} --version ended with ${status}`);
  return elapsed;
};

/** The process and all its descendants. */
const treeOf = (root: number): number[] => {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = readOrEmpty(`/proc/${entry}/stat`);
    parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const tree = [root];
  for (const pid of tree) tree.push(...[...parents].filter(([, parent]) => parent === pid).map(([child]) => child));
  return tree;
};

const readOrEmpty = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended between the listing and the look at it.
    return '';
  }
};

/** Resident memory of the whole tree, MB. Pages that processes share count for each. */
const memoryOf = (root: number): number => {
  const status = treeOf(root).map((pid) => readOrEmpty(`/proc/${pid}/status`));
  return status.reduce((sum, text) => sum + Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024, 0);
};

/** Memory after five seconds without a key, or the last that was seen of a program that ends sooner (no network, say). */
const idleMemory = async (terminal: PseudoTerminal): Promise<number> => {
  let last = memoryOf(terminal.pid);
  for (let waited = 0; waited < IDLE_MS && terminal.exitStatus === undefined; waited += 100) {
    await sleep(100);
    last = memoryOf(terminal.pid) || last;
  }
  return last;
};

const measureScreen = async ({ file, args, name }: Program, withMemory: boolean): Promise<{ firstFrame: number; rss: number }> => {
  const env = freshEnvironment();
  const started = performance.now();
  const terminal = openTerminal({ file, args, env, cwd: env['HOME'] ?? '/', cols: 120, rows: 40 });
  try {
    await terminal.waitFor((screen) => screen.replaceAll(/\s/g, '').length >= CELLS, LONGEST_MS);
    const firstFrame = performance.now() - started;
    if (!withMemory) return { firstFrame, rss: Number.NaN };
    return { firstFrame, rss: await idleMemory(terminal) };
  } catch (error) {
    throw new Error(`${name} drew nothing`, { cause: error });
  } finally {
    const tree = treeOf(terminal.pid);
    terminal.kill('SIGTERM');
    await Promise.race([terminal.exited, sleep(1_000)]);
    await terminal[Symbol.asyncDispose]();
    for (const pid of tree.slice(1)) endQuietly(pid);
    rmSync(env['HOME'] ?? '', { recursive: true, force: true, maxRetries: 3 });
  }
};

const endQuietly = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went with its parent.
  }
};

for (let round = 0; round <= ROUNDS; round += 1) {
  for (const program of [NODE, ...programs]) {
    const own = figures.get(program.name);
    const version = timeVersion(program);
    if (round > 0) own?.version.push(version);
  }
  for (const program of programs) {
    const withMemory = round > 0 && round <= 3;
    const { firstFrame, rss } = await measureScreen(program, withMemory);
    process.stderr.write(`round ${round}: ${program.name} ${firstFrame.toFixed(0)} ms\n`);
    const own = figures.get(program.name);
    if (round > 0) own?.firstFrame.push(firstFrame);
    if (withMemory) own?.rss.push(rss);
  }
}

const node = median(figures.get('node')?.version ?? []);
const rows = programs.map(({ name }) => {
  const own = figures.get(name);
  return {
    name,
    version: median(own?.version ?? []) / node,
    firstFrame: median(own?.firstFrame ?? []),
    rss: median(own?.rss ?? []),
  };
});
process.stdout.write(`node -e 0: ${node.toFixed(1)} ms, ${ROUNDS} rounds\n`);
for (const row of rows) {
  const cells = [
    `--version ${row.version.toFixed(2)} x node`,
    `first frame ${row.firstFrame.toFixed(0)} ms`,
    `idle ${row.rss.toFixed(0)} MB RSS`,
  ];
  process.stdout.write(`${row.name.padEnd(9)} ${cells.join('   ')}\n`);
}

const [ours, ...others] = rows;
const claude = others.find((row) => row.name === 'claude');
const missed = [
  ours !== undefined && ours.version > TARGETS.versionFactor && `--version takes more than ${TARGETS.versionFactor} times node`,
  ours !== undefined && ours.firstFrame > TARGETS.firstFrameMs && `the first frame takes more than ${TARGETS.firstFrameMs} ms`,
  ours !== undefined && ours.rss > TARGETS.idleMb && `idle memory is more than ${TARGETS.idleMb} MB`,
  ours !== undefined && others.some((row) => row.rss < ours.rss) && 'a peer needs less memory',
  ours !== undefined &&
    claude !== undefined &&
    claude.firstFrame < ours.firstFrame * TARGETS.soonerThanClaude &&
    'not 1.8 times sooner than claude',
  ours !== undefined &&
    others.some((row) => row.name !== 'codex' && row.firstFrame < ours.firstFrame) &&
    'a peer other than codex is sooner',
].filter((line) => typeof line === 'string');
for (const line of missed) process.stdout.write(`MISSED: ${line}\n`);
if (others.length < PEERS.length) process.stdout.write('Not every peer is installed: run npm install --no-save in bench/terminal.\n');
process.exitCode = missed.length > 0 ? 1 : 0;

/**
 * Puts the model gateway beside Portkey's and a bare undici proxy: one upstream, one run, this machine.
 * Usage: node run.ts [latency] [throughput] [memory] [streams] [rates]; without an argument all but the last, which looks for the
 * rate of chunks at which the streams begin to be late.
 * `npm ci` in this folder installs the peer.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Connection, type Target } from './client.ts';
import { quantile } from './figures.ts';
import { latency, load } from './latency.ts';
import { rss, streams } from './streams.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const CONNECTIONS = 64;
const WARM_SECONDS = 3;
const ROUNDS = 10;
const SECONDS = 1.5;
/** Chunks of each of the thousand streams come this far apart, in milliseconds. */
const GAP = 500;
const STREAM_SECONDS = 60;
const RATES = [1_000, 500, 333, 250, 200];
const RATE_SECONDS = 10;

const children: ChildProcess[] = [];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    for (const child of children) child.kill('SIGTERM');
    process.exit(1);
  });
}

const start = (file: string, args: string[] = [], env: Record<string, string> = {}): ChildProcess => {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...env } });
  children.push(child);
  return child;
};

const firstLine = async (child: ChildProcess): Promise<string> => {
  if (!child.stdout) throw new Error('no output');
  const reader = createInterface({ input: child.stdout });
  const [line] = (await once(reader, 'line')) as [string];
  reader.close();
  return line;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
};

const untilOpen = async (port: number): Promise<void> => {
  for (;;) {
    try {
      (await Connection.open(port)).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
};

const loadFor = async (target: Target, seconds: number): Promise<number> => {
  const end = performance.now() + seconds * 1_000;
  return (await load(target, CONNECTIONS, () => performance.now() > end)) / seconds;
};

const throughput = async (targets: readonly Target[]): Promise<void> => {
  const rates = new Map<string, number[]>();
  for (const target of targets) await loadFor(target, WARM_SECONDS);
  for (let count = 0; count < ROUNDS; count++) {
    for (const target of targets) rates.set(target.name, [...(rates.get(target.name) ?? []), await loadFor(target, SECONDS)]);
  }
  const rate = (name: string): number => quantile(rates.get(name) ?? [], 0.5);
  const best = (name: string): number => Math.max(...(rates.get(name) ?? []));
  console.log(`\nJSON, ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s in turn`);
  console.table(
    targets.map(({ name }) => ({
      name,
      'req/s': Math.round(rate(name)),
      'of bare': +(rate(name) / rate('bare undici proxy')).toFixed(2),
      'times Portkey': +(rate(name) / rate('Portkey 1.15.2')).toFixed(2),
      'best round': Math.round(best(name)),
    })),
  );
};

/** What the platform keeps, in MB: its heap after a collection, when the last requests are booked. */
const heapOf = async (child: ChildProcess): Promise<number> => {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const line = firstLine(child);
  child.kill('SIGUSR2');
  return +(Number(await line) / 1024 ** 2).toFixed(1);
};

const memory = async (target: Target, child: ChildProcess): Promise<void> => {
  const pid = child.pid ?? 0;
  const rows = [{ requests: 0, 'RSS MB': Math.round(rss(pid)), 'heap MB': await heapOf(child) }];
  for (let done = 0; done < 200_000;) {
    const goal = done + 20_000;
    let left = 20_000;
    done += await load(target, CONNECTIONS, () => left-- <= 0);
    const row = { requests: Math.max(done, goal), 'RSS MB': Math.round(rss(pid)), 'heap MB': await heapOf(child) };
    rows.push(row);
    console.log(`${done} requests, ${row['RSS MB']} MB, heap ${row['heap MB']} MB`);
  }
  console.log('\nMemory of the platform over 200,000 requests');
  console.table(rows);
};

const upstreamPort = Number(await firstLine(start(here('upstream.ts'))));
const platform = start('--expose-gc', [here('platform.ts'), String(upstreamPort)]);
const [port, token = '', dataDir = ''] = (await firstLine(platform)).split(' ');
const own: Target = {
  name: 'Mogplex',
  port: Number(port),
  path: '/gateway/openai/v1/chat/completions',
  headers: { authorization: `Bearer ${token}` },
};
const direct: Target = { name: 'direct', port: upstreamPort, path: '/v1/chat/completions', headers: { authorization: 'Bearer sk-x' } };
const wanted = process.argv.slice(2);
const asked = (part: string): boolean => wanted.length === 0 || wanted.includes(part);
const busy = (): string => loadavg()[0]?.toFixed(2) ?? '';

console.log(`Load of the machine before: ${busy()}`);

try {
  if (asked('latency') || asked('throughput')) {
    const bare: Target = {
      ...direct,
      name: 'bare undici proxy',
      port: Number(await firstLine(start(here('bare.ts'), [String(upstreamPort)]))),
    };
    const portkeyPort = await freePort();
    start(here('node_modules/@portkey-ai/gateway/build/start-server.js'), [`--port=${portkeyPort}`, '--headless'], {
      NODE_ENV: 'production',
    });
    await untilOpen(portkeyPort);
    const portkey: Target = {
      name: 'Portkey 1.15.2',
      port: portkeyPort,
      path: '/v1/chat/completions',
      headers: {
        authorization: 'Bearer sk-x',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
      },
    };
    const pipe: Target = {
      ...direct,
      name: 'pipe of bytes',
      port: Number(await firstLine(start(here('pipe.ts'), [String(upstreamPort)]))),
    };
    const targets = [direct, pipe, bare, own, portkey];
    if (asked('latency')) await latency(targets);
    if (asked('throughput')) await throughput([bare, own, portkey]);
  }
  if (asked('memory')) await memory(own, platform);
  if (asked('streams')) await streams(direct, own, platform.pid, GAP, STREAM_SECONDS);
  if (wanted.includes('rates')) for (const gap of RATES) await streams(direct, own, platform.pid, gap, RATE_SECONDS);
  console.log(`Load of the machine after: ${busy()}`);
} finally {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(
    children.map((child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve([]))),
  );
  if (dataDir !== '') await rm(dataDir, { recursive: true, force: true });
}

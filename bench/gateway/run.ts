/**
 * Puts the model gateway beside Portkey's and a bare undici proxy: one upstream, one run, this machine.
 * Usage: node run.ts [latency] [throughput] [memory] [streams]; without an argument all of them.
 * `npm ci` in this folder installs the peer.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Connection, requestBytes, type Target } from './client.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const JSON_BODY = '{"model":"gpt-5","max_completion_tokens":64,"messages":[{"role":"user","content":"Write one sentence about a fox."}]}';
const STREAM_BODY =
  '{"model":"gpt-5","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":64,"messages":[{"role":"user","content":"Write one sentence about a fox."}]}';
const ROUNDS = 5;
const PER_ROUND = 600;
const CONNECTIONS = 64;
const SECONDS = 6;

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

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? 0;

const rss = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const milliseconds = (from: bigint, to: bigint): number => Number(to - from) / 1e6;

/** Latency of single requests, in milliseconds: whole answer, or first byte. */
const measure = async (target: Target, body: string, count: number, firstByte: boolean): Promise<number[]> => {
  const connection = await Connection.open(target.port);
  const request = requestBytes(target, body);
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const from = process.hrtime.bigint();
    const { status, firstByteAt } = await connection.send(request);
    const to = process.hrtime.bigint();
    if (status !== 200) throw new Error(`${target.name} answered ${status}`);
    times.push(milliseconds(from, firstByte ? firstByteAt : to));
  }
  connection.close();
  return times;
};

const latency = async (targets: readonly Target[]): Promise<void> => {
  for (const [title, body, firstByte] of [
    ['JSON', JSON_BODY, false],
    ['first byte of a stream', STREAM_BODY, true],
  ] as const) {
    const times = new Map<string, number[]>(targets.map(({ name }) => [name, []]));
    const able: Target[] = [];
    for (const target of targets) {
      // A peer that cannot do this at all is left out of the table rather than ending the run.
      if (await measure(target, body, 300, firstByte).then(Boolean, () => false)) able.push(target);
      else console.log(`\n${target.name} answers with an error: ${title}`);
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const target of able) times.get(target.name)?.push(...(await measure(target, body, PER_ROUND, firstByte)));
    }
    const direct = quantile(times.get('direct') ?? [], 0.5);
    console.log(`\n${title}, one connection, ${ROUNDS * PER_ROUND} requests each`);
    console.table(
      able.map(({ name }) => {
        const own = times.get(name) ?? [];
        return {
          name,
          'p50 ms': +quantile(own, 0.5).toFixed(3),
          'p99 ms': +quantile(own, 0.99).toFixed(3),
          'added p50 ms': +(quantile(own, 0.5) - direct).toFixed(3),
        };
      }),
    );
  }
};

const load = async (target: Target, connections: number, until: () => boolean): Promise<number> => {
  const request = requestBytes(target, JSON_BODY);
  let count = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = await Connection.open(target.port);
      while (!until()) {
        const { status } = await connection.send(request);
        if (status !== 200) throw new Error(`${target.name} answered ${status}`);
        count++;
      }
      connection.close();
    }),
  );
  return count;
};

const throughput = async (targets: readonly Target[]): Promise<void> => {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < 3; round++) {
    for (const target of targets) {
      const warm = Date.now() + 1_000;
      await load(target, CONNECTIONS, () => Date.now() > warm);
      const end = Date.now() + SECONDS * 1_000;
      const count = await load(target, CONNECTIONS, () => Date.now() > end);
      rates.set(target.name, [...(rates.get(target.name) ?? []), count / SECONDS]);
    }
  }
  const median = (name: string): number => quantile(rates.get(name) ?? [], 0.5);
  console.log(`\nJSON, ${CONNECTIONS} connections, median of 3 rounds of ${SECONDS} s`);
  console.table(
    targets.map(({ name }) => ({
      name,
      'req/s': Math.round(median(name)),
      'of bare': +(median(name) / median('bare undici proxy')).toFixed(2),
      'times Portkey': +(median(name) / median('Portkey 1.15.2')).toFixed(2),
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

const GAP = 250;
const LENGTH = 60;
const STREAMS = 1_000;

const streams = async (target: Target, pid: number | undefined): Promise<void> => {
  const body = STREAM_BODY.replace('Write one sentence about a fox.', `slow ${GAP} ${LENGTH}`);
  const late: number[] = [];
  let cut = 0;
  let frames = 0;
  let peak = 0;
  const watch = setInterval(() => {
    if (pid !== undefined) peak = Math.max(peak, rss(pid));
  }, 500);
  await Promise.all(
    Array.from({ length: STREAMS }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, (index % 50) * (GAP / 50)));
      const connection = await Connection.open(target.port);
      let own = 0;
      try {
        await connection.send(requestBytes(target, body), (chunk) => {
          const now = process.hrtime.bigint();
          for (const match of chunk.toString('latin1').matchAll(/t=(\d+);/g)) {
            own++;
            late.push(milliseconds(BigInt(match[1] ?? 0), now));
          }
        });
      } catch {
        cut++;
      }
      if (own < Math.round((LENGTH * 1_000) / GAP)) cut++;
      frames += own;
      connection.close();
    }),
  );
  clearInterval(watch);
  console.log(`\n${STREAMS} streams of ${LENGTH} s, a chunk each ${GAP} ms, through ${target.name}`);
  console.table([
    {
      cut,
      chunks: frames,
      'p50 ms': +quantile(late, 0.5).toFixed(2),
      'p99 ms': +quantile(late, 0.99).toFixed(2),
      'peak RSS MB': Math.round(peak),
    },
  ]);
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
    const targets = [direct, bare, own, portkey];
    if (asked('latency')) await latency(targets);
    if (asked('throughput')) await throughput([bare, own, portkey]);
  }
  if (asked('memory')) await memory(own, platform);
  if (asked('streams')) {
    await streams(direct, undefined);
    await streams(own, platform.pid);
  }
} finally {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(
    children.map((child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve([]))),
  );
  if (dataDir !== '') await rm(dataDir, { recursive: true, force: true });
}

/**
 * Runs of the chat agent on SQLite and PostgreSQL: how long a start takes beside the bare model call that it makes, how soon the first words
 * reach a watcher, and how long a run with many watchers takes until each has every event.
 * Usage: node run.ts [sqlite|postgres] [watchers]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Secret } from '../../packages/credentials/src/index.ts';
import { startChildServer } from '../../apps/server/test/child-server.ts';
import { openOperator } from '../../apps/server/test/gateway.ts';
import { startOpenAiUpstream } from '../../test/fakes/index.ts';

const STARTS = 150;
const WATCHERS = Number(process.argv[3] ?? 2_000);
const stores = process.argv[2] === undefined ? ['sqlite', 'postgres'] : [process.argv[2]];

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;

const show = (values: readonly number[]): string => `${quantile(values, 0.5).toFixed(1)} ms (p95 ${quantile(values, 0.95).toFixed(1)} ms)`;

const agent = new Agent({ keepAlive: true });

interface Call {
  url: string;
  token: string;
  method?: string;
  body?: unknown;
  agent?: Agent | false;
}

/** Sends a request; `onText` sees the answer as it comes. */
const send = ({ url, token, method = 'GET', body, agent: through = agent }: Call, onText?: (text: string) => void): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const call = request(url, { method, headers, agent: through }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (onText) onText(chunk);
        else text += chunk;
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });

const measure = async (store: string, place: { dataDir: string; databaseUrl?: Secret }): Promise<void> => {
  const upstream = await startOpenAiUpstream({ answer: { text: ['Hello', ' there'] } });
  const operator = await openOperator(place);
  await operator.upstream('openai', upstream.url, 'sk-hosted-key-of-the-benchmark-0001');
  const limits = { MOGPLEX_RATE_LIMIT: '100000000', MOGPLEX_START_LIMIT: '100000000' };
  await operator.plan({ parallelRuns: 64 });
  const server = await startChildServer(place, limits);
  const { token } = operator;
  const api = `${server.url}/api/v1/mogplex/runs`;
  const start = async (prompt: string): Promise<string> => {
    const text = await send({ url: api, token, method: 'POST', body: { prompt, model: 'openai/gpt-5' } });
    return (JSON.parse(text) as { data: { run: { id: string } } }).data.run.id;
  };

  const bare: number[] = [];
  const starts: number[] = [];
  const words: number[] = [];
  const wholes: number[] = [];
  for (let turn = 0; turn < STARTS; turn += 1) {
    const called = performance.now();
    const messages = [{ role: 'user', content: 'x' }];
    const body = { model: 'gpt-5', stream: true, messages };
    await send({ url: `${server.url}/gateway/openai/v1/chat/completions`, token, method: 'POST', body });
    bare.push(performance.now() - called);
    const began = performance.now();
    const id = await start('x');
    starts.push(performance.now() - began);
    let first = Number.NaN;
    await send({ url: `${api}/${id}/stream`, token }, (text) => {
      if (Number.isNaN(first) && text.includes('message.delta')) first = performance.now() - began;
    });
    words.push(first);
    wholes.push(performance.now() - began);
  }
  console.log(`${store}: a bare model call, whole            ${show(bare)}`);
  console.log(`${store}: a start is answered after           ${show(starts)}`);
  console.log(`${store}: the first words reach a watcher at  ${show(words)}`);
  console.log(`${store}: a run has ended, as a watcher sees  ${show(wholes)}`);

  upstream.answer = { text: Array.from({ length: 100 }, (_one, index) => `piece ${index} of the answer. `), gapMs: 50 };
  const id = await start('many');
  const counts = await Promise.all(
    Array.from({ length: WATCHERS }, async () => {
      const seen: number[] = [];
      let text = '';
      let lag = 0;
      await send({ url: `${api}/${id}/stream`, token, agent: false }, (chunk) => {
        text += chunk;
        const end = text.lastIndexOf('\n\n');
        for (const [, seq, at] of text.slice(0, Math.max(0, end)).matchAll(/^id: (\d+)\ndata: \{"runId":"\w+","seq":\d+,"at":(\d+)/gm)) {
          seen.push(Number(seq));
          lag = Date.now() - Number(at);
        }
        text = text.slice(Math.max(0, end));
      });
      return { whole: seen.every((seq, index) => seq === index + 1), events: seen.length, lag };
    }),
  );
  const events = counts.reduce((sum, one) => sum + one.events, 0);
  const whole = counts.filter((one) => one.whole && one.events === counts[0]?.events).length;
  const lags = counts.map(({ lag }) => lag);
  console.log(
    `${store}: ${WATCHERS} watchers of one run: ${whole} got each of its ${counts[0]?.events} events once and in order (${events} in all);`,
  );
  console.log(`${store}: the last event reached a watcher ${show(lags)} after it was stored, at worst ${Math.max(...lags)} ms`);

  await server.stop();
  await operator.close();
  await upstream.close();
};

const startPostgres = async (): Promise<{ url: string; child: ChildProcess }> => {
  const file = fileURLToPath(new URL('../../test/support/postgres-server.ts', import.meta.url));
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { url, child };
};

for (const store of stores) {
  const dataDir = await mkdtemp(join(tmpdir(), 'mogplex-bench-'));
  if (store === 'sqlite') await measure(store, { dataDir });
  else {
    const { url, child } = await startPostgres();
    await measure(store, { dataDir, databaseUrl: new Secret(url, 'DATABASE_URL') });
    child.stdin?.end();
    await once(child, 'exit');
  }
  await rm(dataDir, { recursive: true, force: true });
}

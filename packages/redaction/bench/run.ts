import { catalogue } from '../src/formats/index.ts';
import { createKnownValues, createRedactor } from '../src/index.ts';
import { MIXTURES, shapes } from './adversarial.ts';
import { events, jsonEvents, terminalText, values } from './material.ts';
import { cpuSeconds, megabytes } from './measure.ts';
import { loadPeers } from './peers.ts';

const KNOWN = 500;
const peers = await loadPeers();
const known = createKnownValues();
const secrets = values(KNOWN);
for (const [i, value] of secrets.entries()) known.register(value, `value-${i}`);
const redactor = createRedactor({ known });
const missed: string[] = [];
/** The slow peer is measured last. */
const last: (() => Promise<void>)[] = [];

/** Prints one figure beside its target and its peers. */
function report(work: string, figure: number, unit: string, target: number, beside: Record<string, number> = {}): void {
  const good = unit === 'MB/s' ? figure >= target : figure <= target;
  if (!good) missed.push(work);
  const others = Object.entries(beside).map(([name, other]) => `${name} ${other.toFixed(other < 10 ? 2 : 0)}`);
  console.log(
    `${work.padEnd(34)}${figure.toFixed(figure < 10 ? 2 : 0).padStart(6)} ${unit.padEnd(5)} target ${String(target).padEnd(4)} ${good ? 'met   ' : 'MISSED'} ${others.join(', ')}`,
  );
}

const measured = events(2e6);
const measuredSize = measured.reduce((sum, event) => sum + JSON.stringify(event).length, 0);

/** How fast this machine is now: the speed of JSON.stringify, measured beside each figure, since the load of others changes it. */
const yardstick = async (): Promise<number> =>
  megabytes(measuredSize, await cpuSeconds(() => measured.map((event) => JSON.stringify(event).length)));

async function text(work: string, size: number, target: number, make: (bytes: number) => string): Promise<void> {
  const input = make(size);
  const mine = megabytes(input.length, await cpuSeconds(() => redactor.text(input)));
  report(work, mine, 'MB/s', target, { 'JSON.stringify': await yardstick() });
  const sample = input.slice(0, 10e6);
  last.push(async () =>
    console.log(
      `secretlint 13 on 10 MB of "${work}": ${megabytes(sample.length, await cpuSeconds(() => peers.secretlint(sample))).toFixed(0)} MB/s`,
    ),
  );
}

const PATHS = [
  'password',
  'token',
  'secret',
  'apiKey',
  'authorization',
  'cookie',
  'accessToken',
  'refreshToken',
  'clientSecret',
  'privateKey',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

async function objects(): Promise<void> {
  // Events come out of a parser, as they do where they are logged.
  const list = events(5e6).map((event) => JSON.parse(JSON.stringify(event)) as Record<string, unknown>);
  const size = list.reduce((sum, event) => sum + JSON.stringify(event).length + 1, 0);
  const each = async (write: (event: object) => unknown): Promise<number> => {
    const seconds = await cpuSeconds(() => {
      for (const event of list) write(event);
    });
    return megabytes(size, seconds);
  };
  const mine = await each((event) => redactor.json(event).json);
  const beside = {
    'object(), then JSON.stringify': await each((event) => JSON.stringify(redactor.object(event).value)),
    [`pino (${PATHS.length} paths)`]: await each(peers.pino(PATHS)),
    '@pinojs/redact': await each(peers.pinoRedact(PATHS)),
    'JSON.stringify': await each((event) => JSON.stringify(event)),
  };
  report('object walk + stringify, 5 MB', mine, 'MB/s', 200, beside);
  const from1024 = (event: object): number => Math.abs(JSON.stringify(event).length - 1024);
  const kilobyte = list.reduce((best, event) => (from1024(event) < from1024(best) ? event : best));
  const rounds = 20_000;
  const seconds = await cpuSeconds(() => {
    for (let i = 0; i < rounds; i++) redactor.json(kilobyte);
  });
  report('one event of 1 KB', (seconds / rounds) * 1e6, 'us', 5);
}

async function streams(): Promise<void> {
  const input = terminalText(10e6);
  for (const [name, size, target] of [
    ['stream of 64-byte chunks, 10 MB', 64, 60],
    ['stream of 64 KiB chunks, 10 MB', 65_536, 60],
  ] as const) {
    const seconds = await cpuSeconds(() => {
      const chunks = redactor.chunks();
      for (let at = 0; at < input.length; at += size) chunks.write(input.slice(at, at + size));
      chunks.end();
    });
    report(name, megabytes(input.length, seconds), 'MB/s', target, { 'JSON.stringify': await yardstick() });
  }
}

/** All that stands before the first text is masked: nothing of an earlier build is remembered for a new registry and a new list. */
function build(): void {
  const fresh = createKnownValues();
  for (const [i, value] of secrets.entries()) fresh.register(value, `value-${i}`);
  createRedactor({ known: fresh, formats: [...catalogue] }).text('a first line');
}

/** Hostile shapes are many: what is compiled for one serves the next. */
const WARM_MS = 250;

/** Prints the speed on a shape at three lengths; gives the last one. */
async function speedOn(name: string, shape: (length: number) => string): Promise<number> {
  const speeds: number[] = [];
  for (const length of [LARGEST / 4, LARGEST / 2, LARGEST]) {
    const input = shape(length);
    speeds.push(megabytes(input.length, await cpuSeconds(() => redactor.text(input), WARM_MS)));
  }
  console.log(`  ${name.padEnd(32)}${speeds.map((speed) => speed.toFixed(speed < 20 ? 1 : 0).padStart(7)).join('')}`);
  return speeds.at(-1) as number;
}
const LARGEST = 1_000_000;

async function adversarial(): Promise<void> {
  let worst = { name: '', speed: Infinity };
  console.log('\nadversarial input, MB/s at 0.25, 0.5 and 1 MB (linear: they stay the same)');
  for (const [name, shape] of Object.entries(shapes(values(KNOWN)))) {
    const speed = await speedOn(name, shape);
    if (speed < worst.speed) worst = { name, speed };
  }
  report(`worst adversarial (${worst.name})`, worst.speed, 'MB/s', 10, { 'JSON.stringify': await yardstick() });
  console.log('\nnothing but commands, names and their values, never the same twice; no target');
  for (const [name, shape] of Object.entries(MIXTURES)) await speedOn(name, shape);
}

await text('terminal text, 50 MB', 50e6, 300, terminalText);
await text('JSON events as text, 40 MB', 40e6, 230, jsonEvents);
await objects();
await streams();
report(`build with ${KNOWN} values`, (await cpuSeconds(build, 0)) * 1e3, 'ms', 60, { 'JSON.stringify, MB/s': await yardstick() });
await adversarial();
for (const measure of last) await measure();
console.log(missed.length === 0 ? '\nall targets met' : `\nTARGETS MISSED: ${missed.join('; ')}`);

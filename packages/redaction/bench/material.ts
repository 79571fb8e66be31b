/** Generated files for the benchmarks: the same on every run, with the mix of a working day. */

/** A small repeatable generator of numbers in [0, 1) (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS =
  'the build of module server started with error test passed in file line warning export import function return const value path update package install run check output request response cache index client node version type string number object array expected received assert module compile emit watch change commit branch merge push fetch origin remote head diff patch handler stream buffer socket process thread queue worker task event state view model layer route schema table column row query result filter group order limit offset page'.split(
    ' ',
  );
/** Words that look like the name of a secret but are ordinary here. */
const NAMES = ['token', 'key', 'session', 'password', 'author', 'keyboard', 'tokens', 'secret', 'authentication', 'passed'];
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';

class Writer {
  readonly next: () => number;
  constructor(seed: number) {
    this.next = numbers(seed);
  }
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
  string(alphabet: string, length: number): string {
    let out = '';
    for (let i = 0; i < length; i++) out += alphabet[this.below(alphabet.length)];
    return out;
  }
  words(count: number): string {
    return Array.from({ length: count }, () => (this.below(60) === 0 ? this.pick(NAMES) : this.pick(WORDS))).join(' ');
  }
  path(): string {
    return `${this.pick(['src', 'packages/core/src', 'apps/server', 'node_modules/vite/dist', 'test'])}/${this.pick(WORDS)}/${this.pick(WORDS)}-${this.pick(WORDS)}.${this.pick(['ts', 'js', 'json', 'md'])}`;
  }
  uuid(): string {
    return [8, 4, 4, 4, 12].map((n) => this.string(HEX, n)).join('-');
  }
}

/** Values as a process may hold them: keys of providers, passwords, tokens; 20 to 64 characters. */
export function values(count: number, seed = 7): string[] {
  const w = new Writer(seed);
  return Array.from({ length: count }, (_, i) => {
    const prefix = ['sk-proj-', 'ghp_', '', 'xoxb-', 'lin_oauth_'][i % 5] as string;
    return prefix + w.string(ALPHABET, 20 + w.below(44));
  });
}

/** Output of shells, builds and tests: paths, colours, hashes, stack traces, and now and then a secret. */
export function terminalText(bytes: number, seed = 1): string {
  const w = new Writer(seed);
  const secrets = values(500);
  const lines: string[] = [];
  const makers: (() => string)[] = [
    () => `${w.words(6 + w.below(8))}`,
    () => `\u001b[32m✓\u001b[39m ${w.path()} > ${w.words(5)} \u001b[2m(${w.below(900)}ms)\u001b[22m`.replace('✓', 'ok'),
    () => `    at ${w.pick(WORDS)}.${w.pick(WORDS)} (file:///home/user/project/${w.path()}:${w.below(999)}:${w.below(80)})`,
    () => `${w.string(HEX, 7)} ${w.words(7)}`,
    () => `[${w.below(24)}:${w.below(60)}:${w.below(60)}] INFO  ${w.words(4)} duration=${w.below(999)}ms status=200 id=${w.uuid()}`,
    () => `-rw-r--r-- 1 user user ${w.below(99999)} Nov 22 10:${10 + w.below(49)} ${w.path()}`,
    () => `npm http fetch GET 200 https://registry.npmjs.org/${w.pick(WORDS)} ${w.below(900)}ms (cache hit)`,
    () => `+  const ${w.pick(WORDS)} = await ${w.pick(WORDS)}(${w.pick(WORDS)}, { ${w.pick(WORDS)}: ${w.below(100)} });`,
    () => `error TS${1000 + w.below(9000)}: Argument of type '${w.pick(WORDS)}' is not assignable to parameter of type '${w.pick(WORDS)}'.`,
    () => w.words(14),
  ];
  let size = 0;
  while (size < bytes) {
    const line = w.below(2000) === 0 ? `export ${w.pick(WORDS).toUpperCase()}_TOKEN=${w.pick(secrets)}` : w.pick(makers)();
    lines.push(line);
    size += line.length + 1;
  }
  return lines.join('\n').slice(0, bytes);
}

/** One event of about a kilobyte, as runs and session logs hold them. */
function event(w: Writer, sequence: number): Record<string, unknown> {
  return {
    id: w.uuid(),
    runId: w.uuid(),
    seq: sequence,
    at: 1_760_000_000_000 + sequence * 37,
    type: w.pick(['message', 'tool-call', 'tool-result', 'usage']),
    actor: { kind: 'agent', name: `${w.pick(WORDS)}-${w.pick(WORDS)}`, model: 'openai/gpt-5' },
    data: {
      text: w.words(28 + w.below(20)),
      tool: w.pick(['bash', 'read', 'edit', 'grep']),
      input: {
        command: `cd /home/user/project && npm run ${w.pick(WORDS)} -- ${w.path()}`,
        cwd: '/home/user/project',
        timeoutMs: w.below(60_000),
      },
      output: Array.from({ length: 3 }, () => `${w.path()}:${w.below(900)}: ${w.words(8)}`),
      exitCode: w.below(2),
      commit: w.string(HEX, 40),
    },
    usage: {
      input_tokens: w.below(90_000),
      output_tokens: w.below(9000),
      cache_read_input_tokens: w.below(90_000),
      total_tokens: w.below(99_999),
    },
    trace: { requestId: `req_${w.string(ALPHABET, 24)}`, spanId: w.string(HEX, 16), sampled: true },
  };
}

/** Events that make up about `bytes` of JSON. */
export function events(bytes: number, seed = 3): Record<string, unknown>[] {
  const w = new Writer(seed);
  const secrets = values(500);
  const list: Record<string, unknown>[] = [];
  for (let size = 0, sequence = 0; size < bytes; sequence++) {
    const next = event(w, sequence);
    if (w.below(500) === 0) next['note'] = `used ${w.pick(secrets)}`;
    size += JSON.stringify(next).length + 1;
    list.push(next);
  }
  return list;
}

/** The same as text, one event a line. */
export const jsonEvents = (bytes: number): string =>
  events(bytes, 5)
    .map((next) => JSON.stringify(next))
    .join('\n');

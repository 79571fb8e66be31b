import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HOME = new URL('../../../bench/redaction/', import.meta.url);

interface SecretlintMessage {
  range: readonly [number, number];
}
interface Secretlint {
  lintSource(options: object): Promise<{ messages: SecretlintMessage[] }>;
}
type Write = (value: object) => unknown;

/** The peers, from `bench/redaction`, which is installed by its own lock when it is not there yet. */
export interface Peers {
  /** Ranges that secretlint's recommended rules report in a text. */
  secretlint(text: string): Promise<(readonly [number, number])[]>;
  /** A pino logger that redacts these paths. */
  pino(paths: readonly string[]): Write;
  /** A stringifier of @pinojs/redact for these paths. */
  pinoRedact(paths: readonly string[]): Write;
}

/** @throws Error when the peers cannot be installed */
export async function loadPeers(): Promise<Peers> {
  if (!existsSync(new URL('node_modules', HOME))) {
    const { status, stderr } = spawnSync('npm', ['ci'], { cwd: fileURLToPath(HOME), encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm ci in bench/redaction failed: ${stderr}`);
  }
  const require = createRequire(new URL('package.json', HOME));
  const load = async (name: string): Promise<unknown> => import(pathToFileURL(resolveFrom(name)).href);
  const pino = require('pino') as (options: object, stream: Writable) => { info: Write };
  const redact = require('@pinojs/redact') as (options: object) => Write;
  return {
    async secretlint(text) {
      const core = (await load('@secretlint/core')) as Secretlint;
      const preset = (await load('@secretlint/secretlint-rule-preset-recommend')) as { creator?: unknown };
      const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset.creator, rules: [] }] };
      const source = { content: text, filePath: 'bench.txt', ext: '.txt', contentType: 'text' };
      const { messages } = await core.lintSource({ source, options: { config, noPhysicFilePath: true } });
      return messages.map(({ range }) => range);
    },
    pino(paths) {
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      const logger = pino({ redact: { paths: [...paths] }, base: null }, nowhere);
      return (value) => logger.info(value);
    },
    pinoRedact: (paths) => redact({ paths: [...paths], serialize: true }),
  };
}

/** Where a peer lives: an ES module may offer no entry to `require`. */
function resolveFrom(name: string): string {
  const manifest = new URL(`node_modules/${name}/package.json`, HOME);
  const { exports, module } = createRequire(import.meta.url)(fileURLToPath(manifest)) as {
    exports?: Record<string, unknown>;
    module?: string;
  };
  const entry = exports?.['.'];
  const path = typeof entry === 'string' ? entry : (firstString(entry) ?? module ?? 'index.js');
  return fileURLToPath(new URL(path, manifest));
}

function firstString(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { import: imported, default: fallback } = entry as { import?: unknown; default?: unknown };
  return firstString(imported) ?? firstString(fallback);
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A terminal program that the bench starts with nothing in its home. */
export interface Program {
  name: string;
  file: string;
  args: readonly string[];
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const MOGPLEX: Program = { name: 'mogplex', file: process.execPath, args: [here('../../apps/cli/bin/mogplex.mjs')] };

/** The peers, from the registry, in their own install beside this file. */
export const PEERS: readonly Program[] = ['claude', 'codex', 'gemini', 'opencode'].map((name) => ({
  name,
  file: here(`node_modules/.bin/${name}`),
  args: [],
}));

/** An environment with an empty home and no credential: what each program shows to a person who has just installed it. */
export const freshEnvironment = (): Record<string, string> => {
  const home = mkdtempSync(join(tmpdir(), 'bench-terminal-'));
  return {
    HOME: home,
    PATH: `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`,
    LANG: 'C.UTF-8',
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    DISABLE_AUTOUPDATER: '1',
  };
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
};

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface Child {
  /** Lines that it wrote so far. */
  readonly lines: readonly string[];
  /** Everything on its stderr. */
  readonly errors: () => string;
  /** Ends with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(): void;
}

/**
 * Starts a script of this folder as a process of its own.
 *
 * @param onLine called with each line of its output
 */
export function startChild(script: string, args: readonly string[], onLine: (line: string) => void = () => undefined): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(process.execPath, [path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(tmpdir(), 'mogplex-test-compile-cache') },
  });
  const lines: string[] = [];
  let errors = '';
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    onLine(line);
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  reader.on('close', close);
  const { promise: exited, resolve: exit } = Promise.withResolvers<number | NodeJS.Signals>();
  child.on('exit', (code, signal) => exit(signal ?? code ?? 0));
  return {
    lines,
    errors: () => errors,
    ended: closed.then(async () => await exited),
    kill: () => void child.kill('SIGKILL'),
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/**
 * Starts one real PostgreSQL for the whole test run and provides its administrator URL as `postgresUrl`. Tests make a database
 * of their own in it (see `test/support/stores.ts`).
 *
 * It runs in a process of its own: its package hooks the end of the process that loads it, and would decide how the tests end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const file = fileURLToPath(new URL('./postgres-server.ts', import.meta.url));
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [url] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`PostgreSQL did not start (exit ${code})`))),
  ])) as [string];
  project.provide('postgresUrl', url);
  return async () => {
    child.stdin.end();
    await ended;
  };
}

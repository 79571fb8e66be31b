import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Job, Report } from './refresher.ts';

const PROGRAM = fileURLToPath(new URL('./refresher.ts', import.meta.url));

/** Runs a job in a process of its own; undefined when it was killed. */
export const runJob = async (job: Job): Promise<Report | undefined> => {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  return child.signalCode === 'SIGKILL' ? undefined : (JSON.parse(out) as Report);
};

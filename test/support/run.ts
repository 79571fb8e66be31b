import { spawn } from 'node:child_process';
import { MOGPLEX } from './terminal.ts';

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs the built `mogplex` without a terminal until it ends.
 *
 * @param env the whole environment, besides PATH.
 * @param input what stands on stdin; without it stdin is empty.
 * @param cwd the folder that it is started in; this project by default.
 */
export const runMogplex = (args: readonly string[], env: Readonly<Record<string, string>>, input = '', cwd?: string): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MOGPLEX, ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { MOGPLEX } from './terminal.ts';

export interface ServerProcess {
  url: string;
  pid: number;
  /** Everything on stdout so far. */
  stdout: () => string;
  stderr: () => string;
  /** Sends a signal and waits for the end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** A port of 127.0.0.1 that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });

const gather = (child: ChildProcess): { stdout: () => string; stderr: () => string } => {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { stdout: () => stdout, stderr: () => stderr };
};

/** Starts the built `mogplex server` as a process of its own, on a free port, without waiting for it. */
export const spawnServer = (env: Readonly<Record<string, string>>): { child: ChildProcess; stdout: () => string; stderr: () => string } => {
  const child = spawn(process.execPath, [MOGPLEX, 'server'], {
    env: { PATH: process.env['PATH'] ?? '', MOGPLEX_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, ...gather(child) };
};

/** Starts the built `mogplex server` and waits until it is ready. */
export const startServerProcess = async (env: Readonly<Record<string, string>>): Promise<ServerProcess> => {
  const { child, stdout, stderr } = spawnServer(env);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const found = /listens on (\S+)/.exec(stdout())?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(({ code }) => reject(new Error(`the server ended with ${code}: ${stderr()}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    stdout,
    stderr,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
};

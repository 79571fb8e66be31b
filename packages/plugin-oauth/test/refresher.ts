/**
 * A process of its own that uses a stored login, for tests of what many of them do to each other and of what is left
 * when one is killed. Its one argument is a `Job` as JSON; it prints a `Report` as JSON.
 */
import type { VaultOptions } from '@mogplex/credentials';
import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@moxxy/sdk';
import { oauthCredentials } from '../src/index.ts';
import { contextAt } from './home.ts';
import { strictProfile } from './strict-login.ts';

export interface Job {
  home: string;
  server: { issuer: string; clientId: string };
  /** `refresh` until so many of its own refreshes were granted; `relogin` replaces the record; `logout` removes it. */
  work: { kind: 'refresh'; own: number } | { kind: 'relogin' } | { kind: 'logout' };
  /** Kill this process at the so-manieth step of a write, counted from 0. */
  killAt?: number;
  times?: { callerMs: number; requestMs: number };
}

export interface Report {
  /** Refreshes that this process sent itself. */
  sent: number;
  /** Every step of a write, in order. */
  steps: string[];
  error?: string;
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
const report: Report = { sent: 0, steps: [] };

const onStep: VaultOptions['onStep'] = (name) => {
  if (report.steps.length === job.killAt) process.kill(process.pid, 'SIGKILL');
  report.steps.push(name);
};

const counting: typeof fetch = (input, init) => {
  if (init?.method === 'POST') report.sent++;
  return fetch(input, init);
};

const context = contextAt(job.home, 'strict', { fetch: counting }, { onStep });

const refreshOwn = async (own: number): Promise<void> => {
  const credentials = oauthCredentials(strictProfile(job.server), context, job.times);
  while (report.sent < own) await credentials.renew((await credentials.current()).secret);
};

const run = async (): Promise<void> => {
  if (job.work.kind === 'refresh') return refreshOwn(job.work.own);
  if (job.work.kind === 'logout') return void (await context.vault.remove());
  const login = await context.vault.read();
  if (login) await context.vault.write({ ...login, secrets: { ...login.secrets, mark: new Secret('second', 'mark') } });
};

try {
  await run();
} catch (error) {
  report.error = error instanceof MogplexError ? `${error.code}: ${error.message}` : String(error);
}
process.stdout.write(JSON.stringify(report));

import { setTimeout as sleep } from 'node:timers/promises';
import { MogplexError } from '@moxxy/sdk';
import { oauthCredentials, type RefreshTimes, settleRefreshes } from '../src/index.ts';
import { contextAt, makeHome } from './home.ts';
import { runJob } from './processes.ts';
import type { Job } from './refresher.ts';
import { logInAtStrict, strictProfile } from './strict-login.ts';
import { startStrictServer, type StrictServer, type TokenFault } from './strict-server.ts';

/** What became of a login. */
export type Outcome =
  /** The stored login works, without the person doing anything. */
  | 'kept'
  /** It was told clearly that a refresh broke off, and one new login mended it. */
  | 'one new login'
  /** A logout was carried out. */
  | 'logged out'
  | 'LOST';

export interface Row {
  name: string;
  outcome: Outcome;
  /** Whether the server had rotated the token and its answer never reached the disk: the one case that costs a login. */
  allowed: boolean;
  detail: string;
}

const INTERRUPTED = /broke off after the service had replaced its token/;

/** Whether the login in `home` still works: a refresh at the server decides. */
const examine = async (server: StrictServer, home: string): Promise<{ outcome: Outcome; detail: string }> => {
  const profile = strictProfile(server);
  const context = contextAt(home, 'strict');
  const credentials = oauthCredentials(profile, context);
  if (!(await context.vault.read())) return { outcome: 'logged out', detail: '' };
  try {
    await credentials.renew((await credentials.current()).secret);
    return { outcome: 'kept', detail: '' };
  } catch (error) {
    if (!(error instanceof MogplexError) || error.code !== 'unauthenticated' || !INTERRUPTED.test(error.message)) {
      return { outcome: 'LOST', detail: String(error) };
    }
    await logInAtStrict(context, profile);
    await credentials.renew((await credentials.current()).secret);
    return { outcome: 'one new login', detail: error.message };
  }
};

/** Many processes refresh one login at the same time until each was granted `own` refreshes of its own. */
export const manyProcesses = async (processes: number, own: number): Promise<Row & { granted: number; reuses: number; ms: number }> => {
  const server = await startStrictServer();
  await using home = await makeHome();
  try {
    await logInAtStrict(contextAt(home.path, 'strict'), strictProfile(server));
    const started = performance.now();
    const times = { callerMs: 120_000, requestMs: 120_000 };
    const job: Job = { home: home.path, server, work: { kind: 'refresh', own }, times };
    const plain: Job = { ...job, server: { issuer: server.issuer, clientId: server.clientId } };
    const reports = await Promise.all(Array.from({ length: processes }, () => runJob(plain)));
    const ms = performance.now() - started;
    const granted = server.refreshed();
    const failed = reports.find((report) => report?.error !== undefined)?.error;
    const { outcome, detail } = await examine(server, home.path);
    const name = `${processes} processes x ${own} refreshes`;
    const lost = failed !== undefined || granted !== processes * own ? 'LOST' : outcome;
    return { name, outcome: lost, allowed: false, detail: failed ?? detail, granted, reuses: server.reuses(), ms };
  } finally {
    await server.close();
  }
};

/** Kills a process at every step of a write in turn, and looks at what is left. */
export const killEverywhere = async (kind: 'refresh' | 'relogin' | 'logout'): Promise<Row[]> => {
  const server = await startStrictServer();
  try {
    const rows: Row[] = [];
    for (let killAt = 0; ; killAt++) {
      await using home = await makeHome();
      await logInAtStrict(contextAt(home.path, 'strict'), strictProfile(server));
      const granted = server.refreshed();
      const job: Job = {
        home: home.path,
        server: { issuer: server.issuer, clientId: server.clientId },
        work: kind === 'refresh' ? { kind, own: 1 } : { kind },
      };
      const report = await runJob({ ...job, killAt });
      const rotated = server.refreshed() > granted;
      const { outcome, detail } = await examine(server, home.path);
      if (report) return rows.map((row, index) => ({ ...row, name: `kill -9 in ${kind} before ${report.steps[index]}` }));
      rows.push({ name: '', outcome, allowed: rotated && outcome === 'one new login', detail });
    }
  } finally {
    await server.close();
  }
};

const TIMES: RefreshTimes = { callerMs: 400, requestMs: 2_500 };

const FAULTS: readonly { name: string; faults: readonly TokenFault[]; allowed: boolean }[] = [
  { name: 'server hangs', faults: [{ kind: 'hang' }], allowed: false },
  { name: 'server answers after the caller gave up', faults: [{ kind: 'late', ms: 1_200 }], allowed: false },
  { name: 'server answers 500, then as it should', faults: [{ kind: 'status', status: 500 }], allowed: false },
  {
    name: 'server answers 503 three times',
    faults: Array.from({ length: 3 }, () => ({ kind: 'status' as const, status: 503 })),
    allowed: false,
  },
  { name: 'connection drops before the server acts', faults: [{ kind: 'drop-before' }], allowed: false },
  { name: 'connection drops after the server rotated', faults: [{ kind: 'drop-after' }], allowed: true },
];

/** One refresh while the server misbehaves, then a look at what is left. */
export const faultyServer = async (): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const { name, faults, allowed } of FAULTS) {
    const server = await startStrictServer();
    await using home = await makeHome();
    try {
      const context = contextAt(home.path, 'strict');
      await logInAtStrict(context, strictProfile(server));
      server.faults.push(...faults);
      const credentials = oauthCredentials(strictProfile(server), context, TIMES);
      const said = await credentials.renew((await credentials.current()).secret).then(
        () => 'done',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      await settleRefreshes();
      const examined = said.match(INTERRUPTED) ? await reLogin(server, home.path, said) : await examine(server, home.path);
      rows.push({ name, outcome: examined.outcome, allowed, detail: examined.detail || said });
    } finally {
      await server.close();
    }
    await sleep(0);
  }
  return rows;
};

const reLogin = async (server: StrictServer, home: string, said: string): Promise<{ outcome: Outcome; detail: string }> => {
  await logInAtStrict(contextAt(home, 'strict'), strictProfile(server));
  const { outcome } = await examine(server, home);
  return { outcome: outcome === 'kept' ? 'one new login' : 'LOST', detail: said };
};

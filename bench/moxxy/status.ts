/**
 * `moxxy login status` with 50 stored logins, beside `moxxy --version`: the built executable, each run a new process,
 * the two in turn so that both meet the same load.
 *
 * Run: node bench/moxxy/status.ts
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openVault, Secret } from '@mogplex/credentials';

const PROVIDERS = 50;
const ROUNDS = 60;
const WARM_UP = 5;
const LIMIT = 1.3;
const MOXXY = fileURLToPath(new URL('../../apps/cli/bin/moxxy.mjs', import.meta.url));

const home = mkdtempSync(join(tmpdir(), 'moxxy-status-'));

const fill = async (): Promise<void> => {
  const vault = openVault(home, { keyring: null, env: { MOGPLEX_VAULT_KEY: 'file' } });
  for (let index = 0; index < PROVIDERS; index++) {
    const secrets = {
      accessToken: new Secret(`access-${'a'.repeat(1200)}-${index}`, 'token'),
      refreshToken: new Secret(`refresh-${index}-token`, 'token'),
    };
    const meta = {
      serviceName: `Service ${index}`,
      issuer: 'https://login.example',
      account: `ada${index}@example.test`,
      refreshable: true,
    };
    await vault.put(`oauth/provider-${index}/tokens`, {
      secrets,
      meta: { ...meta, expiresAt: Date.now() + 3_600_000, loggedInAt: Date.now() },
    });
  }
};

const time = (args: readonly string[]): number => {
  const started = performance.now();
  const { status, stdout } = spawnSync(process.execPath, [MOXXY, ...args], { env: { MOGPLEX_HOME: home, HOME: home }, encoding: 'utf8' });
  const ms = performance.now() - started;
  if (status !== 0 || stdout === '') throw new Error(`moxxy ${args.join(' ')} ended with ${status}`);
  return ms;
};

const middle = (times: number[]): number => times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? Number.NaN;

try {
  await fill();
  const version: number[] = [];
  const status: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const pair = [time(['--version']), time(['login', 'status'])] as const;
    if (round < 0) continue;
    version.push(pair[0]);
    status.push(pair[1]);
  }
  const ratio = middle(status) / middle(version);
  process.stdout.write(
    `moxxy --version ${middle(version).toFixed(1)} ms, moxxy login status (${PROVIDERS} logins) ${middle(status).toFixed(1)} ms: ${ratio.toFixed(2)} times (limit ${LIMIT})\n`,
  );
  process.exitCode = ratio < LIMIT ? 0 : 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}

/**
 * The platform with everything on: token, rate limit, plan with credit, ledger on the embedded store.
 * Usage: platform.ts <upstream port>. Prints its port and the token, and on SIGUSR2 the bytes of its heap after a collection.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, startServer } from '@mogplex/server';
import { openOperator } from '@mogplex/server/test/gateway';

const dataDir = await mkdtemp(join(tmpdir(), 'mogplex-bench-'));
const server = await startServer(loadConfig({ MOGPLEX_PORT: '0', MOGPLEX_DATA_DIR: dataDir, MOGPLEX_MODEL_RATE_LIMIT: '100000000' }));
const operator = await openOperator({ dataDir });
await operator.upstream('openai', `http://127.0.0.1:${process.argv[2]}/v1`, `sk-${randomBytes(20).toString('hex')}`);
await operator.plan({ monthlyCredit: 1_000_000_000_000, parallelCalls: 10_000, callsPerMinute: 100_000_000 });
process.stdout.write(`${new URL(server.url).port} ${operator.token} ${dataDir}\n`);
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  process.stdout.write(`${process.memoryUsage().heapUsed}\n`);
});
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));

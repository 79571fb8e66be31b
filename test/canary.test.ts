import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMcpServer, type TestMcpServer } from '@mogplex/server/test/mcp-server';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { findLeaks, formsOf, type Mark, randomMark, type Sighting } from './support/canary/marks.ts';
import { readEverything, startWiretap, watchProcesses, type Wiretap } from './support/canary/witness.ts';
import { Person } from './support/person.ts';
import { describeStores, type StorePlace } from './support/stores.ts';
import { KEYS, MOGPLEX, openTerminal, type PseudoTerminal } from './support/terminal.ts';

/** Every row of a PostgreSQL database as text, table by table. */
const dumpDatabase = async (url: string): Promise<Sighting[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema in ('public', 'pgboss')",
    );
    const sightings: Sighting[] = [];
    for (const { name } of rows) {
      const content = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      sightings.push({ place: `table ${name}`, bytes: Buffer.from(content.rows.map(({ row }) => row).join('\n')) });
    }
    return sightings;
  } finally {
    await client.end();
  }
};

const isFile = (path: string) => (place: string) => place === `file ${path}`;

describe('D2 the search itself', () => {
  test('D2 a mark is found in every form, and only where it may not stand', () => {
    const mark: Mark = { name: 'key', value: randomMark(), mayStand: isFile('auth.json') };
    for (const form of formsOf(mark.value)) {
      expect(findLeaks([mark], [{ place: 'stdout', bytes: Buffer.from(`before ${form} after`) }])).toEqual(['key at stdout']);
    }
    for (const padding of ['', 'a', 'ab']) {
      const bytes = Buffer.from(Buffer.from(`${padding}${mark.value}${padding}xyz`).toString('base64'));
      expect(findLeaks([mark], [{ place: 'log', bytes }])).toEqual(['key at log']);
    }
    expect(findLeaks([mark], [{ place: 'file auth.json', bytes: Buffer.from(mark.value) }])).toEqual([]);
    expect(findLeaks([mark], [{ place: 'stdout', bytes: Buffer.from('nothing') }])).toEqual([]);
  });
});

describeStores('D2 nothing that was planted is found anywhere it may not stand', (stores) => {
  const password = randomMark();
  const upstreamKey = `sk-proj-${randomMark()}`;
  const environmentKey = `sk-${randomMark()}`;
  const storedKey = `gsk_${randomMark()}`;
  const masterKey = randomBytes(32).toString('base64');
  const connectionSecrets = [randomMark(), randomMark(), randomMark()] as const;
  const prompt = 'What is the capital of France?';
  const marks: Mark[] = [
    { name: 'password', value: password, mayStand: (place) => place.startsWith('from client') },
    { name: 'upstream key', value: upstreamKey },
    { name: 'environment key', value: environmentKey },
    { name: 'stored key', value: storedKey, mayStand: isFile('home/.mogplex/auth.json') },
    { name: 'master key', value: masterKey },
    ...connectionSecrets.map((value, index) => ({
      name: `connection secret ${index}`,
      value,
      mayStand: (where: string) => /^from (client|platform)/.test(where),
    })),
  ];
  const sightings: Sighting[] = [];
  const givenSecrets = new Set<number>();
  let root: string;
  let place: StorePlace;
  let upstream: Upstream;
  let groq: Upstream;
  let mcp: TestMcpServer;
  let tap: Wiretap;
  const target = { port: 0 };
  let server: ChildProcess;
  let watch: ReturnType<typeof watchProcesses>;
  let base: Record<string, string>;
  let token: string;

  const keep = (where: string, text: string): void => void sightings.push({ place: where, bytes: Buffer.from(text) });

  /** Runs the built program to its end; its arguments, output and exit code are kept. */
  const run = async (args: readonly string[], env: Record<string, string> = {}, input = '') => {
    const child = spawn(process.execPath, [MOGPLEX, ...args], { env: { ...base, ...env }, cwd: join(root, 'home') });
    if (child.pid !== undefined) givenSecrets.add(child.pid);
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    const name = args.slice(0, 3).join(' ');
    keep(`stdout of mogplex ${name}`, output.stdout);
    keep(`stderr of mogplex ${name}`, output.stderr);
    return { ...output, code };
  };

  const startServer = async (): Promise<void> => {
    const env = {
      ...base,
      MOGPLEX_PORT: '0',
      MOGPLEX_DATA_DIR: place.dataDir,
      MOGPLEX_MASTER_KEY: masterKey,
      MOGPLEX_PUBLIC_URL: tap.url,
      MOGPLEX_RATE_LIMIT: '100000',
      MOGPLEX_ADDRESS_LIMIT: '100000',
      MOGPLEX_ALLOW_PRIVATE_UPSTREAMS: '127.0.0.1/32',
    };
    server = spawn(process.execPath, [MOGPLEX, 'server'], { env, cwd: root });
    if (server.pid !== undefined) givenSecrets.add(server.pid);
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const read = (stream: string) => (chunk: Buffer) => {
        keep(`${stream} of the server`, chunk.toString());
        output += chunk.toString();
        if (/set-up#/.test(output)) resolve();
      };
      server.stdout?.on('data', read('stdout'));
      server.stderr?.on('data', read('stderr'));
      server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
    });
    target.port = Number(/listens on \S+?:(\d+)/.exec(output)?.[1]);
    const setUpCode = /set-up#(\S+)/.exec(output)?.[1] ?? '';
    const owner = new Person(tap.url);
    expect(await owner.call('POST', '/auth/set-up', { code: setUpCode, email: 'ada@example.com', password })).toMatchObject({
      status: 200,
    });
    for (const [name, value] of owner.cookies) {
      const secret = decodeURIComponent(value);
      marks.push({
        name: `cookie ${name}`,
        value: secret.split('.')[0] ?? secret,
        mayStand: (where) => /^from (client|platform)/.test(where),
      });
    }
  };

  beforeAll(async () => {
    place = await stores.place();
    root = await mkdtemp(join(tmpdir(), 'mogplex-canary-'));
    for (const folder of ['home', 'tmp', 'bin']) await mkdir(join(root, folder));
    const browser = join(root, 'bin', 'browser');
    await writeFile(browser, `#!/bin/sh\nprintf '%s\\n' "$@" >> "${root}/browser-arguments"\nenv >> "${root}/browser-environment"\n`);
    await chmod(browser, 0o755);
    upstream = await startOpenAiUpstream({ answer: { text: ['The capital', ' is Paris.'], usage: { inputTokens: 9, outputTokens: 5 } } });
    groq = await startOpenAiUpstream({ answer: { text: ['It is', ' Paris.'] } });
    mcp = await startMcpServer({ answer: () => `you sent ${connectionSecrets.join(' and ')}` });
    tap = await startWiretap(target);
    base = {
      PATH: process.env['PATH'] ?? '',
      HOME: join(root, 'home'),
      TMPDIR: join(root, 'tmp'),
      LANG: 'C.UTF-8',
      BROWSER: browser,
      MOGPLEX_URL: tap.url,
      MOGPLEX_DEBUG: '1',
      GROQ_BASE_URL: groq.url,
      ...(place.databaseUrl ? { DATABASE_URL: place.databaseUrl.reveal() } : {}),
    };
    watch = watchProcesses(() => givenSecrets);
    await startServer();
  });

  afterAll(async () => {
    await watch?.stop();
    server?.kill('SIGKILL');
    await tap?.close();
    await upstream?.close();
    await groq?.close();
    await mcp?.close();
    await rm(root, { recursive: true, force: true });
  });

  test('D2 the operator seals a provider key and makes a token', async () => {
    const operator = { MOGPLEX_DATA_DIR: place.dataDir, MOGPLEX_MASTER_KEY: masterKey };
    const set = await run(['admin', 'upstream', 'set', 'openai', '--base-url', upstream.url, '--key-stdin'], operator, upstreamKey);
    expect(set).toMatchObject({ code: 0 });
    const list = await run(['admin', 'upstream', 'list'], operator);
    expect(list).toMatchObject({ code: 0 });
    expect(list.stdout).toContain('openai');
    const made = await run(['admin', 'token', 'create', '--email', 'ada@example.com', '--name', 'ci', '--scope', 'read,write'], operator);
    token = made.stdout.trim();
    expect(token).toMatch(/^mog_[0-9A-Za-z]{36}$/);
    marks.push({
      name: 'personal token',
      value: token,
      mayStand: (where) => where.startsWith('from client') || where === 'stdout of mogplex admin token create',
    });
  });

  test('D2 a headless prompt is answered through the platform, and every fault of the provider is told without a secret', async () => {
    const env = { MOGPLEX_API_KEY: token };
    expect(await run(['exec', '--model', 'openai/gpt-4.1', prompt], env)).toMatchObject({ code: 0, stdout: 'The capital is Paris.\n' });
    expect(upstream.requests.at(-1)?.credentialIs(upstreamKey)).toBe(true);
    for (const fault of ['unauthorized', 'forbidden', 'server-error', 'rate-limited', 'cut', 'malformed'] as const) {
      upstream.fault = fault;
      const { code, stderr } = await run(['exec', '--model', 'openai/gpt-4.1', prompt], env);
      expect({ fault, failed: code !== 0, told: stderr.length > 0 }).toEqual({ fault, failed: true, told: true });
    }
    // The model spells the key of the platform over two pieces of text: the gateway masks it in the stream itself.
    upstream.fault = 'echo-key';
    expect(await run(['exec', '--model', 'openai/gpt-4.1', prompt], env)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('****'),
    });
    upstream.fault = undefined;
    expect(await run(['exec', prompt], { MOGPLEX_API_KEY: `${token.slice(0, -1)}_` })).toMatchObject({ code: 64, stdout: '' });
  });

  test('D2 B16 a run is followed, read again and listed: a prompt that holds the token, a provider that repeats its key', async () => {
    const env = { MOGPLEX_API_KEY: token };
    const start = ['runs', 'start', '--model', 'openai/gpt-4.1', '--follow'];
    for (const fault of [undefined, 'echo-key', 'unauthorized', 'cut'] as const) {
      upstream.fault = fault;
      for (const more of [[], ['--json']]) {
        const { stdout, stderr } = await run([...start, ...more, '-'], env, `${prompt} My token is ${token}, keep it.`);
        expect(stdout + stderr).toMatch(/run_[0-9a-z]{26}/);
      }
    }
    upstream.fault = undefined;
    const listed = await run(['runs', 'list', '--json'], env);
    expect(listed.stdout).toContain('My token is');
    for (const id of listed.stdout.match(/run_[0-9a-z]{26}/g) ?? []) {
      expect(await run(['runs', 'show', id], env)).toMatchObject({ code: 0, stderr: '' });
      expect(await run(['runs', 'events', id], env)).toMatchObject({ code: 0, stderr: '' });
    }
  });

  test('D2 B8 B10 connections are made, tested and synced, and a tool that a model calls repeats their credentials', async () => {
    const [bearer, key, basic] = connectionSecrets;
    const person = new Person(tap.url);
    await person.signIn('ada@example.com', password);
    const auths = {
      bearer: { type: 'bearer', token: bearer },
      key: { type: 'api_key', header: 'X-Key', value: key },
      basic: { type: 'basic', username: 'ada', password: basic },
    };
    for (const [name, auth] of Object.entries(auths)) {
      const made = await person.call('POST', '/connections', { kind: 'mcp', name, url: mcp.url, auth });
      expect(made.status).toBe(201);
      expect(JSON.stringify(made.data)).not.toContain(bearer);
    }
    const env = { MOGPLEX_API_KEY: token };
    expect(await run(['connections', 'test', 'basic'], env)).toMatchObject({ code: 0 });
    expect((await run(['mcp', 'list', '--json'], env)).stdout).toContain('"basic"');
    const settings = join(root, 'home', '.mogplex', 'config.toml');
    await writeFile(settings, 'permission_mode = "auto"\n', { mode: 0o600 });
    for (const format of [[], ['--json']]) {
      upstream.answersOnce.push({ text: ['Let me see. '], toolCall: { id: 'call_1', name: 'mcp__key__echo', input: '{"text":"ahoy"}' } });
      const { code } = await run(['exec', ...format, '--model', 'openai/gpt-4.1', prompt], { ...env, MOGPLEX_VAULT_KEY: 'file' });
      expect(code).toBe(0);
    }
    await rm(settings);
    expect(mcp.requests.some(({ headers }) => headers['x-key'] === key)).toBe(true);
    const told = JSON.stringify(upstream.requests.at(-1)?.body);
    expect(told).toContain('you sent');
    expect(connectionSecrets.filter((secret) => told.includes(secret))).toEqual([]);
  });

  test('D2 a run whose prompt and answer hold secrets is told, streamed and listed without them', async () => {
    const call = async (path: string, body?: unknown): Promise<string> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const response = await fetch(`${tap.url}/api/v1/mogplex${path}`, { headers, ...sent });
      expect(response.ok).toBe(true);
      return response.text();
    };
    upstream.faultsOnce.push('echo-key', 'unauthorized');
    for (const ending of ['succeeded', 'failed']) {
      const started = await call('/runs', { prompt: `${prompt} My token is ${token}.`, model: 'openai/gpt-4.1' });
      const id = /"id":"(run_[0-9a-z]{26})"/.exec(started)?.[1] ?? '';
      expect(await call(`/runs/${id}/stream`)).toContain(`"status":"${ending}"`);
      expect(await call(`/runs/${id}/events`)).toContain('redacted');
      await call(`/runs/${id}`);
    }
    await call('/runs');
  });

  test('D2 a prompt with a key of the environment goes to the provider alone', async () => {
    const env = { OPENAI_API_KEY: environmentKey, OPENAI_BASE_URL: upstream.url };
    expect(await run(['exec', '--model', 'openai/gpt-4.1', prompt], env)).toMatchObject({ code: 0, stdout: 'The capital is Paris.\n' });
    for (const fault of ['unauthorized', 'server-error', 'echo-key', 'cut'] as const) {
      upstream.fault = fault;
      await run(['exec', '--json', '--model', 'openai/gpt-4.1', prompt], env);
    }
    upstream.fault = undefined;
    expect(await run(['doctor', '--json'], env)).toMatchObject({ code: 0 });
    expect((await run(['doctor'], env)).stdout).toContain('OPENAI_API_KEY');
  });

  const interactive = (): PseudoTerminal => {
    const terminal = openTerminal({ cols: 100, rows: 30, cwd: join(root, 'home'), env: base });
    givenSecrets.add(terminal.pid);
    return terminal;
  };

  const ask = async (terminal: PseudoTerminal, answer: string): Promise<void> => {
    await terminal.waitFor('Ask something');
    terminal.write(`${prompt}\r`);
    await terminal.waitFor(answer);
  };

  test('D2 a key is typed into the cockpit, used, and logged out', async () => {
    await using terminal = interactive();
    await terminal.waitFor('❯ Sign in with Mogplex');
    terminal.write(KEYS.down + KEYS.enter);
    await terminal.waitFor('❯ Anthropic');
    for (let row = 0; row < 3; row += 1) terminal.write(KEYS.down);
    await terminal.waitFor('❯ Groq');
    terminal.write(KEYS.enter);
    await terminal.waitFor('Groq API key');
    terminal.write(storedKey.slice(0, 10));
    terminal.paste(storedKey.slice(10));
    await terminal.waitFor('•'.repeat(storedKey.length));
    terminal.write(KEYS.enter);
    await terminal.waitFor('groq · stored key');
    await ask(terminal, 'It is Paris.');
    expect(groq.requests.at(-1)?.credentialIs(storedKey)).toBe(true);
    groq.fault = 'unauthorized';
    terminal.write(`${prompt}\r`);
    // Of words that stand nowhere else: a session's id on screen may well hold a 401.
    await terminal.waitFor('refused the credential');
    groq.fault = undefined;
    terminal.write('/quit\r');
    await terminal.waitForExit();
    keep('the terminal, with a key', terminal.raw);
  });

  test('D2 the browser sign-in stores an account, a prompt goes through it, and logging out takes it away', async () => {
    await rm(join(root, 'home', '.mogplex', 'auth.json'));
    await using terminal = interactive();
    await terminal.waitFor('❯ Sign in with Mogplex');
    terminal.write(KEYS.enter);
    await terminal.waitFor(/browser|http/);
    const opened = await waitForFile(join(root, 'browser-arguments'));
    const request = new URL(opened.trim().split('\n').at(-1) ?? '');
    const person = new Person(tap.url);
    await person.signIn('ada@example.com', password);
    const query = request.search.slice(1);
    const { data } = await person.call<{ location: string }>('POST', '/oauth/request', { query, approve: true });
    const callback = await fetch(data.location);
    expect(callback.status).toBe(200);
    await terminal.waitFor('Ask something');
    const stored = JSON.parse(await readFile(join(root, 'home', '.mogplex', 'auth.json'), 'utf8')) as unknown;
    const tokens = JSON.stringify(stored).match(/mog_[ar]t_[\w-]+/g) ?? [];
    expect(tokens).toHaveLength(2);
    for (const [index, value] of tokens.entries()) {
      const mayStand = (where: string): boolean => where === 'file home/.mogplex/auth.json' || /^from (client|platform)/.test(where);
      marks.push({ name: `account token ${index}`, value, mayStand });
    }
    await ask(terminal, 'The capital is Paris.');
    keepSnapshot(await readEverything(root), 'while signed in');
    terminal.write('/logout\r');
    await terminal.waitFor('Log out');
    terminal.write('y');
    await terminal.waitFor('Sign in with Mogplex');
    terminal.write(KEYS.ctrlC + KEYS.ctrlC);
    await terminal.waitForExit();
    keep('the terminal, with an account', terminal.raw);
    expect(await readFile(join(root, 'home', '.mogplex', 'auth.json'), 'utf8')).not.toMatch(/mog_[ar]t_/);
  });

  const keepSnapshot = (files: readonly Sighting[], when: string): void => {
    for (const { place: where, bytes } of files) sightings.push({ place: where, bytes: Buffer.concat([bytes, Buffer.from(`\n${when}`)]) });
  };

  test('D2 the logs of the terminal can be listed and shown', async () => {
    const list = await run(['logs', 'list', '--json']);
    expect(list).toMatchObject({ code: 0 });
    const id = /"sessionId":"([^"]+)"/.exec(list.stdout)?.[1] ?? '';
    const shown = await run(['logs', 'show', id]);
    expect(shown.code).toBe(0);
  });

  test('D2 no planted secret stands in a file, a row, an answer, an output, an argument or a child environment', async () => {
    expect(server.exitCode).toBeNull();
    const ended = new Promise<number | null>((resolve) => {
      server.once('exit', resolve);
    });
    server.kill('SIGTERM');
    expect(await ended).toBe(0);
    sightings.push(...(await readEverything(root)), ...(await readEverything(place.dataDir)));
    if (place.databaseUrl) sightings.push(...(await dumpDatabase(place.databaseUrl.reveal())));
    sightings.push(...tap.sightings(), ...watch.sightings());
    const requestLines = tap
      .sightings()
      .filter(({ place: where }) => where.startsWith('from client'))
      .flatMap(({ bytes }) => bytes.toString('latin1').match(/^(?:GET|POST|PUT|PATCH|DELETE|HEAD) \S+ HTTP\/1\.1/gm) ?? []);
    expect(requestLines.length).toBeGreaterThan(5);
    for (const line of requestLines) sightings.push({ place: 'a URL', bytes: Buffer.from(line) });
    expect(sightings.length).toBeGreaterThan(40);
    expect([...new Set(findLeaks(marks, sightings))]).toEqual([]);
    const runTokens = sightings.filter(({ bytes }) => /mog_run_[0-9A-Za-z]{36}/.test(bytes.toString('latin1')));
    expect(runTokens.map(({ place: where }) => where)).toEqual([]);
  });
});

const waitForFile = async (path: string): Promise<string> => {
  for (let tries = 0; tries < 300; tries += 1) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text !== '') return text;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`${path} was never written`);
};

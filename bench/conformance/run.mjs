// Runs the authorization-server suite of the MCP conformance tests against a platform of its own, and approves on the
// consent page's endpoints what the suite asks a person to approve. Ends with 1 when a check fails.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../apps/server/src/config.ts';
import { startServer } from '../../apps/server/src/main.ts';

const CALLBACK_PORT = 53_683;
const SUITE = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'));

const dataDir = await mkdtemp(join(tmpdir(), 'mogplex-conformance-'));
const platform = await startServer(loadConfig({ MOGPLEX_PORT: '0', MOGPLEX_DATA_DIR: dataDir }), {
  log: () => undefined,
  now: Date.now,
  randomBytes,
  pid: process.pid,
});

const call = async (path, body, cookie) => {
  const response = await fetch(`${platform.url}/api/v1/mogplex${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: platform.url, ...(cookie ? { cookie } : {}) },
    body: JSON.stringify(body),
  });
  const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0]);
  return { data: (await response.json()).data, cookie: cookies.join('; ') };
};

const code = new URL(await platform.setupLink()).hash.slice(1);
const password = randomBytes(12).toString('hex');
const { cookie } = await call('/auth/set-up', { code, email: 'owner@example.com', password });

const run = (args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SUITE, 'authorization', '--url', platform.url, '--port', String(CALLBACK_PORT), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let approved = false;
    const approve = async (url) => {
      const { data } = await call('/oauth/request', { query: new URL(url).search.slice(1), approve: true }, cookie);
      await fetch(data.location);
    };
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const url = /https?:\/\/\S+\/oauth\/authorize\?\S+\n/.exec(output)?.[0];
      if (url === undefined || approved) return;
      approved = true;
      approve(url.trim()).catch(reject);
    });
    child.once('exit', (status) => resolve({ status, output }));
  });

const { status, output } = await run(['--client-id', 'mogplex-cli', '--resource', platform.url]);
process.stdout.write(output);
await platform.close();
await rm(dataDir, { recursive: true, force: true });
const failed = status !== 0 || /FAILURE/.test(output) || !/authorization-code-grant/.test(output);
process.exitCode = failed ? 1 : 0;

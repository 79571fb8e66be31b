// Brings a fresh clone to where `npm start` or `npm test` can run. Needs nothing but the Node.js that npm itself runs on.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamps = join(root, 'node_modules', '.cache', 'mogplex');
const goal = process.argv[2] === 'test' ? 'test' : 'start';

/** Debian packages that the tests drive, and the program each is looked for by. */
const DEBIAN_PACKAGES = { chromium: 'chromium', git: 'git', tmux: 'tmux' };

/** What each build reads and the file whose absence makes it stale. */
const BUILDS = [
  { workspace: 'apps/web', inputs: ['apps/web', 'packages/protocol/src'], output: 'apps/web/dist/index.html' },
  { workspace: 'apps/cli', inputs: ['apps/cli', 'packages'], output: 'apps/cli/dist/mogplex.mjs' },
];

const say = (text) => process.stderr.write(`${text}\n`);

const stop = (text) => {
  say(text);
  process.exit(1);
};

const run = (command, args, options = {}) => {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (result.error) stop(`could not run ${command}: ${result.error.message}`);
  if (result.status !== 0) stop(`${command} ${args.join(' ')} failed (exit ${result.status ?? result.signal}).`);
};

const isFresh = (name, fingerprint) => {
  const file = join(stamps, name);
  return existsSync(file) && readFileSync(file, 'utf8') === fingerprint;
};

const markFresh = (name, fingerprint) => {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, name), fingerprint);
};

/** A fingerprint over the names, sizes and times of every source file below the folders. */
const fingerprintOf = (folders) => {
  const hash = createHash('sha256');
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else {
        const { size, mtimeMs } = statSync(path);
        hash.update(`${path}\0${size}\0${mtimeMs}\n`);
      }
    }
  };
  for (const folder of folders) visit(join(root, folder));
  return hash.digest('hex');
};

const installPackages = () => {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (isFresh('install', lock) && existsSync(join(root, 'node_modules', '.bin', 'node'))) return;
  say('Installing the packages of package-lock.json ...');
  run('npm', ['ci', '--no-audit', '--no-fund']);
  if (!existsSync(join(root, 'node_modules', '.bin', 'node'))) {
    stop(`No Node.js package fits ${process.platform}/${process.arch}. Install Node.js 26 yourself and link it as node_modules/.bin/node.`);
  }
  markFresh('install', lock);
};

const build = () => {
  const env = { ...process.env, PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH };
  for (const { workspace, inputs, output } of BUILDS) {
    const fingerprint = fingerprintOf(inputs);
    const stamp = `build-${workspace.replace('/', '-')}`;
    if (isFresh(stamp, fingerprint) && existsSync(join(root, output))) continue;
    say(`Building ${workspace} ...`);
    run('npm', ['run', '--silent', 'build', '-w', workspace], { env, stdio: ['ignore', 'ignore', 2] });
    markFresh(stamp, fingerprint);
  }
};

const has = (program) => process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, program)));

const installDebianPackages = () => {
  const missing = Object.keys(DEBIAN_PACKAGES).filter((name) => !has(DEBIAN_PACKAGES[name]));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !has('apt-get')) {
    stop(`The tests drive programs that are not on this machine. Install them first: ${missing.join(' ')}`);
  }
  say(`Installing ${missing.join(', ')} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
};

installPackages();
if (goal === 'test') installDebianPackages();
build();

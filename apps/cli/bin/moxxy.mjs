#!/usr/bin/env node
import module from 'node:module';

const [major] = process.versions.node.split('.').map(Number);
if (major < 22) {
  process.stderr.write(`moxxy needs Node.js 22.19 or newer (this is ${process.version}).\n`);
  process.exitCode = 1;
} else if (process.argv[2] === '--version' || process.argv[2] === '-V') {
  process.stdout.write('0.1.0\n');
} else {
  module.enableCompileCache?.();
  const [command, verb, flag, ...more] = process.argv.slice(2);
  // Asked for by prompts and scripts all the time, so it has a bundle of its own. Everything else goes through the parser.
  const isStatus = command === 'login' && verb === 'status' && (flag === undefined || flag === '--json') && more.length === 0;
  if (isStatus) module.createRequire(import.meta.url)('../dist/moxxy-status.cjs');
  else await import('../dist/moxxy.mjs');
}

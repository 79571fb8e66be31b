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
  await import('../dist/moxxy.mjs');
}

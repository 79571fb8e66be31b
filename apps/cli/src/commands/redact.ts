import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { MogplexError } from '@mogplex/protocol';
import { createKnownValues, createRedactor, type KnownRegistry, nodeStream } from '@mogplex/redaction';
import type { World } from '../world.ts';

interface RedactOptions {
  known?: string;
  report?: boolean;
}

/** `mogplex redact`: a filter that masks secrets in any log. */
export const command = (world: World): Command =>
  new Command('redact')
    .description('Copy a file or stdin to stdout with every secret masked.')
    .argument('[file]', 'file to read; stdin when it is missing or -')
    .option('--known <file>', 'mask these values besides, one a line, in every common encoding')
    .option('--report', 'say on stderr what was masked, as JSON')
    .addHelpText(
      'after',
      `
Examples:
  mogplex redact server.log > clean.log
  kubectl logs my-pod | mogplex redact --report
  mogplex redact --known secrets.txt trace.json`,
    )
    .action(async (file: string | undefined, options: RedactOptions) => {
      const known = options.known === undefined ? createKnownValues() : await readKnown(world, options.known);
      const input = file === undefined || file === '-' ? world.stdin : await openInput(resolve(world.cwd, file));
      const chunks = createRedactor({ known }).chunks();
      try {
        await pipeline(input, nodeStream(chunks), world.stdout, { end: false });
      } catch (error) {
        if (isCode(error, 'EPIPE')) return;
        throw unreadable(file ?? 'stdin', error);
      }
      if (options.report) world.stderr.write(`${JSON.stringify({ masked: chunks.masked() })}\n`);
    });

/** Opens before anything is written, so that a missing file leaves stdout empty. */
async function openInput(path: string): Promise<NodeJS.ReadableStream> {
  try {
    const handle = await open(path);
    if ((await handle.stat()).isDirectory()) {
      await handle.close();
      throw new Error('is a directory');
    }
    return createReadStream(path, { fd: handle });
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function readKnown(world: World, path: string): Promise<KnownRegistry> {
  const text = await readFile(resolve(world.cwd, path), 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const known = createKnownValues();
  let short = 0;
  text.split('\n').forEach((line, index) => {
    const value = line.replace(/\r$/, '');
    if (value !== '' && !known.register(value, `line-${index + 1}`)) short++;
  });
  if (short > 0) world.stderr.write(`mogplex: ${short} value(s) of ${path} are shorter than 8 characters and are not looked for\n`);
  return known;
}

const isCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

function unreadable(path: string, cause: unknown): MogplexError {
  const why = isCode(cause, 'ENOENT')
    ? 'there is no such file'
    : isCode(cause, 'EACCES')
      ? 'permission was denied'
      : cause instanceof Error
        ? cause.message
        : 'it cannot be read';
  return new MogplexError('not_found', `Cannot read ${path}: ${why}.`, { boundary: 'terminal', cause });
}

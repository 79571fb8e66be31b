import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import type { World } from '../world.ts';

const LIMIT = 65_536;

/**
 * Reads one secret from stdin, without the line break at its end: the arguments of a process are public.
 *
 * @throws MogplexError `usage` on a terminal, for nothing, and for more than 64 KiB.
 */
export const readSecret = async (world: Pick<World, 'stdin'>, label: string): Promise<Secret> => {
  const wrong = (message: string): MogplexError =>
    new MogplexError('usage', message, { boundary: 'terminal', hint: `Pipe it in, for instance: printf %s "$VALUE" | mogplex ...` });
  if (world.stdin.isTTY) throw wrong(`the ${label} is read from stdin, which is a terminal`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of world.stdin as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LIMIT) throw wrong(`the ${label} on stdin is longer than ${LIMIT} bytes`);
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (text === '') throw wrong(`no ${label} came on stdin`);
  return new Secret(text, label);
};

import { MogplexError } from '@mogplex/protocol';
import type { World } from '../world.ts';

const LARGEST_CONTEXT = 10 * 1024 * 1024;
/** A program that starts this one without closing its stdin is not waited for longer than this, in milliseconds. */
const FIRST_BYTE_MS = 3_000;

/** Destroys stdin when it is interrupted, or when no byte comes in time; returns what undoes that. */
const watchStdin = (world: World, signal: AbortSignal, patient: boolean): (() => void) => {
  const stop = (): void => void world.stdin.destroy();
  const giveUp = (): void => {
    world.stderr.write(`mogplex: nothing came on stdin in ${FIRST_BYTE_MS / 1000} s, so the prompt goes without it\n`);
    stop();
  };
  const timer = patient ? undefined : setTimeout(giveUp, FIRST_BYTE_MS);
  const began = (): void => clearTimeout(timer);
  world.stdin.once('readable', began);
  signal.addEventListener('abort', stop, { once: true });
  return () => {
    began();
    world.stdin.off('readable', began);
    signal.removeEventListener('abort', stop);
  };
};

const isDestroyed = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';

/** Everything on stdin. @param patient whether to wait for it as long as it takes */
const readStdin = async (world: World, signal: AbortSignal, patient: boolean): Promise<string> => {
  if (world.stdin.isTTY) return '';
  const decoder = new TextDecoder();
  const release = watchStdin(world, signal, patient);
  let text = '';
  try {
    for await (const chunk of world.stdin as AsyncIterable<Buffer | string>) {
      text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      if (text.length > LARGEST_CONTEXT) {
        throw new MogplexError('payload_too_large', 'stdin holds more than 10 MiB', { boundary: 'terminal' });
      }
    }
  } catch (error) {
    if (!isDestroyed(error)) throw error;
  } finally {
    release();
  }
  return text + decoder.decode();
};

/**
 * The prompt of a command: its argument with what stands on stdin below it, or stdin alone for `-`.
 *
 * @throws MogplexError `usage` for an empty one, `payload_too_large` for more than 10 MiB on stdin
 */
export const promptOf = async (world: World, asked: string, signal: AbortSignal): Promise<string> => {
  const context = await readStdin(world, signal, asked === '-');
  const prompt = asked === '-' ? context : asked;
  if (prompt.trim() === '') throw new MogplexError('usage', 'the prompt is empty', { boundary: 'terminal' });
  return asked === '-' || context.trim() === '' ? prompt : `${prompt}\n\n${context}`;
};

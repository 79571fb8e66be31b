import { CommanderError } from 'commander';
import { EXIT, ERRORS, type ErrorCode, MogplexError } from '@mogplex/protocol';
import { createRedactor, profiles } from '@mogplex/redaction';
import { sanitise } from './cockpit/text/sanitise.ts';
import { isDebugging, type World } from './world.ts';

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code);

/** The same error as one of this bundle's class: the platform runs from its sources and has a class of its own. */
export const asMogplexError = (error: unknown): MogplexError | undefined => {
  if (error instanceof MogplexError) return error;
  if (!(error instanceof Error) || error.name !== 'MogplexError' || !('code' in error) || !isErrorCode(error.code)) return undefined;
  const { boundary, hint, requestId, retryAfter } = error as MogplexError;
  return new MogplexError(error.code, error.message, {
    boundary,
    ...(hint === undefined ? {} : { hint }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
};

const linesOf = (error: unknown, program: string): string[] => {
  const known = asMogplexError(error);
  if (!known) return [`${program}: ${error instanceof Error ? error.message : String(error)}`];
  return [
    `${program}: ${known.message} [${known.boundary}]`,
    ...(known.hint === undefined ? [] : [`  ${known.hint}`]),
    ...(known.retryAfter === undefined ? [] : [`  Try again in ${known.retryAfter} s.`]),
    ...(known.requestId === undefined ? [] : [`  Request id: ${known.requestId}`]),
  ];
};

const isInterruption = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/**
 * Prints an error on stderr, redacted and without control characters, and returns the process exit code that it
 * stands for. A stack appears only with `MOGPLEX_DEBUG`.
 */
export const reportError = (world: Pick<World, 'env' | 'stderr'>, error: unknown, program = 'mogplex'): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (isInterruption(error)) return EXIT.interrupted;
  const lines = linesOf(error, program);
  if (isDebugging(world) && error instanceof Error && error.stack) lines.push(error.stack);
  const masked = createRedactor(profiles.terminal).text(lines.join('\n')).text;
  world.stderr.write(`${sanitise(masked)}\n`);
  return asMogplexError(error)?.exitCode ?? EXIT.failure;
};

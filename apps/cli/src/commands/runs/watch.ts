import { once } from 'node:events';
import type { LineState } from '@mogplex/client';
import { EXIT, MogplexError, type RunError, type RunEvent } from '@mogplex/protocol';
import { createRedactor } from '@mogplex/redaction';
import { sanitiseLine } from '../../cockpit/text/sanitise.ts';
import { reportError } from '../../errors.ts';
import { runEvents } from '../../session/attach.ts';
import type { PlatformAccess } from '../../session/platform.ts';
import type { World } from '../../world.ts';
import { eventLine } from './words.ts';

/** An outage that is tried again sooner than this is not worth a word, in milliseconds. */
const WORTH_A_WORD = 2_000;

/** Waits until a slow reader of stdout has taken what was written. */
export const taken = async ({ stdout, interrupted }: World): Promise<void> => {
  if (stdout.writableNeedDrain) await once(stdout, 'drain', { signal: interrupted() });
};

/** Where the events of a watched run go. */
export interface EventOutput {
  event(event: RunEvent): void;
  /** Writes what is held back. */
  end(): void;
}

const failureOf = ({ code, message, boundary, requestId, hint }: RunError): MogplexError =>
  new MogplexError(code, message, { boundary, requestId, ...(hint === undefined ? {} : { hint }) });

/** Says on stderr when the line stays lost, and when it is back. */
const lineNotes = (world: World): ((state: LineState) => void) => {
  let said = false;
  return (state) => {
    if (state.connected) {
      if (said) world.stderr.write('mogplex: the line to the platform is back\n');
      said = false;
    } else if (!said && state.retryIn >= WORTH_A_WORD) {
      said = true;
      world.stderr.write(`mogplex: ${sanitiseLine(state.error.message)}; it is tried again, and nothing is lost\n`);
    }
  };
};

export interface WatchOptions {
  id: string;
  after: number;
  output: EventOutput;
  /** Says what becomes of the run when the watcher is interrupted. @param after `seq` of the last event that was printed */
  interrupted: (after: number) => Promise<void>;
}

/**
 * Prints a run's events until it ends.
 *
 * @returns the exit code: 0 for a run that succeeded, 1 for one that did not, 130 when the watcher was interrupted
 * @throws MogplexError what ends the events early
 */
export const watch = async (world: World, access: PlatformAccess, { id, after, output, interrupted }: WatchOptions): Promise<number> => {
  const signal = world.interrupted();
  let last = after;
  let failure: MogplexError | undefined;
  let succeeded = false;
  try {
    for await (const event of runEvents(access, id, { after, signal, onLine: lineNotes(world) })) {
      last = event.seq;
      output.event(event);
      await taken(world);
      if (event.type === 'error') failure = failureOf(event.data);
      if (event.type === 'status') succeeded = event.data.status === 'succeeded';
    }
  } catch (error) {
    output.end();
    if (!signal.aborted) throw error;
    await interrupted(last);
    return EXIT.interrupted;
  }
  output.end();
  if (succeeded) return EXIT.ok;
  if (last === after) return await endOf(world, access, id);
  if (failure) reportError(world, failure);
  return EXIT.failure;
};

/** The exit code of a run that was over before the first event that was asked for. */
const endOf = async (world: World, { client }: PlatformAccess, id: string): Promise<number> => {
  const { status, error } = await client.runs.get(id, { signal: world.interrupted() });
  if (error) reportError(world, failureOf(error));
  return status === 'succeeded' ? EXIT.ok : EXIT.failure;
};

/** Events one a line, in words or as JSON, without the exact secrets in use. */
export const eventLines = (world: World, json: boolean): EventOutput => {
  const redactor = createRedactor({ formats: false, keyNames: false });
  const lineOf = (event: RunEvent): string => (json ? redactor.json(event).json : redactor.text(eventLine(event)).text);
  return { event: (event) => void world.stdout.write(`${lineOf(event)}\n`), end: () => undefined };
};

/** Leaves a run to itself, in words. */
export const detached = (world: World, id: string, after: number): void => {
  world.stderr.write(
    `\nDetached: ${id} goes on.\n  Follow it: mogplex runs events ${id} --follow --after ${after}\n  Cancel it: mogplex runs cancel ${id}\n`,
  );
};

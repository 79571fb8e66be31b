import type { LineState } from '@mogplex/client';
import { MogplexError, type Run, RUN_ID, type RunEvent } from '@mogplex/protocol';
import type { World } from '../world.ts';
import { namingCredential, openPlatform, type PlatformAccess } from './platform.ts';

export interface AttachOptions {
  signal?: AbortSignal;
  /** `seq` of the last event that is known already. Default 0: every event comes. */
  after?: number;
  /** Told when the line to the platform is lost and when it is back; events resume by themselves. */
  onLine?: (state: LineState) => void;
}

/** A run that is watched. */
export interface AttachedRun {
  /** As it was when it was attached to. */
  run: Run;
  /** Each event once and in order, past ones first; ends after the run's last event. To be read once. */
  events: AsyncIterable<RunEvent>;
}

/** @throws MogplexError `usage` for what cannot be the id of a run */
export const checkRunId = (id: string): string => {
  if (RUN_ID.test(id)) return id;
  throw new MogplexError('usage', `${JSON.stringify(id.slice(0, 80))} is not the id of a run`, {
    boundary: 'run',
    hint: 'It looks like run_01k9zq3w8m5c7d2e4f6g8h0j1k; mogplex runs list shows yours.',
  });
};

async function* naming(access: PlatformAccess, events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent, void, undefined> {
  try {
    yield* events;
  } catch (error) {
    throw namingCredential(access, error);
  }
}

/** The events of a run as they happen, with errors in the words of the house. */
export const runEvents = (access: PlatformAccess, id: string, options: AttachOptions): AsyncIterable<RunEvent> =>
  naming(access, access.client.runs.follow(id, options));

/**
 * Attaches to a run of this person's account (statement A15).
 *
 * @param runId `run_` and 26 letters and digits
 * @returns the run, and its events: a line that breaks is taken up again without one lost or doubled
 * @throws MogplexError `usage` for what is no id, `unauthenticated`, `not_found` for a run that is not there for this account;
 *   the events throw what ends them early, and the signal's reason when it aborts
 */
export const attachToRun = async (world: World, runId: string, options: AttachOptions = {}): Promise<AttachedRun> => {
  const id = checkRunId(runId);
  const access = openPlatform(world);
  const { signal } = options;
  try {
    const run = await access.client.runs.get(id, signal ? { signal } : {});
    return { run, events: runEvents(access, id, options) };
  } catch (error) {
    throw namingCredential(access, error);
  }
};

import { isRunOver, type Run } from '@mogplex/protocol';
import { sanitiseLine } from '../../cockpit/text/sanitise.ts';
import { checkRunId } from '../../session/attach.ts';
import type { World } from '../../world.ts';
import { withPlatform } from './with-platform.ts';
import { localTime, startedByWords, statusWords, tookWords, usageWords } from './words.ts';

const rowsOf = (run: Run, now: number): (readonly [string, string | undefined])[] => [
  ['Run', run.id],
  ['Status', statusWords(run)],
  ['Prompt', run.title],
  ['Agent', run.agent],
  ['Model', run.model],
  ['Repository', run.repository],
  ['Team', run.teamId],
  ['Started by', startedByWords(run)],
  ['Created', localTime(run.createdAt)],
  ['Started', run.startedAt === undefined ? undefined : localTime(run.startedAt)],
  ['Ended', run.endedAt === undefined ? undefined : localTime(run.endedAt)],
  ['Took', run.startedAt === undefined ? undefined : tookWords(run, now)],
  ['Used', usageWords(run.usage)],
  ['Events', String(run.lastSeq)],
  ['Error', run.error && `${run.error.message} [${run.error.boundary}]`],
  ['', run.error?.hint],
  ['Request id', run.error?.requestId],
  ['Follow', isRunOver(run.status) ? undefined : `mogplex runs events ${run.id} --follow`],
];

/** Prints one run. @throws MogplexError `not_found` for one that is not there for this account */
export const showRun = async (world: World, argument: string, json: boolean): Promise<void> => {
  const id = checkRunId(argument);
  const run = await withPlatform(world, ({ client }) => client.runs.get(id, { signal: world.interrupted() }));
  if (json) {
    world.stdout.write(`${JSON.stringify(run)}\n`);
    return;
  }
  for (const [name, value] of rowsOf(run, world.now())) {
    if (value !== undefined) world.stdout.write(`${name.padEnd(12)}${sanitiseLine(value, 1_000)}\n`);
  }
};

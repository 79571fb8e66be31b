import { isRunOver, type Run } from '@mogplex/protocol';
import { checkRunId } from '../../session/attach.ts';
import type { World } from '../../world.ts';
import { withPlatform } from './with-platform.ts';

/** What a cancel has come to. */
export const cancelWords = ({ id, status, cancelRequestedAt }: Run): string => {
  if (status === 'cancelled') return `${id} is cancelled.`;
  if (isRunOver(status)) return `${id} was over before: ${status}.`;
  return cancelRequestedAt === undefined ? `${id} is ${status}.` : `${id} is being cancelled; it can end in no other way now.`;
};

/** Cancels a run and says what that came to. @throws MogplexError `not_found` for one that is not there for this account */
export const cancelRun = async (world: World, argument: string): Promise<void> => {
  const id = checkRunId(argument);
  const run = await withPlatform(world, ({ client }) => client.runs.cancel(id, { signal: world.interrupted() }));
  world.stdout.write(`${cancelWords(run)}\n`);
};

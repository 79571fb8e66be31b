import { EXIT } from '@mogplex/protocol';
import { checkRunId } from '../../session/attach.ts';
import type { PlatformAccess } from '../../session/platform.ts';
import type { World } from '../../world.ts';
import type { EventsOptions } from './events.ts';
import { detached, type EventOutput, eventLines, taken, watch } from './watch.ts';
import { withPlatform } from './with-platform.ts';

const PAGE = 1_000;

const printStored = async (world: World, { client }: PlatformAccess, id: string, after: number, output: EventOutput): Promise<number> => {
  let printed = 0;
  for (let from = after; ;) {
    const { items, next, lastSeq } = await client.runs.events(id, { after: from, limit: PAGE, signal: world.interrupted() });
    for (const event of items) output.event(event);
    await taken(world);
    printed += items.length;
    if (next === from || next >= lastSeq) break;
    from = next;
  }
  if (printed === 0) world.stderr.write(`There are no events${after === 0 ? ' yet' : ` behind number ${after}`}.\n`);
  return EXIT.ok;
};

/**
 * Prints the events of a run, those that are stored or all until it ends.
 *
 * @returns the exit code
 */
export const printEvents = async (world: World, argument: string, { follow, after, json }: EventsOptions): Promise<number> => {
  const id = checkRunId(argument);
  const output = eventLines(world, json ?? false);
  return await withPlatform(world, async (access) => {
    if (!follow) return await printStored(world, access, id, after, output);
    return await watch(world, access, { id, after, output, interrupted: async (last) => detached(world, id, last) });
  });
};

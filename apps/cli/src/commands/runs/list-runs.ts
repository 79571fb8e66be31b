import type { Run, RunStatus } from '@mogplex/protocol';
import { sanitiseLine } from '../../cockpit/text/sanitise.ts';
import type { World } from '../../world.ts';
import { formatTable } from '../admin/table.ts';
import { withPlatform } from './with-platform.ts';
import { dollars, localTime, startedByWords, statusWords, tookWords } from './words.ts';

const LARGEST_PAGE = 100;

const gather = async (world: World, { status, limit }: { status?: RunStatus; limit: number }): Promise<Run[]> =>
  await withPlatform(world, async ({ client }) => {
    const found: Run[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await client.runs.list({
        limit: Math.min(LARGEST_PAGE, limit - found.length),
        signal: world.interrupted(),
        ...(status === undefined ? {} : { status }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      found.push(...page.items);
      if (page.nextCursor === null || found.length >= limit) return found;
      cursor = page.nextCursor;
    }
  });

const HEADING = ['ID', 'STATUS', 'MODEL', 'CREATED', 'TOOK', 'COST', 'STARTED BY', 'PROMPT'];

/** Prints the runs of the account: a table, or one JSON object a line. */
export const listRuns = async (world: World, options: { status?: RunStatus; limit: number; json?: boolean }): Promise<void> => {
  const runs = await gather(world, options);
  if (options.json) {
    for (const run of runs) world.stdout.write(`${JSON.stringify(run)}\n`);
    return;
  }
  if (runs.length === 0) {
    world.stderr.write(
      options.status === undefined
        ? 'There are no runs yet. Start one: mogplex runs start "..."\n'
        : `There are no ${options.status} runs.\n`,
    );
    return;
  }
  const rows = runs.map((run) => [
    run.id,
    statusWords(run),
    run.model,
    localTime(run.createdAt),
    tookWords(run, world.now()),
    dollars(run.usage.costMicros),
    startedByWords(run),
    sanitiseLine(run.title, 60),
  ]);
  world.stdout.write(formatTable(HEADING, rows));
};

import { EXIT, type Run } from '@mogplex/protocol';
import { sanitiseLine } from '../../cockpit/text/sanitise.ts';
import { answerWriter } from '../../session/answer.ts';
import type { PlatformAccess } from '../../session/platform.ts';
import { promptOf } from '../../session/prompt.ts';
import type { World } from '../../world.ts';
import { cancelWords } from './cancel-run.ts';
import type { StartOptions } from './start.ts';
import { detached, type EventOutput, eventLines, watch } from './watch.ts';
import { withPlatform } from './with-platform.ts';
import { usageWords } from './words.ts';

/** The answer on stdout as it comes; everything else on stderr. */
const answerOutput = (world: World): EventOutput => {
  const answer = answerWriter(world);
  let used: Run['usage'] | undefined;
  return {
    event: (event) => {
      if (event.type === 'message.delta') answer.write(event.data.text);
      else if (event.type === 'usage') used = event.data;
      else if (event.type === 'notice') {
        answer.end();
        world.stderr.write(`mogplex: ${sanitiseLine(event.data.text)}\n`);
      }
    },
    end: () => {
      answer.end();
      if (used) world.stderr.write(`${usageWords(used)}\n`);
    },
  };
};

const cancelled = async (world: World, { client }: PlatformAccess, id: string): Promise<void> => {
  const run = await client.runs.cancel(id);
  world.stderr.write(`\n${cancelWords(run)}\n`);
};

const followRun = async (world: World, access: PlatformAccess, { id, model }: Run, options: StartOptions): Promise<number> => {
  if (!options.json) world.stderr.write(`${id} with ${sanitiseLine(model)}\n`);
  return await watch(world, access, {
    id,
    after: 0,
    output: options.json ? eventLines(world, true) : answerOutput(world),
    interrupted: async (last) => {
      if (options.cancelOnInterrupt) await cancelled(world, access, id);
      else detached(world, id, last);
    },
  });
};

/**
 * Starts a run, and follows it where that is asked for.
 *
 * @returns the exit code
 */
export const startRun = async (world: World, asked: string, options: StartOptions): Promise<number> => {
  const signal = world.interrupted();
  return await withPlatform(world, async (access) => {
    const prompt = await promptOf(world, asked, signal);
    const { model, system, repository, idempotencyKey } = options;
    const body = { prompt, source: 'cli' as const, ...definedOf({ model, system, repository }) };
    const run = await access.client.runs.start(body, { signal, ...definedOf({ idempotencyKey }) }).catch((error: unknown) => {
      if (signal.aborted) world.stderr.write('\nInterrupted: whether the run began is not known. mogplex runs list shows it if it did.\n');
      throw error;
    });
    if (options.follow) return await followRun(world, access, run, options);
    world.stdout.write(`${options.json ? JSON.stringify(run) : run.id}\n`);
    if (world.stderr.isTTY) world.stderr.write(`Follow it: mogplex runs events ${run.id} --follow\n`);
    return EXIT.ok;
  });
};

/** The same object without the fields that are undefined. */
const definedOf = <T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };

import { Command } from 'commander';
import type { World } from '../../world.ts';
import { cancel } from './cancel.ts';
import { events } from './events.ts';
import { list } from './list.ts';
import { show } from './show.ts';
import { start } from './start.ts';

/** `mogplex runs`: the runs of the account's platform. */
export const command = (world: World): Command =>
  new Command('runs')
    .description('Start, watch and cancel runs on the platform of your Mogplex account.')
    .addHelpText(
      'after',
      `
The credential is MOGPLEX_API_KEY (of the platform at MOGPLEX_URL), else the account login that is stored.
A token needs the scope read to list and watch, write to start and cancel.`,
    )
    .addCommand(start(world))
    .addCommand(list(world), { isDefault: true })
    .addCommand(show(world))
    .addCommand(events(world))
    .addCommand(cancel(world));

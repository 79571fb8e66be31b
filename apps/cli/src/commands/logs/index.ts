import { Command } from 'commander';
import type { World } from '../../world.ts';
import { list } from './list.ts';
import { show } from './show.ts';

/** `mogplex logs`: the session logs of this person (statement A17). */
export const command = (world: World): Command => {
  const listing = list(world);
  return new Command('logs')
    .description('List and show session logs. They hold prompts and answers, and never a key or a token.')
    .addCommand(listing, { isDefault: true })
    .addCommand(show(world));
};

import { Command } from 'commander';
import type { World } from '../../world.ts';
import { list } from './list.ts';

/** `mogplex repos`: repositories at GitHub. */
export const command = (world: World): Command =>
  new Command('repos').description('Look at the repositories of your linked GitHub account.').addCommand(list(world));

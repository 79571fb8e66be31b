import { Command } from 'commander';
import type { World } from '../../world.ts';
import { list } from './list.ts';
import { test } from './test.ts';

/** `mogplex connections`: what agents may call, and how it stands. */
export const command = (world: World): Command =>
  new Command('connections')
    .description('Look at the connections of your teams and test them. They are made and changed in Settings > Connections.')
    .addCommand(list(world))
    .addCommand(test(world));

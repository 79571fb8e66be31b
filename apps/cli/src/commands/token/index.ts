import { Command } from 'commander';
import type { World } from '../../world.ts';
import { checkCommand } from './check.ts';

/** `mogplex token`: what can be said of a token without the platform. */
export const command = (world: World): Command => new Command('token').description('Look at a token.').addCommand(checkCommand(world));

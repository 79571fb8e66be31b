import { buildMoxxy } from '../commands/moxxy/program.ts';
import type { World } from '../world.ts';
import { type CommandInfo, commandTree, infoOf } from './tree.ts';

/** Both programs with every command. */
export const allPrograms = async (world: World): Promise<CommandInfo[]> => [await commandTree(world), infoOf(buildMoxxy(world))];

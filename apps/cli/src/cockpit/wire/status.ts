import type { World } from '../../world.ts';

/** Rows of `/status` about this program and its files. */
export async function statusRows(world: World): Promise<readonly string[]> {
  return [`Home         ${world.home}`, `Node.js      ${process.version}`];
}

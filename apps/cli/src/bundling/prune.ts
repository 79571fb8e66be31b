import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

const chunks = fileURLToPath(new URL('../../dist/chunks', import.meta.url));

/** A program that was started from an earlier build may still load its chunks: they are kept for so many ms after their last build. */
const KEPT_MS = 60 * 60 * 1000;

/** Removes the chunks of earlier builds, which nothing refers to any more. A chunk that a build makes again is written again. */
export const pruneChunksPlugin = (now: () => number = Date.now): Plugin => ({
  name: 'prune-chunks',
  writeBundle(_, bundle) {
    const made = new Set(Object.keys(bundle).map((path) => path.replace(/^chunks\//, '')));
    for (const name of readdirSync(chunks)) {
      const path = join(chunks, name);
      // Another build at the same time may have removed it.
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!made.has(name) && stats !== undefined && now() - stats.mtimeMs > KEPT_MS) rmSync(path, { force: true });
    }
  },
});

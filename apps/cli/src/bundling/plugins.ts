import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

const ownWidth = fileURLToPath(new URL('../cockpit/text/width.ts', import.meta.url));

/**
 * What the bundle of the cockpit changes in its parts, for the first frame alone: nothing here changes what they do.
 *
 * - `string-width` compiles a Unicode expression that costs 27 ms at its first use; ours leaves common text alone.
 * - The layout engine reads its own bytes through `fetch`, which loads the whole HTTP client: 55 ms.
 */
export const firstFramePlugins = (): Plugin[] => [
  {
    name: 'own-string-width',
    resolveId: (source) => (source === 'string-width' ? ownWidth : null),
  },
  {
    name: 'layout-engine-without-fetch',
    transform: {
      filter: { id: /yoga-wasm-base64-esm\.js$/ },
      handler(code) {
        const without = code.replaceAll('"function"!=typeof fetch', 'true');
        if (without === code) this.error('the layout engine has changed: it no longer asks for fetch in this way');
        return { code: without, map: null };
      },
    },
  },
];

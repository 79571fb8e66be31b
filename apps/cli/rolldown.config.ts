import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { defineConfig } from 'rolldown';
import { firstFramePlugins } from './src/bundling/plugins.ts';
import { skillsPlugin } from './src/bundling/skills.ts';

const emptyModule = fileURLToPath(new URL('./src/empty.ts', import.meta.url));

export default defineConfig({
  input: { mogplex: 'src/main.ts', ...(existsSync('src/moxxy.ts') ? { moxxy: 'src/moxxy.ts' } : {}) },
  platform: 'node',
  plugins: [...firstFramePlugins(), skillsPlugin()],
  // The platform runs from its sources: `mogplex server` and `mogplex admin` import it when they are called.
  external: [/^@mogplex\/server/, 'better-sqlite3', '@napi-rs/keyring'],
  resolve: { alias: { 'react-devtools-core': emptyModule } },
  // Our packages do nothing at import, so a chunk carries only what it uses of them.
  treeshake: { moduleSideEffects: [{ test: /\/packages\/[^/]+\/src\//, sideEffects: false }] },
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  output: {
    dir: 'dist',
    format: 'esm',
    minify: true,
    cleanDir: false,
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name]-[hash].mjs',
  },
});

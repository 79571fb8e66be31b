import { fileURLToPath } from 'node:url';
import { defineConfig, type RolldownOptions } from 'rolldown';
import { firstFramePlugins } from './src/bundling/plugins.ts';
import { pruneChunksPlugin } from './src/bundling/prune.ts';
import { skillsPlugin } from './src/bundling/skills.ts';

const emptyModule = fileURLToPath(new URL('./src/empty.ts', import.meta.url));

const shared: RolldownOptions = {
  platform: 'node',
  // The platform runs from its sources: `mogplex server` and `mogplex admin` import it when they are called. Its list of models is data,
  // which the cockpit uses too: at run time Node would have to strip its types first.
  external: [/^@mogplex\/server(?!\/catalog$)/, 'better-sqlite3', '@napi-rs/keyring'],
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
    // Every command needs the error codes and few need the schemas that stand beside them, with the library behind those;
    // every secret registers itself, and few programs mask a text.
    codeSplitting: {
      groups: [
        { name: 'codes', test: /packages\/protocol\/src\/(?:errors|providers)\.ts$/ },
        { name: 'known', test: /packages\/redaction\/src\/known\.ts$/ },
      ],
    },
  },
};

export default defineConfig([
  {
    ...shared,
    input: { mogplex: 'src/main.ts', moxxy: 'src/moxxy.ts' },
    plugins: [...firstFramePlugins(), skillsPlugin(), pruneChunksPlugin()],
  },
  // Alone, so that it shares no chunk with what it does not need; and CommonJS, since `require` neither waits for a thread to read
  // the file nor loads all of `node:fs` for one function of it.
  {
    ...shared,
    input: { 'moxxy-status': 'src/moxxy-status.ts' },
    output: { dir: 'dist', format: 'cjs', minify: true, cleanDir: false, entryFileNames: '[name].cjs' },
  },
]);

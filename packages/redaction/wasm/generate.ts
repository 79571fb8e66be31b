import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** The parts of the source, under the names that the compiler asks for. */
const SOURCES = new Map(
  ['collect', 'fields', 'runs', 'narrow', 'dull', 'prose', 'unfold'].map((name) => [`${name}.ts`, new URL(`${name}.as`, import.meta.url)]),
);
const TARGET = new URL('../src/engine/collect-wasm.ts', import.meta.url);
const OPTIONS = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--enable', 'relaxed-simd', '--use', 'abort='];

/**
 * Compiles the collector and gives the text of the module that carries it.
 *
 * @throws Error with what the compiler says
 */
export async function generate(): Promise<string> {
  let program: Uint8Array | undefined;
  const { error } = await asc.main(['collect.ts', '--outFile', 'collect.wasm', ...OPTIONS], {
    readFile: (name) => {
      const source = SOURCES.get(name);
      return source === undefined ? null : readFileSync(source, 'utf8');
    },
    writeFile: (_name, content) => {
      if (typeof content !== 'string') program = content;
    },
    listFiles: () => [],
  });
  if (error !== null || program === undefined) throw new Error('the collector does not compile', { cause: error });
  const lines =
    Buffer.from(program)
      .toString('base64')
      .match(/.{1,130}/g) ?? [];
  return `/** The program of \`wasm/collect.as\`, compiled by \`npm run wasm\`. */
export const COLLECT_WASM =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, await generate());

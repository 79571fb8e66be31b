import { builtinModules } from 'node:module';
import type { Plugin } from 'rolldown';

const VIRTUAL = '\0builtin:';
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
/** Reading it loads a tenth of the standard library. */
const HEAVY = 'promises';

/**
 * Takes Node's own modules through `process.getBuiltinModule`. An `import` of `node:fs` reads every one of its exports,
 * `fs.promises` among them, and that costs 8 ms: a quarter of what a short program takes.
 */
export const builtinsPlugin = (): Plugin => ({
  name: 'builtins',
  resolveId: (source) => {
    const name = source.startsWith('node:') ? source.slice('node:'.length) : undefined;
    return name !== undefined && builtinModules.includes(name) ? { id: VIRTUAL + name, moduleSideEffects: false } : null;
  },
  load: (id) => {
    if (!id.startsWith(VIRTUAL)) return null;
    const name = id.slice(VIRTUAL.length);
    const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter(
      (key) => IDENTIFIER.test(key) && key !== HEAVY && key !== 'default',
    );
    const from = `process.getBuiltinModule(${JSON.stringify(name)})`;
    return names.map((key) => `export const ${key} = /* @__PURE__ */ (() => ${from}.${key})();`).join('\n');
  },
});

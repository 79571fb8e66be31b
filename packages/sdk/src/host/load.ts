import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { MogplexError } from '@mogplex/protocol';
import { definePlugin, type PluginDef } from '../plugin.ts';
import { defineProvider } from '../provider.ts';
import { plainText } from '../text.ts';

/** Modules of the product that a plugin file may import by name, wherever the file lies. */
export type HostModules = Readonly<Record<string, object>>;

const SCHEME = 'moxxy-host:';
const VERIFIED = 'moxxy-sha256';
const SHARED = Symbol.for('moxxy.host.modules');
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

const shared = globalThis as typeof globalThis & { [SHARED]?: Map<string, object> };
const verifiedSources = new Map<string, Uint8Array>();

const verifiedHash = (url: string | undefined): string | null =>
  url?.startsWith('file:') ? new URL(url).searchParams.get(VERIFIED) : null;

const sourceFor = (specifier: string, namespace: object): string => {
  const names = Object.keys(namespace).filter((name) => IDENTIFIER.test(name) && name !== 'default');
  // Exported under their names, but not bound to them: some are words of the language, such as the `catch` of zod.
  const bound = names.map((name, index) => `const e${index} = host.${name};`);
  const exported = names.map((name, index) => `e${index} as ${name}`);
  return [
    `const host = globalThis[Symbol.for('moxxy.host.modules')].get(${JSON.stringify(specifier)});`,
    ...bound,
    `export { ${exported.join(', ')} };`,
  ].join('\n');
};

const install = (): Map<string, object> => {
  const known = new Map<string, object>();
  shared[SHARED] = known;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (known.has(specifier)) return { url: SCHEME + specifier, format: 'module', shortCircuit: true };
      if (verifiedHash(context.parentURL) !== null && !specifier.startsWith('node:')) {
        throw new MogplexError(
          'forbidden',
          `a project's plugin may import only node: modules and ${[...known.keys()].join(', ')}, not ${plainText(specifier, 100)}`,
          {
            boundary: 'configuration',
            hint: 'Consent covers one file; put everything into it.',
          },
        );
      }
      return next(specifier, context);
    },
    load: (url, context, next) => {
      const namespace = url.startsWith(SCHEME) ? known.get(url.slice(SCHEME.length)) : undefined;
      if (namespace) return { format: 'module', shortCircuit: true, source: sourceFor(url.slice(SCHEME.length), namespace) };
      const source = verifiedSources.get(verifiedHash(url) ?? '');
      if (source) return { format: new URL(url).pathname.endsWith('.ts') ? 'module-typescript' : 'module', shortCircuit: true, source };
      return next(url, context);
    },
  });
  return known;
};

/** Makes modules of the product importable by plugin files that lie outside of it. */
export const exposeModules = (modules: HostModules): void => {
  const known = shared[SHARED] ?? install();
  for (const [specifier, namespace] of Object.entries(modules)) known.set(specifier, namespace);
};

const checked = (module: unknown, path: string): PluginDef => {
  const plugin = (module as { default?: PluginDef }).default;
  if (!plugin) {
    throw new MogplexError('invalid_request', `${path} exports no plugin`, {
      boundary: 'configuration',
      hint: 'End it with "export default definePlugin({ ... })".',
    });
  }
  definePlugin(plugin);
  plugin.providers?.forEach(defineProvider);
  return plugin;
};

/**
 * Runs a plugin file and returns the plugin that it exports as default.
 *
 * @param path absolute path of a `.mjs`, `.js` or `.ts` file.
 * @param verified for a project's plugin, the bytes that consent was given to and their SHA-256: exactly these run,
 * whatever lies at the path by now, and they may import nothing outside of them but `node:` and the host's modules.
 * @throws MogplexError `invalid_request` when the file cannot be run or exports no valid plugin.
 */
export const loadPluginFile = async (path: string, verified?: { content: Uint8Array; sha256: string }): Promise<PluginDef> => {
  const url = pathToFileURL(path);
  if (verified) {
    verifiedSources.set(verified.sha256, verified.content);
    url.searchParams.set(VERIFIED, verified.sha256);
  }
  let module: unknown;
  try {
    module = await import(url.href);
  } catch (cause) {
    if (cause instanceof MogplexError) throw cause;
    const reason = plainText(cause instanceof Error ? cause.message : String(cause));
    throw new MogplexError('invalid_request', `plugin ${path} cannot be run: ${reason}`, { boundary: 'configuration', cause });
  }
  return checked(module, path);
};

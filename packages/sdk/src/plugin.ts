import { MogplexError } from '@mogplex/protocol';
import type { LoginContext } from './login.ts';
import { isProviderName, type ProviderDef } from './provider.ts';
import type { Tool } from './tool.ts';

/** What a plugin's tools may ask of the host. */
export interface ToolHost {
  /** A provider by name. @throws MogplexError `not_found` with the names that exist. */
  provider(name: string): Promise<ProviderDef>;
  /** The context of that provider alone, with the browser and the screen of this session. */
  contextFor(name: string): LoginContext;
}

export interface PluginDef {
  /** Short and unique. Lower-case letters, digits and hyphens, with an optional `@scope/`. */
  name: string;
  providers?: readonly ProviderDef[];
  tools?: (host: ToolHost) => readonly Tool[];
  /** Folders that hold a `SKILL.md`, or folders of such folders. */
  skills?: readonly URL[];
}

/**
 * Checks a plugin and returns it unchanged. A plugin file exports one as its default.
 *
 * @example
 * export default definePlugin({ name: 'acme', providers: [acme] });
 * @throws MogplexError `invalid_request`.
 */
export const definePlugin = (definition: PluginDef): PluginDef => {
  if (typeof definition?.name !== 'string' || !isProviderName(definition.name.replace(/^@[a-z0-9-]+\//, ''))) {
    throw new MogplexError('invalid_request', 'a plugin needs a name of lower-case letters, digits and hyphens', {
      boundary: 'configuration',
    });
  }
  return definition;
};

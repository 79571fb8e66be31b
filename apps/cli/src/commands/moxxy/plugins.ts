import { resolve } from 'node:path';
import { Command } from 'commander';
import { MogplexError, projectPluginFiles, type ProjectPlugin } from '@moxxy/sdk';
import type { World } from '../../world.ts';

const list = async (world: World): Promise<void> => {
  const { openHostAtTerminal } = await import('./host.ts');
  const { registry, warnings } = await openHostAtTerminal(world);
  const names = new Map(registry.list().map(({ plugin, origin }) => [plugin, origin]));
  for (const [plugin, origin] of names) world.stdout.write(`${plugin}  [${origin}]\n`);
  for (const warning of warnings) world.stderr.write(`moxxy: ${warning}\n`);
};

const findInProject = (files: readonly ProjectPlugin[], path: string): ProjectPlugin => {
  const found = files.find(({ file }) => file.path === path);
  if (found) return found;
  throw new MogplexError('not_found', `${path} is no plugin of this project`, {
    boundary: 'configuration',
    hint: 'Plugins of a project are the .mjs, .js and .ts files in .mogplex/plugins of the folder you stand in.',
  });
};

const setConsent = async (world: World, path: string, allowed: boolean): Promise<void> => {
  const { consentsOf } = await import('./consents.ts');
  const consents = await consentsOf(world);
  const plugin = findInProject(await projectPluginFiles(world.cwd, consents), resolve(world.cwd, path));
  if (allowed) await consents.grant(plugin.sha256, plugin.file.path);
  else await consents.revoke(plugin.sha256);
  const until = allowed ? 'allowed until it changes' : 'not allowed any more';
  world.stdout.write(`${plugin.file.path} is ${until} (SHA-256 ${plugin.sha256}).\n`);
};

/** `moxxy plugins`: what is loaded, and the consent that a project's plugin needs. */
export const pluginsCommand = (world: World): Command => {
  const plugins = new Command('plugins')
    .summary('list plugins, allow those of a project')
    .description('List the plugins. Those of a project (.mogplex/plugins) run only after you allowed their exact content.')
    .addHelpText('after', '\nExamples:\n  moxxy plugins\n  moxxy plugins allow .mogplex/plugins/acme.mjs')
    .action(() => list(world));
  plugins
    .command('allow')
    .description('Allow one plugin file of this project to run, with exactly its present content.')
    .argument('<file>')
    .action((file: string) => setConsent(world, file, true));
  plugins
    .command('disallow')
    .description('Take that back.')
    .argument('<file>')
    .action((file: string) => setConsent(world, file, false));
  return plugins;
};

import { Command } from 'commander';
import type { World } from '../../world.ts';

const list = async (world: World, json: boolean): Promise<void> => {
  const { openHostAtTerminal } = await import('./host.ts');
  const { registry, warnings } = await openHostAtTerminal(world);
  const providers = registry.list();
  for (const warning of warnings) world.stderr.write(`moxxy: ${warning}\n`);
  if (json) {
    world.stdout.write(`${JSON.stringify(providers, null, 2)}\n`);
    return;
  }
  const width = Math.max(...providers.map(({ name }) => name.length));
  for (const { name, kind, serviceName, envVar, origin, plugin } of providers) {
    const how = kind === 'oauth' ? `moxxy login ${name}` : `set ${envVar ?? ''}`;
    const from = origin === 'product' ? '' : `  [${origin} plugin ${plugin}]`;
    world.stdout.write(`${name.padEnd(width)}  ${kind === 'oauth' ? `${serviceName}: ` : ''}${how}${from}\n`);
  }
};

/** `moxxy providers`: every provider of the registry and how to get a credential for it. */
export const providersCommand = (world: World): Command =>
  new Command('providers')
    .summary('list the providers')
    .description('List the providers of all plugins, and how to get a credential for each.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  moxxy providers\n  moxxy providers --json')
    .action((options: { json?: boolean }) => list(world, options.json === true));

import { Command } from 'commander';
import type { World } from '../../world.ts';

const list = async (world: World, json: boolean): Promise<void> => {
  const { openHostAtTerminal } = await import('./host.ts');
  const skills = await (await openHostAtTerminal(world)).skills();
  if (json) {
    world.stdout.write(`${JSON.stringify(skills, null, 2)}\n`);
    return;
  }
  for (const { name, description, plugin, path } of skills) world.stdout.write(`${name}  [${plugin}]\n  ${description}\n  ${path}\n`);
};

/** `moxxy skills`: the pages that plugins bring, with the file to read. */
export const skillsCommand = (world: World): Command =>
  new Command('skills')
    .summary('list the skills of the plugins')
    .description('List the skills that plugins bring: what each is for, and the file to read.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  moxxy skills\n  moxxy skills --json')
    .action((options: { json?: boolean }) => list(world, options.json === true));

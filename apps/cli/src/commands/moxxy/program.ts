import { Command } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import type { World } from '../../world.ts';
import { loginCommand } from './login.ts';
import { pluginsCommand } from './plugins.ts';
import { providersCommand } from './providers.ts';
import { skillsCommand } from './skills.ts';
import { vaultCommand } from './vault.ts';

const EXAMPLES = `
Examples:
  moxxy providers                        what you can log in to
  moxxy login openai-codex               log in through the browser
  moxxy login openai-codex --no-browser  log in by code, for a machine without one
  moxxy login status --json              what is stored, for a script
  moxxy login logout openai-codex        revoke and remove a login

Exit codes:
  0 done, 1 failure, 2 usage, 64 not logged in, 65 declined, 69 service unavailable, 75 slow down, 130 interrupted`;

const inherit = (parent: Command): Command => {
  for (const child of parent.commands) inherit(child.copyInheritedSettings(parent).allowExcessArguments(false));
  return parent;
};

/** The `moxxy` program: every command, flag and help text comes from this one tree. */
export const buildMoxxy = (world: World): Command => {
  const root = new Command('moxxy')
    .description('Log in to model providers by OAuth, and keep the logins.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
    })
    .allowExcessArguments()
    .action(() => {
      const [unknown] = root.args;
      if (unknown === undefined) root.help({ error: true });
      root.error(`error: unknown command '${unknown}' (moxxy --help lists the commands)`, { exitCode: 2 });
    });
  root.addCommand(loginCommand(world));
  root.addCommand(providersCommand(world));
  root.addCommand(skillsCommand(world));
  root.addCommand(pluginsCommand(world));
  root.addCommand(vaultCommand(world));
  return inherit(root);
};

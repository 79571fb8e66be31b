import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { type CommandEntry, COMMANDS } from './commands/table.ts';
import type { World } from './world.ts';

/** What bare `mogplex` was called with; the cockpit acts on it. */
export interface CockpitOptions {
  /** Attach to this run after the start. */
  attach?: string;
  /** Clear the account's login first (statement A15). */
  logout?: boolean;
  /** Model to start with, `provider/model`. */
  model?: string;
  /** Plain lines instead of a screen. */
  plain?: boolean;
}

export interface ProgramOptions {
  world: World;
  /** What bare `mogplex` does. */
  cockpit: (options: CockpitOptions) => Promise<void>;
}

/** Root options that take a value, so that the value is not taken for the command's name. */
const WITH_VALUE = new Set(['--attach', '-m', '--model']);

/** The entry that the arguments call, or undefined for bare `mogplex` and for names that do not exist. */
export const calledEntry = (args: readonly string[]): CommandEntry | undefined => {
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    if (WITH_VALUE.has(argument)) index++;
    else if (argument === 'help') continue;
    else if (!argument.startsWith('-')) return COMMANDS.find(({ name }) => name === argument);
  }
  return undefined;
};

const settle = (parent: Command, command: Command): Command => {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) settle(command, child);
  return command;
};

/** The root with its options and no command. */
export const rootCommand = (world: World): Command =>
  new Command()
    .name('mogplex')
    .description('A terminal cockpit and a self-hosted platform for coding agents.')
    .usage('[options] [command]')
    .showSuggestionAfterError()
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--attach <run>', 'open the cockpit and attach to a run')
    .option('--logout', 'clear the account login before anything else')
    .option('-m, --model <model>', 'model to start with, as provider/model')
    .option('--plain', 'plain lines instead of a screen, for screen readers')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
      getOutHelpWidth: () => world.stdout.columns ?? 100,
      getErrHelpWidth: () => world.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });

const describeBare = (root: Command, cockpit: ProgramOptions['cockpit']): void => {
  root.allowExcessArguments().action(async (options: CockpitOptions) => {
    const [unknown] = root.args;
    if (unknown !== undefined) root.error(`error: unknown command '${unknown}' (mogplex --help lists the commands)`, { exitCode: 2 });
    await cockpit(options);
  });
};

/**
 * The command-line program for these arguments: every command is listed, only the called one is loaded.
 *
 * @param args arguments after the program's name
 */
export const buildProgram = async (args: readonly string[], options: ProgramOptions): Promise<Command> => {
  const root = rootCommand(options.world);
  const called = calledEntry(args);
  for (const entry of COMMANDS) {
    const command = entry === called ? (await entry.load()).command(options.world) : new Command(entry.name);
    root.addCommand(settle(root, command.name(entry.name).summary(entry.summary)));
  }
  // Last, since commands take over what the root allows when they are added.
  describeBare(root, options.cockpit);
  return root;
};

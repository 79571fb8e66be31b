import type { Command } from 'commander';
import { COMMANDS } from '../commands/table.ts';
import { rootCommand } from '../program.ts';
import type { World } from '../world.ts';

export interface OptionInfo {
  /** `-m, --model <model>` */
  flags: string;
  long: string | undefined;
  short: string | undefined;
  description: string;
  takesValue: boolean;
  /** The values that it takes, when they are known. */
  choices: readonly string[];
}

export interface ArgumentInfo {
  /** `<prompt>` or `[session]` */
  term: string;
  description: string;
  choices: readonly string[];
}

/** A command as its definition says, for the reference and for completion. */
export interface CommandInfo {
  /** `mogplex logs show` */
  path: string;
  name: string;
  summary: string;
  description: string;
  usage: string;
  arguments: readonly ArgumentInfo[];
  options: readonly OptionInfo[];
  /** What the help says after the options. */
  more: string;
  commands: readonly CommandInfo[];
}

const optionsOf = (command: Command): OptionInfo[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map(({ flags, long, short, description, required, optional, argChoices }) => ({
      flags,
      long,
      short,
      description,
      takesValue: required || optional,
      choices: argChoices ?? [],
    }));

const argumentsOf = (command: Command): ArgumentInfo[] =>
  command.registeredArguments.map((argument) => ({
    term: argument.required
      ? `<${argument.name()}${argument.variadic ? '...' : ''}>`
      : `[${argument.name()}${argument.variadic ? '...' : ''}]`,
    description: argument.description,
    choices: argument.argChoices ?? [],
  }));

/** The text that `addHelpText('after')` adds: what stands below everything that the definition itself gives. */
const moreOf = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (part) => void (text += part) }).outputHelp();
  return text.slice(command.helpInformation().length).trim();
};

/** What a definition says of a command and everything below it. */
export const infoOf = (command: Command, parents = ''): CommandInfo => {
  const path = parents === '' ? command.name() : `${parents} ${command.name()}`;
  return {
    path,
    name: command.name(),
    summary: command.summary(),
    description: command.description(),
    usage: `${path} ${command.usage()}`,
    arguments: argumentsOf(command),
    options: optionsOf(command),
    more: moreOf(command),
    commands: command.commands.map((child) => infoOf(child, path)),
  };
};

/** Every command with its options and subcommands. Loads all of them. */
export const commandTree = async (world: World): Promise<CommandInfo> => {
  const root = rootCommand(world);
  for (const { name, summary, load } of COMMANDS) root.addCommand((await load()).command(world).name(name).summary(summary));
  return infoOf(root);
};

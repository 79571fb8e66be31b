import type { CommandInfo } from './tree.ts';

/** What can follow the words typed so far: one row for each command path. */
interface Row {
  /** `mogplex logs` */
  path: string;
  words: readonly string[];
}

const rowsOf = (command: CommandInfo): Row[] => [
  {
    path: command.path,
    words: [
      ...command.commands.map(({ name }) => name),
      ...command.arguments.flatMap(({ choices }) => choices),
      ...command.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined)),
    ],
  },
  ...command.commands.flatMap(rowsOf),
];

/** Walks the words before the cursor down the tree: a word that is a subcommand goes one deeper. */
const bash = (root: CommandInfo): string => {
  const rows = rowsOf(root);
  const wordCases = rows.map(({ path, words }) => `    '${path}') printf '%s\\n' ${words.join(' ')} ;;`);
  const deeper = rows.slice(1).map(({ path }) => `'${path}'`);
  return `# bash completion for mogplex
_mogplex_words() {
  case "$1" in
${wordCases.join('\n')}
  esac
}
_mogplex() {
  local path=mogplex word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$path $word" in
    ${deeper.join(' | ')}) path="$path $word" ;;
    esac
  done
  mapfile -t COMPREPLY < <(compgen -W "$(_mogplex_words "$path")" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _mogplex mogplex
`;
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const zshEntry = (word: string, description: string): string => quoted(`${word.replaceAll(':', '\\:')}:${description}`);

const zshRow = (command: CommandInfo): string => {
  const entries = [
    ...command.commands.map(({ name, summary }) => zshEntry(name, summary)),
    ...command.arguments.flatMap(({ choices, description }) => choices.map((choice) => zshEntry(choice, description))),
    ...command.options.flatMap(({ long, description }) => (long === undefined ? [] : [zshEntry(long, description)])),
  ];
  return `    '${command.path}') words=(${entries.join(' ')}) ;;`;
};

const everyCommand = (command: CommandInfo): CommandInfo[] => [command, ...command.commands.flatMap(everyCommand)];

const zsh = (root: CommandInfo): string => {
  const all = everyCommand(root);
  const deeper = all.slice(1).map(({ path }) => `'${path}'`);
  return `#compdef mogplex
_mogplex() {
  local location=mogplex word
  local -a typed words
  typed=("\${(@)words[2,CURRENT-1]}")
  for word in "\${typed[@]}"; do
    case "$location $word" in
    ${deeper.join(' | ')}) location="$location $word" ;;
    esac
  done
  case "$location" in
${all.map(zshRow).join('\n')}
  esac
  _describe 'mogplex' words || _files
}
if [ "$funcstack[1]" = _mogplex ]; then _mogplex "$@"; else compdef _mogplex mogplex; fi
`;
};

const fishLines = (command: CommandInfo): string[] => {
  const [, ...path] = command.path.split(' ');
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const children = command.commands.map(({ name }) => name);
  const notDeeper = children.length === 0 ? [] : [`not __fish_seen_subcommand_from ${children.join(' ')}`];
  const condition = quoted([...(path.length === 0 ? ['true'] : seen), ...notDeeper].join('; and '));
  return [
    ...command.commands.map(({ name, summary }) => `complete -c mogplex -n ${condition} -f -a ${name} -d ${quoted(summary)}`),
    ...command.arguments.flatMap(({ choices, description }) =>
      choices.map((choice) => `complete -c mogplex -n ${condition} -f -a ${choice} -d ${quoted(description)}`),
    ),
    ...command.options.flatMap(({ long, short, takesValue, description }) =>
      long === undefined
        ? []
        : [
            `complete -c mogplex -n ${condition} -l ${long.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`}${takesValue ? ' -r' : ''} -d ${quoted(description)}`,
          ],
    ),
    ...command.commands.flatMap(fishLines),
  ];
};

const fish = (root: CommandInfo): string => `# fish completion for mogplex\n${fishLines(root).join('\n')}\n`;

/** A completion script for a shell, made from the command definitions. */
export const completionScript = (shell: 'bash' | 'zsh' | 'fish', root: CommandInfo): string => ({ bash, zsh, fish })[shell](root);

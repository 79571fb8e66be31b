import type { CommandInfo } from './tree.ts';

type Row = readonly [string, string];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A table whose columns are as wide as their widest cell, as the formatter wants it. */
const table = (head: Row, rows: readonly Row[]): string[] => {
  if (rows.length === 0) return [];
  const cells = [head, ...rows].map(([left, right]): Row => [cell(left), cell(right)]);
  const width = (column: 0 | 1): number => Math.max(...cells.map((row) => row[column].length));
  const [first, second] = [width(0), width(1)];
  const line = ([left, right]: Row): string => `| ${left.padEnd(first)} | ${right.padEnd(second)} |`;
  const [top = head, ...below] = cells;
  return [line(top), line(['-'.repeat(first), '-'.repeat(second)]), ...below.map(line), ''];
};

const withChoices = (description: string, choices: readonly string[]): string =>
  choices.length === 0
    ? description
    : `${description === '' ? 'one' : `${description}: one`} of ${choices.map((choice) => `\`${choice}\``).join(', ')}`;

const argumentRow = ({ term, description, choices }: CommandInfo['arguments'][number]) =>
  [`\`${term}\``, withChoices(description, choices)] as const;

const optionRow = ({ flags, description, choices }: CommandInfo['options'][number]) =>
  [`\`${flags}\``, withChoices(description, choices)] as const;

const isHelp = ({ long }: CommandInfo['options'][number]): boolean => long === '--help';

const section = (command: CommandInfo, level: number): string[] => [
  `${'#'.repeat(level)} \`${command.path}\``,
  '',
  ...(command.description === '' ? [] : [command.description, '']),
  '```',
  command.usage,
  '```',
  '',
  ...table(['argument', 'meaning'], command.arguments.map(argumentRow)),
  ...table(['option', 'meaning'], command.options.filter((option) => !isHelp(option)).map(optionRow)),
  ...table(
    ['command', 'does'],
    command.commands.map(({ name, summary, description }) => [`\`${name}\``, summary || description] as const),
  ),
  ...(command.more === '' ? [] : ['```', command.more, '```', '']),
  ...command.commands.flatMap((child) => section(child, Math.min(level + 1, 5))),
];

/** The reference of both programs, `docs/commands.md`. */
export const referenceMarkdown = (programs: readonly CommandInfo[]): string =>
  [
    '# Commands',
    '',
    'Generated from the command definitions by `npm run reference -w apps/cli`. Every command prints its help with `--help`.',
    '',
    ...programs.flatMap((program) => section(program, 2)),
  ]
    .join('\n')
    .trimEnd() + '\n';

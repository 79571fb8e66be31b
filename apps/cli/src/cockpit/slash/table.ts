/** A slash command as the person sees it. */
export interface SlashCommand {
  readonly name: string;
  /** Shown after the name: `[provider]`. */
  readonly argument: string;
  readonly summary: string;
}

/** The commands of the composer, in the order of `/help`. */
export const SLASH_COMMANDS = [
  { name: 'login', argument: '[provider]', summary: 'sign in, or store a provider key' },
  { name: 'logout', argument: '', summary: 'remove the account login and the stored key in use' },
  { name: 'model', argument: '[provider/model]', summary: 'choose the model' },
  { name: 'mcp', argument: '', summary: 'MCP servers of the account' },
  { name: 'agents', argument: '', summary: 'agents and runs of the account; Enter attaches to a run' },
  { name: 'attach', argument: '<run>', summary: 'watch a run of the account' },
  { name: 'cancel', argument: '', summary: 'stop the run that is being watched' },
  { name: 'detach', argument: '', summary: 'leave the run as it is, back to your conversation' },
  { name: 'cost', argument: '', summary: 'tokens and cost of this session' },
  { name: 'export', argument: '', summary: 'save or copy the conversation' },
  { name: 'permissions', argument: '[mode]', summary: 'choose the permission mode' },
  { name: 'status', argument: '', summary: 'credential, model, platform, files' },
  { name: 'help', argument: '', summary: 'commands and keys' },
  { name: 'clear', argument: '', summary: 'start the conversation anew' },
  { name: 'quit', argument: '', summary: 'leave' },
  { name: 'exit', argument: '', summary: 'leave' },
] as const satisfies readonly SlashCommand[];

export type SlashName = (typeof SLASH_COMMANDS)[number]['name'];

export interface SlashCall {
  name: string;
  argument: string;
}

/** The call that a composer line makes; undefined when the line is a prompt. */
export function parseSlash(line: string): SlashCall | undefined {
  const match = /^\/(\S*)(?:\s+([\s\S]*))?$/.exec(line.trim());
  return match === null ? undefined : { name: match[1] ?? '', argument: (match[2] ?? '').trim() };
}

/** The line as it may be kept: without what stands behind the provider of `/login`, where a key is sometimes typed. */
export const withoutKey = (line: string): string => /^\s*\/login\s+\S+(?=\s+\S)/.exec(line)?.[0] ?? line;

export const isSlashName = (name: string): name is SlashName => SLASH_COMMANDS.some((command) => command.name === name);

/** What a typed line can become, and what that is. */
export interface Suggestion {
  readonly text: string;
  readonly detail: string;
}

/**
 * What Tab can complete a line to: names of commands, or arguments of those that have some.
 *
 * @param custom the person's own commands
 * @param values what the argument of a command can be
 */
export function suggestions(
  line: string,
  custom: readonly { name: string; description: string }[],
  values: (command: string) => readonly Suggestion[],
): readonly Suggestion[] {
  if (!line.startsWith('/') || line.includes('\n')) return [];
  const blank = line.indexOf(' ');
  if (blank === -1) {
    const own = custom.map(({ name, description }) => ({ text: `/${name}`, detail: description }));
    const all = [...SLASH_COMMANDS.map(({ name, summary }): Suggestion => ({ text: `/${name}`, detail: summary })), ...own];
    return all.filter(({ text }) => text.startsWith(line));
  }
  const command = line.slice(1, blank);
  const typed = line.slice(blank + 1).toLowerCase();
  const found = values(command).map(({ text, detail }) => ({ value: text.toLowerCase(), text: `/${command} ${text}`, detail }));
  const starting = found.filter(({ value }) => value.startsWith(typed));
  // Nobody types the provider before a model's name: what contains the word follows what begins with it.
  return [...starting, ...found.filter(({ value }) => !value.startsWith(typed) && value.includes(typed))];
}

/** The nearest command name to a mistyped one, when there is one near enough. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  return names.find((known) => known.startsWith(name) && name !== '') ?? names.find((known) => oneEditApart(known, name));
}

function oneEditApart(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  const swapped =
    short.length === long.length &&
    short.slice(at, at + 2) ===
      long
        .slice(at, at + 2)
        .split('')
        .toReversed()
        .join('');
  const rest = long.slice(at + 1);
  return rest === short.slice(at) || rest === short.slice(at + 1) || (swapped && short.slice(at + 2) === long.slice(at + 2));
}

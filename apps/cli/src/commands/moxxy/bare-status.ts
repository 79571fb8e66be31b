/** Whether the arguments are exactly `login status`, with `--json` or without. Everything else is for the parser. */
export const isBareStatus = (args: readonly string[]): boolean =>
  args[0] === 'login' && args[1] === 'status' && (args.length === 2 || (args.length === 3 && args[2] === '--json'));

/** An environment: `process.env`, or what a test passes. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The value of a variable without the white space around it; an empty one counts as unset (statement A2). */
export const readEnv = (env: Env, name: string): string | undefined => {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
};

/** Takes one line for the user; `process.stderr` at the edge. */
export type Warn = (line: string) => void;

/** Passes a line on the first time that it comes. */
export function once(warn: Warn): Warn {
  const said = new Set<string>();
  return (line) => {
    if (said.has(line)) return;
    said.add(line);
    warn(line);
  };
}

/** Writes a line to stderr, the same line once per process. */
export const warnOnce: Warn = once((line) => void process.stderr.write(`${line}\n`));

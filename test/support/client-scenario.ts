import type { Upstream } from '../fakes/index.ts';

type Answer = Upstream['answer'];

/** What the model says when the tool's result has come back. */
export const FINAL = 'The tool went round.';
/** The file that the tool call makes in the client's folder. */
export const MARKER = 'tool-went-round.txt';
const COMMAND = `echo went-round > ${MARKER}`;

type Json = Record<string, unknown>;

const SHELL_TOOLS = ['shell', 'shell_command', 'exec_command', 'local_shell', 'Bash', 'bash', 'run_shell_command'];
const RESULTS = ['"function_call_output"', '"custom_tool_call_output"', '"role":"tool"', '"tool_result"', '"functionResponse"'];

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every tool that a request offers, whatever the format: its name and the schema of its input. */
const toolsOf = (value: unknown): { name: string; schema: Json }[] => {
  if (Array.isArray(value)) return value.flatMap(toolsOf);
  if (!isObject(value)) return [];
  const schema = value['parameters'] ?? value['input_schema'] ?? value['parametersJsonSchema'];
  const own = typeof value['name'] === 'string' && isObject(schema) ? [{ name: value['name'], schema }] : [];
  return [...own, ...toolsOf(value['function'] ?? []), ...toolsOf(value['functionDeclarations'] ?? []), ...toolsOf(value['tools'] ?? [])];
};

const valueFor = (name: string, schema: Json): unknown => {
  if (name === 'command' || name === 'cmd') return schema['type'] === 'array' ? ['bash', '-lc', COMMAND] : COMMAND;
  if (schema['type'] === 'boolean') return false;
  if (schema['type'] === 'number' || schema['type'] === 'integer') return 10_000;
  return 'make the marker';
};

const inputFor = (schema: Json): string => {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  const names = Object.keys(properties).filter((name) => required.includes(name) || name === 'command' || name === 'cmd');
  return JSON.stringify(
    Object.fromEntries(names.map((name) => [name, valueFor(name, isObject(properties[name]) ? properties[name] : {})])),
  );
};

/** A tool call for a request that offers a shell and holds no result yet; words for every other one. */
export const answerFor = (body: Json | undefined): Answer => {
  const text = JSON.stringify(body ?? {});
  const shell = RESULTS.some((mark) => text.includes(mark))
    ? undefined
    : toolsOf(body?.['tools'] ?? []).find(({ name }) => SHELL_TOOLS.includes(name));
  if (!shell) return { text: FINAL.split(/(?<= )/) };
  return { text: ['I will look. '], toolCall: { id: 'call_round_1', name: shell.name, input: inputFor(shell.schema) } };
};

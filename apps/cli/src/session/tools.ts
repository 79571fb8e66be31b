import type { ChatTool, ToolCall, ToolResult } from '@mogplex/providers';
import { type LoginEvent, plainText, type Tool } from '@moxxy/sdk';
import { z } from 'zod';
import type { PermissionMode } from '../config/settings.ts';
import type { World } from '../world.ts';

/** Asks the person whether a call may run. */
export type Approve = (call: ToolCall) => Promise<boolean>;

/** A tool that may come with a schema of its own, from outside. */
export type SessionTool = Tool & { readonly inputSchema?: Record<string, unknown> };

/** The tools of a session and who lets them run. */
export interface ToolPolicy {
  /** In `auto` every call runs; in `ask` those that {@link approve} allows; in `read-only` the model is told of no tool. */
  mode: PermissionMode;
  /** Without it nobody can be asked, and `ask` is as strict as `read-only`. */
  readonly approve: Approve | undefined;
  /** What is there now. */
  load(signal: AbortSignal): Promise<readonly SessionTool[]>;
}

/** Whether the model is told of any tool now. */
export const offersTools = ({ mode, approve }: ToolPolicy): boolean => mode === 'auto' || (mode === 'ask' && approve !== undefined);

const mayRun = async ({ mode, approve }: ToolPolicy, call: ToolCall): Promise<boolean> =>
  mode === 'auto' || (mode === 'ask' && approve !== undefined && (await approve(call)));

/** What a login that a tool began tells the person. */
const reportTo =
  (warn: (line: string) => void) =>
  (event: LoginEvent): void => {
    if (event.type === 'browser') warn(`Open this address to log in: ${event.url}`);
    else if (event.type === 'device') warn(`Open ${event.verificationUri} and enter the code ${event.userCode}`);
    else if (event.type === 'polling' && event.note !== undefined) warn(plainText(event.note));
  };

/**
 * Loads the tools of every plugin.
 *
 * @param warn takes lines for the person
 * @param current the signal of the prompt that is being answered: tools outlive the prompt that they were loaded for
 */
export const loadPluginTools = async (world: World, warn: (line: string) => void, current: () => AbortSignal): Promise<readonly Tool[]> => {
  const { openProviderHost } = await import('../commands/moxxy/host.ts');
  const { canOpenBrowser } = await import('../cockpit/wire/browser.ts');
  const surface = {
    browser: canOpenBrowser(world),
    report: reportTo(warn),
    get signal() {
      return current();
    },
  };
  return await (await openProviderHost(world)).tools(surface);
};

/** What a model is told of a tool. */
export const describeTool = ({ name, description, input, inputSchema }: SessionTool): ChatTool => ({
  name,
  description,
  inputSchema: inputSchema ?? z.toJSONSchema(input),
});

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Runs one call. It never fails: what went wrong is the output, so that the model can go on.
 *
 * @param tools what the model was told of; any other name is refused
 */
export const runCall = async (call: ToolCall, tools: readonly Tool[], policy: ToolPolicy): Promise<ToolResult> => {
  const answer = async (): Promise<unknown> => {
    const tool = tools.find(({ name }) => name === call.name);
    if (!tool) return { error: `there is no tool ${call.name}` };
    if (!(await mayRun(policy, call))) return { error: 'the person did not allow this call' };
    return await tool.call(call.input === '' ? {} : JSON.parse(call.input));
  };
  const outcome = await answer().catch((error: unknown) => ({ error: message(error) }));
  return { id: call.id, name: call.name, output: typeof outcome === 'string' ? outcome : JSON.stringify(outcome ?? null) };
};

import type { AuthFile } from '@mogplex/credentials';
import packageJson from '../../package.json' with { type: 'json' };
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { openSessionLog, type SessionLog } from '../session-log/session-log.ts';
import type { World } from '../world.ts';
import { Conversation } from './conversation.ts';
import { createMcpToolbox } from './mcp-tools.ts';
import { vaultDamage } from './logins.ts';
import { authFileOf } from './resolve.ts';
import { type Approve, loadPluginTools, type SessionTool } from './tools.ts';

/** Everything that a session of prompts needs. */
export interface Session {
  file: AuthFile;
  settings: Settings;
  log: SessionLog;
  conversation: Conversation;
  /** Closes what is open for the account's tools; the next prompt opens it anew, where there is an account. */
  dropTools(): Promise<void>;
  close(): Promise<void>;
}

export interface SessionOptions {
  command: 'exec' | 'cockpit';
  /** Standing instructions to the model. */
  system?: string;
  /** Asks the person about a tool call in permission mode `ask`. */
  approve?: Approve;
  /** Takes lines for the person; stderr by default. */
  warn?: (line: string) => void;
}

/**
 * Opens a session: settings, credentials file, log, an empty conversation.
 *
 * @throws MogplexError `usage` for a wrong settings file
 */
export const openSession = async (world: World, options: SessionOptions): Promise<Session> => {
  const warn = options.warn ?? ((line) => void world.stderr.write(`${line}\n`));
  const file = authFileOf(world);
  const settings = await loadSettings(world, warn);
  for (const damage of [file.read().damage, vaultDamage(world.home)]) if (damage) warn(`mogplex: ${damage.message}`);
  const log = await openSessionLog(world, settings.logs, { command: options.command, version: packageJson.version }, warn);
  const { system, approve } = options;
  const toolbox = createMcpToolbox(world, file, warn);
  let plugins: readonly SessionTool[] | undefined;
  let current = new AbortController().signal;
  const load = async (signal: AbortSignal): Promise<readonly SessionTool[]> => {
    current = signal;
    plugins ??= await loadPluginTools(world, warn, () => current);
    return [...plugins, ...(await toolbox.tools(signal))];
  };
  const tools = { mode: settings.permissionMode, approve, load };
  const conversation = new Conversation(world, { file, settings, log, tools, ...(system === undefined ? {} : { system }) });
  const close = async (): Promise<void> => {
    await toolbox.close();
    await log.close();
  };
  return { file, settings, log, conversation, dropTools: () => toolbox.close(), close };
};

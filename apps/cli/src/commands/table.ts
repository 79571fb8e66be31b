import type { Command } from 'commander';
import type { World } from '../world.ts';

/** What a command's file exports. */
export interface CommandModule {
  command: (world: World) => Command;
}

export interface CommandEntry {
  name: string;
  /** One line of the overview, without a full stop. */
  summary: string;
  /** Loads the command's code; nothing of it is in memory before. */
  load: () => Promise<CommandModule>;
}

/**
 * Every command of `mogplex` in the order of the help. Help, completion and `docs/commands.md` are made from it, and
 * only the command that is called is loaded.
 */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'exec', summary: 'send one prompt and print the answer', load: () => import('./exec.ts') },
  { name: 'runs', summary: 'start, watch and cancel runs on the platform', load: () => import('./runs/index.ts') },
  { name: 'agents', summary: 'list the agents that the platform can run', load: () => import('./agents.ts') },
  { name: 'logs', summary: 'list and show session logs', load: () => import('./logs/index.ts') },
  { name: 'doctor', summary: 'check credentials, files and reachability', load: () => import('./doctor.ts') },
  { name: 'redact', summary: 'mask secrets in a file or in stdin', load: () => import('./redact.ts') },
  { name: 'completion', summary: 'print a completion script for a shell', load: () => import('./completion.ts') },
  { name: 'repos', summary: 'list the repositories of your linked GitHub account', load: () => import('./repos/index.ts') },
  { name: 'connections', summary: 'list and test the connections of your teams', load: () => import('./connections/index.ts') },
  { name: 'mcp', summary: 'list the MCP servers of your account', load: () => import('./connections/mcp.ts') },
  { name: 'login', summary: 'open the cockpit at its login screen', load: () => import('./login.ts') },
  { name: 'token', summary: 'say offline whether a string can be a Mogplex token', load: () => import('./token/index.ts') },
  { name: 'server', summary: 'run the platform', load: () => import('./server.ts') },
  { name: 'admin', summary: "operate the platform: owner, tokens, providers' keys", load: () => import('./admin/index.ts') },
];

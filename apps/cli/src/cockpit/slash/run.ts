import type { Cockpit } from '../controller.ts';
import { openCost, openExport, openHelp, openLogout, openModels, openPermissions, openStatus } from '../drawers/open.ts';
import { openAgents, openCancel, openMcp } from '../drawers/platform.ts';
import { isSlashName, type SlashCall, type SlashName } from './table.ts';

const RUN: Readonly<Record<SlashName, (cockpit: Cockpit, argument: string) => Promise<void> | void>> = {
  login: async (cockpit, argument) => {
    if (argument === '') cockpit.login.open();
    else await cockpit.login.openProvider(argument);
  },
  logout: openLogout,
  model: async (cockpit, argument) => {
    if (argument === '') await openModels(cockpit);
    else await cockpit.useModel(argument);
  },
  mcp: openMcp,
  agents: openAgents,
  attach: async (cockpit, argument) => {
    if (argument === '') await openAgents(cockpit);
    else await cockpit.run.attach(argument);
  },
  cancel: openCancel,
  detach: (cockpit) => cockpit.run.detach(),
  cost: openCost,
  export: openExport,
  permissions: async (cockpit, argument) => {
    if (argument === '') openPermissions(cockpit);
    else await cockpit.setMode(argument);
  },
  status: openStatus,
  help: openHelp,
  clear: async (cockpit) => await cockpit.clear(),
  quit: (cockpit) => cockpit.leave(0),
  exit: (cockpit) => cockpit.leave(0),
};

/** Runs a built-in command; false when there is none of that name. */
export async function runSlash(cockpit: Cockpit, { name, argument }: SlashCall): Promise<boolean> {
  if (!isSlashName(name)) return false;
  await RUN[name](cockpit, argument);
  return true;
}

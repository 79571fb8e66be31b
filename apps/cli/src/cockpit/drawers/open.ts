import type { Cockpit } from '../controller.ts';
import { KEY_HELP } from '../input/key-help.ts';
import { type ModelChoice, PERMISSION_MODES } from '../ports.ts';
import { money } from '../panels/header.ts';
import { SLASH_COMMANDS } from '../slash/table.ts';
import type { Drawer, ListDrawer, ListItem, ModelUsage, TextDrawer } from '../state/state.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export const open = (cockpit: Cockpit, drawer: Drawer): void => cockpit.store.update((state) => ({ ...state, drawer }));

export const list = (name: ListDrawer['name'], title: string, items: readonly ListItem[], index = 0): ListDrawer => ({
  kind: 'list',
  name,
  title,
  items,
  filter: '',
  index: Math.max(0, index),
});

export const page = (cockpit: Cockpit, name: TextDrawer['name'], title: string, rows: readonly string[]): void =>
  open(cockpit, { kind: 'text', name, title, rows, scroll: 0 });

export async function openModels(cockpit: Cockpit): Promise<void> {
  const ask = async (signal: AbortSignal): Promise<readonly ModelChoice[]> => await (await cockpit.ports.session()).listModels(signal);
  const models = await cockpit.asking.during('Asking which models can be used', ask);
  if (models === undefined) return;
  if (models.length === 0) {
    cockpit.notice('warn', 'No model can be used with the credentials at hand. /login adds one.');
    return;
  }
  const items = models.map(({ id, detail }) => ({ id, label: sanitiseLine(id, 100), detail: sanitiseLine(detail, 100) }));
  const current = items.findIndex((item) => item.id === cockpit.state.header.model);
  open(cockpit, list('model', 'Model', items, current));
}

export async function openCost(cockpit: Cockpit): Promise<void> {
  const { usage } = cockpit.state;
  const from = (await cockpit.ports.session()).pricesFrom();
  const together = [
    '',
    `Together: ${money(usage)}${usage.some(({ cost }) => cost === undefined) ? ' and what has no known price' : ''}`,
    from,
  ];
  const rows = usage.length === 0 ? ['Nothing was sent in this session.'] : [...usage.map(usageRow), ...together];
  page(cockpit, 'cost', 'Tokens and cost', rows);
}

function usageRow({ model, requests, inputTokens, outputTokens, cost }: ModelUsage): string {
  const tokens = `${inputTokens.toLocaleString('en-US')} in  ${outputTokens.toLocaleString('en-US')} out`;
  const price = cost === undefined ? 'no price known' : `about $${cost.toFixed(4)}`;
  return `${model}  ${requests} ${requests === 1 ? 'request' : 'requests'}  ${tokens}  ${price}`;
}

export function openExport(cockpit: Cockpit): void {
  open(
    cockpit,
    list('export', 'Export the conversation', [
      { id: 'file', label: 'Save as Markdown', detail: 'a new file in this folder, secrets masked' },
      ...(cockpit.ports.copies ? [{ id: 'clipboard', label: 'Copy the last answer', detail: 'to the clipboard of this terminal' }] : []),
    ]),
  );
}

export function openPermissions(cockpit: Cockpit): void {
  const items = PERMISSION_MODES.map(({ id, detail }) => ({ id, label: id, detail }));
  const current = items.findIndex((item) => item.id === cockpit.state.header.mode);
  open(cockpit, list('permissions', 'Permission mode', items, current));
}

export async function openStatus(cockpit: Cockpit): Promise<void> {
  const { header } = cockpit.state;
  const rows = [
    `Credential   ${header.credential}`,
    `Model        ${header.model ?? 'none'}`,
    `Mode         ${header.mode}`,
    `Folder       ${header.repository}${header.branch === undefined ? '' : ` on ${header.branch}`}`,
    `Session      ${(await cockpit.ports.session()).id}`,
    ...(await cockpit.ports.status()),
  ];
  page(
    cockpit,
    'status',
    'Status',
    rows.map((row) => sanitiseLine(row)),
  );
}

export async function openHelp(cockpit: Cockpit): Promise<void> {
  const commands = SLASH_COMMANDS.map(({ name, argument, summary }) => `${`/${name} ${argument}`.padEnd(26)}${summary}`);
  const own = cockpit.custom.map(({ name, description }) => `${`/${name}`.padEnd(26)}${description}`);
  const keys = KEY_HELP.map(({ keys: key, does }) => `${key.padEnd(26)}${does}`);
  const skills = (await cockpit.ports.skills()).map(
    ({ name, description }) => `${sanitiseLine(name, 24).padEnd(26)}${sanitiseLine(description, 200)}`,
  );
  page(cockpit, 'help', 'Help', ['Commands', ...commands, ...own, '', 'Keys', ...keys, '', 'Skills', ...skills]);
}

export function openPalette(cockpit: Cockpit): void {
  const items = [
    ...SLASH_COMMANDS.map(({ name, summary }) => ({ id: name, label: `/${name}`, detail: summary })),
    ...cockpit.custom.map(({ name, description }) => ({ id: name, label: `/${name}`, detail: description })),
  ];
  open(cockpit, list('palette', 'Commands', items));
}

/** Asks once before a logout, naming what goes and what stays (statement A14). */
export function openLogout(cockpit: Cockpit): void {
  const { removes, remains } = cockpit.ports.credentials.planLogout(cockpit.state.header.model);
  if (removes.length === 0) {
    cockpit.notice('info', ['Nothing is stored that a logout could remove.', ...remains].join('\n'));
    return;
  }
  const rows = [
    'This removes:',
    ...removes.map((row) => `  ${row}`),
    ...(remains.length === 0 ? [] : ['', 'Still signed in afterwards:', ...remains.map((row) => `  ${row}`)]),
  ];
  open(cockpit, { kind: 'confirm', name: 'logout', title: 'Log out', rows });
}

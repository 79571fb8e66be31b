import type { Cockpit } from '../controller.ts';
import { ending, isOver } from '../state/run.ts';
import { known, type McpRow } from '../state/platform.ts';
import { since } from '../text/time.ts';
import { list, open, page } from './open.ts';

const NO_ACCOUNT = '/login mogplex signs in to an account.';

/** MCP servers of the account, read anew: names, addresses and problems, never what is in a header (statement A9). */
export async function openMcp(cockpit: Cockpit): Promise<void> {
  if (cockpit.state.drawer?.name !== 'mcp') page(cockpit, 'mcp', 'MCP servers', ['Reading …']);
  await cockpit.platform.readMcp();
  // A person who closed the page meanwhile, or opened another one, is left alone.
  if (cockpit.state.drawer?.name !== 'mcp') return;
  page(cockpit, 'mcp', 'MCP servers', mcpRows(cockpit));
}

function mcpRows(cockpit: Cockpit): string[] {
  const { mcp } = cockpit.state;
  if (mcp.state === 'none') return ['MCP servers come with a Mogplex account.', NO_ACCOUNT];
  if (mcp.state === 'failed') return ['They could not be read:', ...mcp.problem.split('\n').map((row) => `  ${row}`)];
  const servers = known(mcp) ?? [];
  if (servers.length === 0)
    return ['There is none yet.', 'Add one on the web page of the platform, under Connections; r reads the list again.'];
  return servers.flatMap(serverRows);
}

function serverRows({ name, type, url, headers, problem }: McpRow): string[] {
  if (problem !== undefined) return [`✗ ${name}`, `    ${problem}`, ''];
  const sent = headers.length === 0 ? 'no credential' : `with ${headers.join(', ')} (values are not shown)`;
  return [`✓ ${name}`, `    ${type}  ${url}`, `    ${sent}`, ''];
}

/** Agents of the platform and the latest runs; Enter attaches to a run. */
export async function openAgents(cockpit: Cockpit): Promise<void> {
  const read = async (): Promise<true> => {
    await cockpit.platform.readAgents();
    return true;
  };
  if ((await cockpit.asking.during('Asking for agents and runs', read)) === undefined) return;
  const { agents } = cockpit.state;
  if (agents.state === 'none') return cockpit.notice('info', `Agents run on a platform, for an account of it. ${NO_ACCOUNT}`);
  if (agents.state === 'failed') return cockpit.notice('error', agents.problem);
  const found = known(agents);
  if (found === undefined) return;
  const intro = found.agents.map(({ name, description, needs }) => `${name}: ${description}${needs === '' ? '' : ` Needs: ${needs}.`}`);
  if (found.runs.length === 0)
    return page(cockpit, 'agents', 'Agents', [...intro, '', 'There is no run yet. `mogplex runs start` starts one.']);
  const now = cockpit.ports.now();
  const items = found.runs.map(({ id, status, title, agent, model, startedBy, createdAt }) => ({
    id,
    label: title,
    detail: `${status} · ${agent} · ${model} · ${startedBy} · ${since(now - createdAt)}`,
  }));
  open(cockpit, { ...list('agents', 'Runs', items), intro: [...intro, ''] });
}

/** Asks before the run that is being watched is stopped. */
export function openCancel(cockpit: Cockpit): void {
  const { run } = cockpit.state;
  if (run === undefined) return cockpit.notice('info', 'No run is being watched. Ctrl+C interrupts an answer.');
  if (isOver(run.status)) return cockpit.notice('info', `The run ${ending(run.status)} already.`);
  open(cockpit, {
    kind: 'confirm',
    name: 'cancel',
    title: 'Stop the run',
    rows: [`${run.id}`, run.title, '', 'What it has done so far stays; it cannot go on afterwards.'],
  });
}

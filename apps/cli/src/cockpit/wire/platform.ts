import { MogplexError, type Run } from '@mogplex/protocol';
import { DEFAULT_PLATFORM } from '../../session/account.ts';
import type { World } from '../../world.ts';
import type { PlatformPort, Watched } from '../ports.ts';
import type { AgentRow, Agents, McpRow, RunRow } from '../state/platform.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';

const TIMEOUT_MS = 15_000;

/** Runs that are listed beside the conversation. */
const LATEST_RUNS = 20;

/** The origin of the platform that a sign-in goes to. @throws MogplexError when MOGPLEX_URL is not an http(s) URL */
export function platformOrigin(world: World): string {
  const set = world.env['MOGPLEX_URL']?.trim();
  const url = set === undefined || set === '' ? DEFAULT_PLATFORM : set;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url).origin;
  throw new MogplexError('usage', 'MOGPLEX_URL is not an http or https URL', { boundary: 'configuration' });
}

/** The platform of the account in use. Its client is loaded when something is asked of it. */
export function platformPort(world: World): PlatformPort {
  return {
    agents: async (signal) => await readAgents(world, signal),
    mcp: async (signal) => await readMcp(world, signal),
    attach: async (run, signal, onLine) => await attach(world, run, signal, onLine),
    cancel: async (run) => {
      const { openPlatform } = await import('../../session/platform.ts');
      await openPlatform(world).client.runs.cancel(run, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    },
  };
}

async function readAgents(world: World, signal: AbortSignal): Promise<Agents> {
  const { openPlatform } = await import('../../session/platform.ts');
  const { client } = openPlatform(world);
  const limited = { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) };
  const [agents, runs] = await Promise.all([client.agents(limited), client.runs.list({ limit: LATEST_RUNS, ...limited })]);
  return {
    agents: agents.map(({ id, name, description, needs }): AgentRow => {
      const wanted = Object.entries(needs).filter(([, needed]) => needed);
      const text = sanitiseLine(description);
      return { id: sanitiseLine(id, 40), name: sanitiseLine(name, 60), description: text, needs: wanted.map(([what]) => what).join(', ') };
    }),
    runs: runs.items.map(runRow),
  };
}

const runRow = ({ id, status, title, agent, model, startedBy, createdAt }: Run): RunRow => ({
  id: sanitiseLine(id, 60),
  status,
  title: sanitiseLine(title, 120),
  agent: sanitiseLine(agent, 40),
  model: sanitiseLine(model, 120),
  startedBy: sanitiseLine(startedBy.name, 60),
  createdAt,
});

async function readMcp(world: World, signal: AbortSignal): Promise<readonly McpRow[]> {
  const [{ syncMcpServers }, { authFileOf }] = await Promise.all([import('../../session/mcp.ts'), import('../../session/resolve.ts')]);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const { servers, problems } = await syncMcpServers(world, authFileOf(world), limited);
  const ready = servers.map(({ name, type, url, headers }): McpRow => ({
    name: sanitiseLine(name, 60),
    type,
    url: sanitiseLine(url, 200),
    headers: Object.keys(headers).map((header) => sanitiseLine(header, 60)),
    problem: undefined,
  }));
  const failed = problems.map(({ name, message }): McpRow => ({
    name: sanitiseLine(name, 60),
    type: '',
    url: '',
    headers: [],
    problem: sanitiseLine(message),
  }));
  return [...ready, ...failed];
}

async function attach(
  world: World,
  run: string,
  signal: AbortSignal,
  onLine: (lost: { problem: string; retryIn: number } | undefined) => void,
): Promise<Watched> {
  const { attachToRun } = await import('../../session/attach.ts');
  return await attachToRun(world, run, {
    signal,
    onLine: (state) => onLine(state.connected ? undefined : { problem: sanitise(state.error.message), retryIn: state.retryIn }),
  });
}

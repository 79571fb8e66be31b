import { known } from '../state/platform.ts';
import type { RunView } from '../state/run.ts';
import type { CockpitState } from '../state/state.ts';
import { fit, type Line, type Span, wrapSpans } from '../text/lines.ts';
import { stringWidth } from '../text/width.ts';
import { ago, duration, since } from '../text/time.ts';
import { percent } from './foot.ts';
import { mcpNote, mcpSpan } from './mcp.ts';
import { RUN_LOOK } from './run-look.ts';

const NARROWEST_SCREEN = 108;
const LOWEST_SCREEN = 26;
const BAR = 12;

/** Columns of the panels beside the conversation; 0 where there is no room for them, or nobody wants them. */
export function sideWidth({ panels }: CockpitState, width: number, height: number): number {
  return !panels || width < NARROWEST_SCREEN || height < LOWEST_SCREEN ? 0 : Math.min(46, Math.floor(width * 0.28));
}

/** What the panels can say beside what is in the state. */
export interface SideFacts {
  now: number;
  tools: string;
  commands: number;
}

/** The panels beside the conversation: agents and runs, the model's window, MCP servers. Exactly `height` rows. */
export function sideRows(state: CockpitState, facts: SideFacts, width: number, height: number): Line[] {
  const inner = width - 2;
  const context = state.run === undefined ? contextRows(state, facts, inner) : runRows(state.run, facts.now, inner);
  const mcp = mcpRows(state, inner, Math.max(3, Math.floor(height / 4)));
  const room = Math.max(3, height - context.length - mcp.length - 2);
  const rows = [...agentRows(state, facts.now, inner, room), [], ...context, [], ...mcp].slice(0, height);
  const edge: Span = { text: '│ ', color: 'muted' };
  return Array.from({ length: height }, (_, at): Line => [edge, ...(rows[at] ?? [])]);
}

/** Rows of the conversation with the panels at their right. */
export function beside(left: readonly Line[], right: readonly Line[], leftWidth: number): Line[] {
  return right.map((side, at): Line => {
    const line = left[at] ?? [];
    const used = line.reduce((sum, span) => sum + stringWidth(span.text), 0);
    return [...line, { text: ' '.repeat(Math.max(0, leftWidth - used)) }, ...side];
  });
}

const title = (text: string): Line => [{ text, bold: true, color: 'accent' }];
const note = (text: string, width: number): Line[] => wrapSpans([{ text, color: 'muted' }], width);

function agentRows({ agents }: CockpitState, now: number, width: number, room: number): Line[] {
  const found = known(agents);
  const rows: Line[] = [title('Agents')];
  if (agents.state === 'none')
    rows.push(...note('/login to a Mogplex account runs agents on the platform and shows their runs here.', width));
  if (agents.state === 'loading' && found === undefined) rows.push(...note('reading …', width));
  if (agents.state === 'failed') rows.push(...wrapSpans([{ text: 'could not be read · /agents', color: 'warn' }], width));
  for (const agent of found?.agents ?? []) rows.push([{ text: fit(agent.name, width) }]);
  if (found?.agents.length === 0) rows.push(...note('This platform runs none.', width));
  if (found === undefined) return rows.slice(0, room);
  rows.push([], title('Runs'));
  if (found.runs.length === 0) rows.push(...note('None yet.', width));
  for (const run of found.runs) {
    const { mark, color } = RUN_LOOK[run.status];
    const when = ago(now - run.createdAt);
    const text = fit(run.title, width - when.length - 3);
    const gap = ' '.repeat(Math.max(1, width - 2 - stringWidth(text) - when.length));
    rows.push([{ text: `${mark} `, color }, { text }, { text: gap + when, color: 'muted' }]);
  }
  return rows.slice(0, room);
}

function contextRows({ context, usage, timeline }: CockpitState, facts: SideFacts, width: number): Line[] {
  const { used, length } = context;
  const rows: Line[] = [title('Context')];
  if (length === undefined) {
    rows.push([{ text: fit(used === 0 ? 'nothing sent yet' : `${count(used)} tokens`, width) }]);
  } else {
    const part = Math.min(1, used / length);
    const full = Math.round(part * BAR);
    rows.push([
      { text: '█'.repeat(full), color: part > 0.8 ? 'warn' : 'good' },
      { text: '░'.repeat(BAR - full), color: 'muted' },
      { text: ` ${percent(part)} of ${short(length)}` },
    ]);
  }
  const prompts = timeline.filter((item) => item.kind === 'user').length;
  const requests = usage.reduce((sum, entry) => sum + entry.requests, 0);
  const fact = (label: string, value: string): void =>
    void rows.push([{ text: label.padEnd(10), color: 'muted' }, { text: fit(value, width - 10) }]);
  fact('prompts', `${prompts}${requests > prompts ? ` · ${requests} requests` : ''}`);
  fact('tools', facts.tools);
  fact('files', 'only what you paste');
  if (facts.commands > 0) fact('commands', `${facts.commands} of your own`);
  return rows;
}

/** What stands for the window of the model while a run is watched. */
function runRows(run: RunView, now: number, width: number): Line[] {
  const { usage } = run;
  const facts: (readonly [string, string])[] = [
    ['agent', run.agent],
    ['model', run.model],
    ['started', `${since(now - run.createdAt)}, ${run.startedBy}`],
    ...(run.repository === undefined ? [] : [['repository', run.repository] as const]),
    ...(run.endedAt === undefined ? [] : [['took', duration(run.endedAt - run.createdAt)] as const]),
    ['tokens', `${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out`],
    ['cost', `$${(usage.costMicros / 1e6).toFixed(4)}`],
  ];
  return [
    title('Run'),
    ...wrapSpans([{ text: run.title }], width).slice(0, 3),
    ...facts.map(([label, value]): Line => [{ text: label.padEnd(11), color: 'muted' }, { text: fit(value, width - 11) }]),
  ];
}

function mcpRows({ mcp }: CockpitState, width: number, most: number): Line[] {
  const servers = known(mcp) ?? [];
  const text = mcpNote(mcp);
  const rows: Line[] = [title('MCP')];
  if (text !== '') rows.push(...note(text, width));
  const shown = servers.length > most - 1 ? servers.slice(0, Math.max(1, most - 2)) : servers;
  for (const server of shown) {
    const spans = mcpSpan(server);
    const name = spans.at(-1);
    rows.push(name === undefined ? spans : [...spans.slice(0, -1), { ...name, text: fit(name.text, width - 2) }]);
  }
  if (shown.length < servers.length) rows.push(...note(`+${servers.length - shown.length} more · /mcp`, width));
  return rows;
}

const count = (value: number): string => value.toLocaleString('en-US');

const short = (tokens: number): string =>
  tokens >= 1_000_000 ? `${(tokens / 1_000_000).toFixed(1).replace('.0', '')}M` : `${Math.round(tokens / 1_000)}k`;

import { known, type Loaded, type McpRow } from '../state/platform.ts';
import { fit, type Line, type Span } from '../text/lines.ts';
import { stringWidth } from '../text/width.ts';

/** One server in a few cells. */
export const mcpSpan = ({ name, problem }: McpRow): Span[] => [
  problem === undefined ? { text: '✓ ', color: 'good' } : { text: '✗ ', color: 'bad' },
  { text: name },
];

/** What stands where no server can be listed. */
export function mcpNote(mcp: Loaded<readonly McpRow[]>): string {
  switch (mcp.state) {
    case 'none':
      return 'come with a Mogplex account';
    case 'loading':
      return 'reading …';
    case 'failed':
      return 'could not be read · /mcp';
    case 'ready':
      return mcp.value.length === 0 ? 'none yet · /mcp says where to add one' : '';
  }
}

/**
 * The strip above the composer: the account's MCP servers and which of them cannot be used. No row without an account:
 * there is nothing to be said then.
 */
export function mcpStrip(mcp: Loaded<readonly McpRow[]>, width: number): Line[] {
  if (mcp.state === 'none') return [];
  const servers = known(mcp) ?? [];
  const label: Span = { text: ' MCP ', color: 'muted', bold: true };
  if (servers.length === 0 || mcp.state === 'failed') return [[label, { text: fit(` ${mcpNote(mcp)}`, width - 5), color: 'muted' }]];
  const spans: Span[] = [label];
  let used = 5;
  for (const [at, server] of servers.entries()) {
    const next = mcpSpan(server);
    const cells = 2 + next.reduce((sum, span) => sum + stringWidth(span.text), 0);
    const rest = `  +${servers.length - at} more`;
    if (used + cells > width - rest.length && at < servers.length) {
      spans.push({ text: rest, color: 'muted' });
      break;
    }
    spans.push({ text: '  ' }, ...next);
    used += cells;
  }
  return [spans];
}

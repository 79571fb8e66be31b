import { Box, useCursor } from 'ink';
import type { ReactNode } from 'react';
import type { Cockpit } from './controller.ts';
import { currentSuggestions } from './input/completion.ts';
import { type ComposerRows, composerRows } from './panels/composer.ts';
import { drawerRows, drawerWants } from './panels/drawer.ts';
import { footRow, workingRow } from './panels/foot.ts';
import { headerRows } from './panels/header.ts';
import { mcpStrip } from './panels/mcp.ts';
import { Rows } from './panels/rows.tsx';
import { beside, sideRows, sideWidth } from './panels/side.ts';
import { suggestionRows } from './panels/suggestions.ts';
import type { TimelineRows } from './panels/timeline.ts';
import { welcomeRows } from './panels/welcome.ts';
import { shownTimeline } from './state/reduce.ts';
import type { CockpitState } from './state/state.ts';
import { fit, type Line } from './text/lines.ts';

interface Props {
  cockpit: Cockpit;
  state: CockpitState;
  rows: TimelineRows;
  width: number;
  height: number;
}

const ALERT = { info: 'muted', warn: 'warn', error: 'bad' } as const;

/** Below this many rows suggestions share one row, so that something is left of the conversation. */
const LOW = 18;

/** Header, conversation or drawer, panels, MCP strip, alerts, composer: every row is counted, so the screen never scrolls. */
export function SessionScreen({ cockpit, state, rows, width, height }: Props): ReactNode {
  const rule: Line = [{ text: '─'.repeat(width), color: 'muted' }];
  const header = [...headerRows(state, width), rule];
  const side = sideWidth(state, width, height);
  const composer = compose(cockpit, state, width);
  const strip = side === 0 ? mcpStrip(state.mcp, width) : [];
  const above = [...alertRows(cockpit, state, width, height), ...strip, rule];
  const foot = [...above, ...composer.lines, footRow(state, width)];
  const room = Math.max(1, height - header.length - foot.length);
  const { setCursorPosition } = useCursor();
  const composing = state.focus === 'composer' && state.drawer === undefined;
  setCursorPosition(composing ? { x: composer.cursor.x, y: header.length + room + above.length + composer.cursor.y } : undefined);
  const main = width - (side === 0 ? 0 : side + 1);
  const body = state.drawer === undefined ? conversation(cockpit, state, rows, main, room) : drawerBody(cockpit, state, rows, main, room);
  const facts = { now: cockpit.ports.now(), tools: cockpit.toolsInWords(), commands: cockpit.custom.length };
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      <Rows lines={header} height={header.length} />
      <Rows lines={side === 0 ? body : beside(body, sideRows(state, facts, side, room), main + 1)} height={room} />
      <Rows lines={foot} height={foot.length} />
    </Box>
  );
}

function conversation(cockpit: Cockpit, state: CockpitState, rows: TimelineRows, width: number, height: number): Line[] {
  const items = shownTimeline(state);
  cockpit.scroller = { page: Math.max(1, height - 2), move: (anchor, by) => rows.move(items, width, height, anchor, by), drawerEnd: 0 };
  const { lines, below } = rows.window(items, width, height, state.scroll);
  if (below > 0 && state.scroll !== undefined && lines.length > 0) {
    const fresh = Math.max(0, below - state.scroll.below);
    const news = fresh === 0 ? '' : ` · ${fresh} new`;
    lines[lines.length - 1] = [{ text: fit(`  ↓ ${below} more rows${news} · PageDown`, width), color: fresh === 0 ? 'muted' : 'accent' }];
  }
  const empty = state.run === undefined && items.every((item) => item.kind === 'notice');
  return empty ? [...lines, ...welcomeRows(state, width, height - lines.length)] : lines;
}

function drawerBody(cockpit: Cockpit, state: CockpitState, rows: TimelineRows, width: number, height: number): Line[] {
  const { drawer } = state;
  if (drawer === undefined) return [];
  const wanted = drawerWants(drawer, width);
  const tall = Math.min(height, Math.max(6, wanted));
  cockpit.scroller.drawerEnd = Math.max(0, wanted - tall + (drawer.kind === 'list' ? 1 : 0));
  const behind = height - tall;
  const above = behind === 0 ? [] : rows.window(shownTimeline(state), width, behind, state.scroll).lines;
  const padding = Array.from({ length: behind - above.length }, (): Line => []);
  return [...above, ...padding, ...drawerRows(drawer, width, tall)];
}

function compose(cockpit: Cockpit, state: CockpitState, width: number): ComposerRows {
  cockpit.columns = width;
  return composerRows(state.editor, width, placeholder(state));
}

function placeholder(state: CockpitState): string {
  if (state.run !== undefined) return 'You are watching a run · /detach, /cancel, /help';
  return state.timeline.every((item) => item.kind === 'notice') ? 'Ask something, or type / for commands' : '';
}

function alertRows(cockpit: Cockpit, state: CockpitState, width: number, height: number): Line[] {
  const rows: Line[] = [...workingRow(state, width)];
  const found = currentSuggestions(cockpit, state);
  if (found.length > 0 && state.focus === 'composer' && state.drawer === undefined) {
    const texts = found.slice(0, 12).map(({ text }) => text);
    if (height < LOW) rows.push([{ text: fit(` ${texts.join('  ')}`, width), color: 'muted' }]);
    else rows.push(...suggestionRows(found, state.completion?.index, width));
  }
  if (state.alert !== undefined) rows.push([{ text: fit(` ${state.alert.text}`, width), color: ALERT[state.alert.level] }]);
  return rows;
}

import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Cockpit } from './controller.ts';
import { currentSuggestions } from './input/completion.ts';
import { composerRows } from './panels/composer.ts';
import { drawerRows } from './panels/drawer.ts';
import { headerRows } from './panels/header.ts';
import { Rows } from './panels/rows.tsx';
import type { TimelineRows } from './panels/timeline.ts';
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

/** Header, conversation or drawer, alerts, composer: every row is counted, so the screen never scrolls. */
export function SessionScreen({ cockpit, state, rows, width, height }: Props): ReactNode {
  const rule: Line = [{ text: '─'.repeat(width), color: 'muted' }];
  const header = [...headerRows(state, width), rule];
  const composer = composerRows(state.editor, width, state.focus === 'composer' && state.drawer === undefined, placeholder(state));
  const foot = [...alertRows(cockpit, state, width), rule, ...composer, footer(state, width)];
  const room = Math.max(1, height - header.length - foot.length);
  const body = state.drawer === undefined ? conversation(cockpit, state, rows, width, room) : drawerBody(state, rows, width, room);
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      <Rows lines={header} height={header.length} />
      <Rows lines={body} height={room} />
      <Rows lines={foot} height={foot.length} />
    </Box>
  );
}

function conversation(cockpit: Cockpit, state: CockpitState, rows: TimelineRows, width: number, height: number): Line[] {
  const { lines, hidden } = rows.window(state.timeline, width, height, state.scroll);
  cockpit.scrolledTo = hidden;
  if (hidden > 0 && lines.length > 0) lines[lines.length - 1] = [{ text: `  ↓ ${hidden} more rows · PageDown`, color: 'muted' }];
  return lines;
}

function drawerBody(state: CockpitState, rows: TimelineRows, width: number, height: number): Line[] {
  const { drawer } = state;
  if (drawer === undefined) return [];
  const wanted = (drawer.kind === 'list' ? drawer.items.length : drawer.rows.length) + 3;
  const tall = Math.min(height, Math.max(6, wanted));
  const behind = height - tall;
  const above = behind === 0 ? [] : rows.window(state.timeline, width, behind, state.scroll).lines;
  const padding = Array.from({ length: behind - above.length }, (): Line => []);
  return [...above, ...padding, ...drawerRows(drawer, width, tall)];
}

function placeholder(state: CockpitState): string {
  return state.timeline.every((item) => item.kind === 'notice') ? 'Ask something, or type / for commands' : '';
}

function alertRows(cockpit: Cockpit, state: CockpitState, width: number): Line[] {
  const found = currentSuggestions(cockpit, state);
  const rows: Line[] = [];
  if (found.length > 0 && state.focus === 'composer' && state.drawer === undefined) {
    rows.push([{ text: fit(` ${found.slice(0, 12).join('  ')}`, width), color: 'muted' }]);
  }
  if (state.alert !== undefined) rows.push([{ text: fit(` ${state.alert.text}`, width), color: ALERT[state.alert.level] }]);
  return rows;
}

function footer(state: CockpitState, width: number): Line {
  const keys =
    state.focus === 'timeline'
      ? '↑↓ scroll · q leave · Enter back to the composer'
      : state.turn === 'idle'
        ? 'Enter send · Shift+Enter new line · Ctrl+P commands · /help'
        : 'Ctrl+C interrupt';
  return [{ text: fit(` ${keys}`, width), color: 'muted' }];
}

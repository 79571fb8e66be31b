import type { Key } from 'ink';
import type { Cockpit } from '../controller.ts';
import { chooseInDrawer } from '../drawers/choose.ts';
import { filtered } from '../drawers/list.ts';
import type { Drawer, ListDrawer, TextDrawer } from '../state/state.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';

const PAGE = 10;

/** Handles one key while a drawer is open, or the text of several that came at once. */
export function drawerKey(cockpit: Cockpit, drawer: Drawer, input: string, key: Key): void {
  if (key.escape) return cockpit.escape();
  if (key.return || input === '\r') return choose(cockpit);
  switch (drawer.kind) {
    case 'confirm':
      return confirmKey(cockpit, input);
    case 'text':
      return textKey(cockpit, drawer, input, key);
    case 'list':
      return listKey(cockpit, drawer, input, key);
  }
}

/** A pasted text narrows a list, and does nothing else in a drawer. */
export function drawerPaste(cockpit: Cockpit, drawer: Drawer, text: string): void {
  if (drawer.kind !== 'list' || drawer.name === 'tool') return;
  set(cockpit, { ...drawer, filter: drawer.filter + sanitiseLine(text.trim(), 200), index: 0 });
}

function choose(cockpit: Cockpit): void {
  chooseInDrawer(cockpit).catch(async (error: unknown) => await cockpit.report(error));
}

const set = (cockpit: Cockpit, drawer: Drawer): void => cockpit.store.update((state) => ({ ...state, drawer }));

function confirmKey(cockpit: Cockpit, input: string): void {
  if (input === 'y') choose(cockpit);
  else if (input === 'n') cockpit.escape();
}

function textKey(cockpit: Cockpit, drawer: TextDrawer, input: string, key: Key): void {
  if (input === 'r' && drawer.name === 'mcp') void cockpit.command('mcp', '');
  else set(cockpit, { ...drawer, scroll: scrolled(cockpit, drawer.scroll, rowsOf(key)) });
}

function listKey(cockpit: Cockpit, drawer: ListDrawer, input: string, key: Key): void {
  if (drawer.intro !== undefined && (key.pageUp || key.pageDown)) {
    return set(cockpit, { ...drawer, introScroll: scrolled(cockpit, drawer.introScroll ?? 0, rowsOf(key)) });
  }
  const by = rowsOf(key);
  if (by !== 0) {
    const count = Math.max(1, filtered(drawer).length);
    const around = Math.abs(by) === 1 ? (drawer.index + by + count) % count : drawer.index + by;
    return set(cockpit, { ...drawer, index: Math.max(0, Math.min(count - 1, around)) });
  }
  // What was meant for the composer chooses nothing and hides no answer of a question.
  if (drawer.name === 'tool') return;
  if (key.backspace || key.delete) set(cockpit, { ...drawer, filter: drawer.filter.slice(0, -1), index: 0 });
  else if (input !== '' && !key.ctrl && !key.meta && !key.tab) {
    set(cockpit, { ...drawer, filter: drawer.filter + sanitise(input).replaceAll('\n', ''), index: 0 });
    if (input.endsWith('\r')) choose(cockpit);
  }
}

const rowsOf = (key: Key): number => (key.upArrow ? -1 : key.downArrow ? 1 : key.pageUp ? -PAGE : key.pageDown ? PAGE : 0);

const scrolled = (cockpit: Cockpit, from: number, by: number): number => Math.max(0, Math.min(cockpit.scroller.drawerEnd, from + by));

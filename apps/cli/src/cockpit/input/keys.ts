import type { Key } from 'ink';
import type { Cockpit } from '../controller.ts';
import type { CockpitState } from '../state/state.ts';
import { sanitise } from '../text/sanitise.ts';
import { complete, moveSuggestion } from './completion.ts';
import { drawerKey, drawerPaste } from './drawer-keys.ts';
import * as edit from './editor.ts';

/** Handles one key, or the text of several that came at once. */
export function handleKey(cockpit: Cockpit, input: string, key: Key): void {
  if (key.eventType === 'release') return;
  if (key.ctrl && input === 'c') return cockpit.interrupt();
  if (key.ctrl && input === 'l') return cockpit.redraw();
  const { view, drawer, focus } = cockpit.state;
  if (view === 'login') return /^\r{2,}$/.test(input) ? enters(cockpit, input.length) : loginKey(cockpit, input, key);
  if (drawer !== undefined) return drawerKey(cockpit, drawer, input, key);
  if (key.escape) return cockpit.escape();
  if (key.ctrl && (input === 'p' || (input === 'k' && cockpit.state.editor.text === ''))) return cockpit.openPalette();
  if (key.ctrl && input === 't') return cockpit.store.update((state) => ({ ...state, panels: !state.panels }));
  if (key.tab && key.shift) return void cockpit.nextMode();
  if (key.pageUp) return cockpit.scroll(cockpit.scroller.page);
  if (key.pageDown) return cockpit.scroll(-cockpit.scroller.page);
  if (focus === 'timeline') return timelineKey(cockpit, input, key);
  composerKey(cockpit, input, key);
}

/** Handles a text that was pasted as one: it never sends itself. */
export function handlePaste(cockpit: Cockpit, text: string): void {
  const { view, drawer } = cockpit.state;
  if (view !== 'session') return;
  if (drawer !== undefined) drawerPaste(cockpit, drawer, text);
  else {
    cockpit.store.update((state) => ({
      ...state,
      focus: 'composer',
      completion: undefined,
      editor: edit.insert(state.editor, sanitise(text)),
    }));
  }
}

/** Enter so many times in one piece, until something other than a list is up. */
function enters(cockpit: Cockpit, count: number): void {
  for (let left = count; left > 0 && /^(?:choose|providers)$/.test(cockpit.login.step.step); left--) void cockpit.login.choose();
}

function loginKey(cockpit: Cockpit, input: string, key: Key): void {
  const { login } = cockpit;
  const { step } = login.step;
  const inFlow = step === 'browser' || step === 'device' || step === 'starting' || step === 'failed';
  if (key.escape) login.back();
  else if (key.upArrow) login.move(-1);
  else if (key.downArrow || key.tab) login.move(1);
  else if (key.return) void login.choose();
  else if (inFlow && input === 'c') login.copy();
  else if (inFlow && input === 'd' && step !== 'device') void login.retry(true);
  else if (inFlow && input === 'b' && step !== 'browser') void login.retry(false);
  else if (input === 'q' && !inFlow && !cockpit.state.canLeaveLogin) cockpit.leave(0);
}

function timelineKey(cockpit: Cockpit, input: string, key: Key): void {
  if (input === 'q' && !key.ctrl && !key.meta) return cockpit.leave(0);
  if (key.upArrow || input === 'k') return cockpit.scroll(1);
  if (key.downArrow || input === 'j') return cockpit.scroll(-1);
  if (input === ' ') return cockpit.scroll(-cockpit.scroller.page);
  if (key.home || input === 'g') return cockpit.scroll(Number.MAX_SAFE_INTEGER);
  if (key.end || input === 'G') return cockpit.scroll(Number.MIN_SAFE_INTEGER);
  if (key.return || input === 'i' || input === '/') {
    cockpit.store.update((state) => ({ ...state, focus: 'composer' }));
    if (input === '/') insertText(cockpit, '/');
  } else if (/^[^\p{C}]+$/u.test(input) && !key.ctrl && !key.meta && !key.super) {
    // Who types a word means the composer.
    cockpit.store.update((state) => ({ ...state, focus: 'composer' }));
    insertText(cockpit, sanitise(input));
  }
}

function composerKey(cockpit: Cockpit, input: string, key: Key): void {
  if (key.return) {
    if (key.shift || key.meta) insertText(cockpit, '\n');
    else void cockpit.submit();
    return;
  }
  if (key.ctrl && input === 'd' && cockpit.state.editor.text === '' && cockpit.state.turn === 'idle') return cockpit.interrupt();
  if (key.tab) return complete(cockpit);
  if ((key.upArrow || key.downArrow) && moveSuggestion(cockpit, key.upArrow ? -1 : 1)) return;
  const change = editing(input, key, cockpit.columns);
  if (change !== undefined) {
    cockpit.store.update((state) => ({ ...state, completion: undefined, editor: change(state.editor) }));
  } else if (input !== '' && !key.ctrl && !key.meta && !key.super) typed(cockpit, input);
}

// oxlint-disable-next-line no-control-regex
const CONTROL = /([\u0001-\u001a])/;

/**
 * Keys that came in one piece, since the program was busy when they were typed: each line end sends. Where a terminal does not mark
 * what is pasted it may be a paste: only a line end at its very end sends, one inside is a new line.
 */
function typed(cockpit: Cockpit, input: string): void {
  const first = input.indexOf('\r') + 1;
  if (cockpit.ports.marksPastes && first > 0 && first < input.length) {
    typed(cockpit, input.slice(0, first));
    const { view, drawer, focus } = cockpit.state;
    // What opened meanwhile was not seen when the rest was typed, and is not answered by it.
    if (view === 'session' && drawer === undefined && focus === 'composer') typed(cockpit, input.slice(first));
    return;
  }
  const sends = input.endsWith('\r');
  for (const part of (sends ? input.slice(0, -1) : input).split(CONTROL)) {
    const control = CONTROL.test(part) ? CTRL[String.fromCharCode(part.charCodeAt(0) + 0x60)] : undefined;
    if (part === '\t') complete(cockpit);
    else if (control !== undefined) cockpit.store.update((state) => ({ ...state, completion: undefined, editor: control(state.editor) }));
    else if (part !== '') insertText(cockpit, sanitise(part));
  }
  if (sends) void cockpit.submit();
}

function insertText(cockpit: Cockpit, text: string): void {
  cockpit.store.update((state) => ({ ...state, completion: undefined, editor: edit.insert(state.editor, text) }));
  cockpit.lists.prepare();
}

const CTRL: Readonly<Record<string, (editor: CockpitState['editor']) => CockpitState['editor']>> = {
  a: edit.moveLineStart,
  e: edit.moveLineEnd,
  b: edit.moveLeft,
  f: edit.moveRight,
  u: edit.deleteToLineStart,
  k: edit.deleteToLineEnd,
  w: edit.deleteWord,
  h: edit.backspace,
  d: edit.deleteForward,
  j: (editor) => edit.insert(editor, '\n'),
};

function editing(input: string, key: Key, columns: number): ((editor: CockpitState['editor']) => CockpitState['editor']) | undefined {
  if (key.leftArrow) return key.ctrl || key.meta ? edit.moveWordLeft : edit.moveLeft;
  if (key.rightArrow) return key.ctrl || key.meta ? edit.moveWordRight : edit.moveRight;
  if (key.upArrow) return (editor) => edit.moveUp(editor, columns);
  if (key.downArrow) return (editor) => edit.moveDown(editor, columns);
  if (key.home) return edit.moveLineStart;
  if (key.end) return edit.moveLineEnd;
  if (key.backspace) return key.meta || key.ctrl ? edit.deleteWord : edit.backspace;
  if (key.delete) return edit.deleteForward;
  if (key.ctrl) return CTRL[input];
  return input === '\n' ? CTRL['j'] : undefined;
}

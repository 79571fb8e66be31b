import { type RunView, isOver } from '../state/run.ts';
import type { CockpitState } from '../state/state.ts';
import { fit, type Line, type Span } from '../text/lines.ts';
import { duration } from '../text/time.ts';
import { stringWidth } from '../text/width.ts';
import { money } from './header.ts';

/** Milliseconds between two pictures of the sign of life; also how often the clock of a turn tells the time. */
export const SIGN_MS = 125;

const SIGNS = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

const DOING: Readonly<Record<CockpitState['turn'], string>> = {
  idle: '',
  waiting: 'Waiting for the model',
  streaming: 'Answering',
  interrupting: 'Interrupting',
};

/** What is going on, for how long, and how it is stopped; no row when nothing is. */
export function workingRow(state: CockpitState, width: number): Line[] {
  const work = workOf(state);
  if (work === undefined) return [];
  const sign = SIGNS[Math.floor(state.now / SIGN_MS) % SIGNS.length] ?? SIGNS.charAt(0);
  const text = `${work.text} · ${duration(state.now - work.since)} · ${work.stop}`;
  return [
    [
      { text: ` ${sign} `, color: 'accent' },
      { text: fit(text, width - 3), color: 'muted' },
    ],
  ];
}

function workOf({ asking, run, turn, turnStarted }: CockpitState): { text: string; since: number; stop: string } | undefined {
  if (asking !== undefined) return { ...asking, stop: 'Esc stops' };
  if (run !== undefined)
    return isOver(run.status) ? undefined : { text: runWork(run), since: run.createdAt, stop: '/cancel stops it · /detach leaves it' };
  return turn === 'idle' ? undefined : { text: DOING[turn], since: turnStarted, stop: 'Ctrl+C interrupts' };
}

function runWork({ status, cancelRequested, line }: RunView): string {
  if (line === 'lost') return 'The line is lost, trying again';
  if (cancelRequested) return 'The run is being stopped';
  return status === 'pending' ? 'Waiting for a worker' : 'The run is under way';
}

/** Cells that the keys get before anything is said beside them. */
const LEAST_KEYS = 22;

/** The last row: keys at the left, tokens and cost of the session at the right. */
export function footRow(state: CockpitState, width: number): Line {
  const used = money(state.usage);
  const { used: tokens, length } = state.context;
  const full = length === undefined || tokens === 0 ? used : `${used} · ${percent(tokens / length)} of context`;
  const shown = [full, used].find((text) => width - stringWidth(text) - 4 >= LEAST_KEYS) ?? '';
  const right: Span = { text: `${shown} `, color: 'muted' };
  const left = keysThatFit(state, width - stringWidth(right.text) - 3);
  const gap = ' '.repeat(Math.max(1, width - 1 - stringWidth(left) - stringWidth(right.text)));
  return [{ text: ` ${left}`, color: 'muted' }, { text: gap }, right];
}

/** A part of a whole: `0 %`, `< 1 %`, `37 %`. */
export const percent = (part: number): string => (part > 0 && part < 0.01 ? '< 1 %' : `${Math.round(Math.min(1, part) * 100)} %`);

function keysThatFit({ focus, run, turn }: CockpitState, room: number): string {
  const keys =
    focus === 'timeline'
      ? ['↑↓ scroll', 'q leave', 'Enter back to the composer']
      : run !== undefined
        ? ['/detach back to your conversation', 'PageUp scroll', 'Ctrl+P commands']
        : turn === 'idle'
          ? ['Enter send', 'Ctrl+J new line', 'Ctrl+P commands', '/help']
          : ['Ctrl+C interrupt', 'PageUp scroll', 'Ctrl+P commands'];
  let text = '';
  for (const key of keys) {
    const longer = text === '' ? key : `${text} · ${key}`;
    if (stringWidth(longer) > room && text !== '') break;
    text = longer;
  }
  return fit(text, Math.max(1, room));
}

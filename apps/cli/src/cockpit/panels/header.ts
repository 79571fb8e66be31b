import { isOver, type RunView } from '../state/run.ts';
import type { CockpitState, ModelUsage } from '../state/state.ts';
import { fit, type Line, type Span } from '../text/lines.ts';
import { stringWidth } from '../text/width.ts';
import { RUN_LOOK } from './run-look.ts';

const TURN: Readonly<Record<CockpitState['turn'], string>> = {
  idle: 'ready',
  waiting: 'waiting for the model',
  streaming: 'answering',
  interrupting: 'interrupting',
};

const LINE: Readonly<Record<RunView['line'], Span>> = {
  connecting: { text: 'connecting', color: 'muted' },
  live: { text: 'live', color: 'good' },
  lost: { text: 'line lost, trying again', color: 'warn' },
  closed: { text: 'ended', color: 'muted' },
};

/**
 * The two rows above the conversation. The credential is the last to be shortened: a person must always see which
 * one is in use (statement A13).
 */
export function headerRows({ header, turn, run }: CockpitState, width: number): Line[] {
  const place = header.branch === undefined ? header.repository : `${header.repository} · ${header.branch}`;
  const credential: Span = { text: header.credential, ...(header.overridden ? { color: 'warn' } : { color: 'good' }) };
  const left: Span[] = [
    { text: 'mogplex', bold: true, color: 'accent' },
    { text: `  ${place}`, color: 'muted' },
  ];
  const model: Span = { text: header.model ?? 'no model', bold: true };
  const facts = [header.mode, TURN[turn], header.connection].filter((fact) => fact !== '');
  const rows = [spread(left, [model], width), spread([credential], shortened(facts, width - stringWidth(header.credential) - 2), width)];
  return run === undefined ? rows : [...rows, runRow(run, width)];
}

/** The facts that fit, the first ones first. */
function shortened(facts: readonly string[], room: number): Span[] {
  let text = '';
  for (const fact of facts) {
    const longer = text === '' ? fact : `${text} · ${fact}`;
    if (stringWidth(longer) > room) break;
    text = longer;
  }
  return text === '' ? [] : [{ text, color: 'muted' }];
}

/** The run that is being watched: its state, model and starter, and whether its events come in (statement A15). */
function runRow(run: RunView, width: number): Line {
  const { mark, color } = RUN_LOOK[run.status];
  const stopping = run.cancelRequested && !isOver(run.status) ? ', stopping' : '';
  const line = LINE[run.line];
  const state: Span[] = [
    { text: `${mark} `, color },
    { text: run.id, bold: true },
    { text: ` ${run.status}${stopping}`, color },
    { text: ` · ${line.text}`, ...(line.color === undefined ? {} : { color: line.color }) },
  ];
  const { inputTokens, outputTokens, costMicros } = run.usage;
  const cost =
    inputTokens + outputTokens === 0
      ? ''
      : `${(inputTokens + outputTokens).toLocaleString('en-US')} tok · $${(costMicros / 1e6).toFixed(4)}`;
  const used = state.reduce((sum, span) => sum + stringWidth(span.text), 0);
  return spread(
    state,
    shortened(
      [run.model, run.startedBy, cost].filter((fact) => fact !== ''),
      width - used - 2,
    ),
    width,
  );
}

/** Tokens and cost of the session in a few words. */
export function money(usage: readonly ModelUsage[]): string {
  const tokens = usage.reduce((sum, entry) => sum + entry.inputTokens + entry.outputTokens, 0);
  const priced = usage.filter((entry) => entry.cost !== undefined);
  const cost = priced.reduce((sum, entry) => sum + (entry.cost ?? 0), 0);
  const amount = priced.length === 0 ? '' : ` · $${cost.toFixed(4)}${priced.length < usage.length ? '+' : ''}`;
  return `${tokens.toLocaleString('en-US')} tok${amount}`;
}

/** One row with `left` at its left and `right` at its right edge; the right one gives way. */
function spread(left: readonly Span[], right: readonly Span[], width: number): Line {
  const leftText = left.map((span) => span.text).join('');
  const leftWidth = Math.min(width, stringWidth(leftText));
  const rightRoom = width - leftWidth - 2;
  const [only] = right;
  if (rightRoom < 6 || only === undefined) return left.map((span, at) => (at === left.length - 1 ? fitLast(left, span, width) : span));
  const shown = fit(only.text, rightRoom);
  return [...left, { text: ' '.repeat(width - leftWidth - stringWidth(shown)) }, { ...only, text: shown }];
}

function fitLast(spans: readonly Span[], last: Span, width: number): Span {
  const before = spans.slice(0, -1).reduce((sum, span) => sum + stringWidth(span.text), 0);
  return { ...last, text: fit(last.text, Math.max(1, width - before)) };
}

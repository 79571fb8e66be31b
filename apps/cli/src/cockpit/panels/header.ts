import type { CockpitState, ModelUsage } from '../state/state.ts';
import { fit, type Line, type Span } from '../text/lines.ts';
import { stringWidth } from '../text/width.ts';

const TURN: Readonly<Record<CockpitState['turn'], string>> = {
  idle: 'ready',
  waiting: 'waiting for the model',
  streaming: 'answering',
  interrupting: 'interrupting',
};

/**
 * The two rows above the conversation. The credential is the last to be shortened: a person must always see which
 * one is in use (statement A13).
 */
export function headerRows({ header, turn, usage }: CockpitState, width: number): Line[] {
  const place = header.branch === undefined ? header.repository : `${header.repository} · ${header.branch}`;
  const credential: Span = { text: header.credential, ...(header.overridden ? { color: 'warn' } : { color: 'good' }) };
  const left: Span[] = [
    { text: 'mogplex', bold: true, color: 'accent' },
    { text: `  ${place}`, color: 'muted' },
  ];
  const model: Span = { text: header.model ?? 'no model', bold: true };
  const facts = [header.mode, TURN[turn], header.connection, money(usage)].filter((fact) => fact !== '');
  return [spread(left, [model], width), spread([credential], [{ text: facts.join(' · '), color: 'muted' }], width)];
}

/** Tokens and cost of the session in a few words. */
export function money(usage: readonly ModelUsage[]): string {
  const tokens = usage.reduce((sum, entry) => sum + entry.inputTokens + entry.outputTokens, 0);
  const priced = usage.filter((entry) => entry.cost !== undefined);
  const cost = priced.reduce((sum, entry) => sum + (entry.cost ?? 0), 0);
  const amount = priced.length === 0 ? '' : ` · $${cost.toFixed(4)}`;
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

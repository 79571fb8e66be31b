import type { Level, TimelineItem } from './state.ts';

export type RunStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** Whether a run in this state has ended. */
export const isOver = (status: RunStatus): boolean => status !== 'pending' && status !== 'running';

/** What became of a run that is over, in words. */
export const ending = (status: RunStatus): string => (status === 'cancelled' ? 'was cancelled' : `has ${status}`);

/** The run that the cockpit is attached to. Texts are sanitised before they get here. */
export interface RunView {
  readonly id: string;
  readonly status: RunStatus;
  readonly title: string;
  readonly agent: string;
  readonly model: string;
  readonly repository: string | undefined;
  /** Who started it, from where. */
  readonly startedBy: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  readonly cancelRequested: boolean;
  /** Tokens and micro-dollars as the ledger booked them. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly costMicros: number };
  readonly lastSeq: number;
  /** Whether its events come in; `lost` while the line is being tried again, `closed` when it is not any more. */
  readonly line: 'connecting' | 'live' | 'lost' | 'closed';
  readonly timeline: readonly TimelineItem[];
}

/** What a run tells the screen. */
export type RunPiece =
  | { type: 'text'; seq: number; text: string }
  | { type: 'message'; seq: number; role: 'user' | 'assistant'; text: string; truncated: boolean }
  | { type: 'status'; seq: number; status: RunStatus; at: number }
  | { type: 'usage'; seq: number; usage: RunView['usage'] }
  | { type: 'notice'; seq: number; level: Level; text: string; cancelRequested: boolean; restarted: boolean }
  | { type: 'line'; line: RunView['line'] };

type Add = (item: RunItem) => TimelineItem;
type WithoutId<T> = T extends TimelineItem ? Omit<T, 'id'> : never;
export type RunItem = WithoutId<TimelineItem>;

/**
 * The run after one piece.
 *
 * @param timeline its entries, changed in place: the caller copies them once per batch
 * @param add gives an entry its id
 */
export function reduceRun(run: RunView, timeline: TimelineItem[], piece: RunPiece, add: Add): RunView {
  if (piece.type === 'line') return { ...run, line: piece.line };
  const next = { ...run, lastSeq: piece.seq };
  switch (piece.type) {
    case 'text': {
      const last = timeline.at(-1);
      if (last?.kind === 'answer' && last.state === 'streaming') timeline[timeline.length - 1] = { ...last, text: last.text + piece.text };
      else timeline.push(add({ kind: 'answer', text: piece.text, state: 'streaming' }));
      return next;
    }
    case 'message':
      takeMessage(timeline, piece, add);
      return next;
    case 'status':
      if (isOver(piece.status)) {
        close(timeline, piece.status === 'succeeded' ? 'done' : piece.status === 'cancelled' ? 'interrupted' : 'failed');
        return { ...next, status: piece.status, endedAt: piece.at, line: 'closed' };
      }
      return { ...next, status: piece.status };
    case 'usage':
      return { ...next, usage: piece.usage };
    case 'notice':
      close(timeline, piece.restarted ? 'failed' : 'done');
      timeline.push(add({ kind: 'notice', level: piece.level, text: piece.text }));
      return { ...next, cancelRequested: next.cancelRequested || piece.cancelRequested };
  }
}

/** What an assistant said is whole in the pieces before its message; without pieces the message stands for them. */
function takeMessage(timeline: TimelineItem[], piece: Extract<RunPiece, { type: 'message' }>, add: Add): void {
  if (piece.role === 'user') timeline.push(add({ kind: 'user', text: piece.text }));
  else {
    const last = timeline.at(-1);
    if (last?.kind === 'answer' && last.state === 'streaming') timeline[timeline.length - 1] = { ...last, state: 'done' };
    else timeline.push(add({ kind: 'answer', text: piece.text, state: 'done' }));
  }
  if (piece.truncated && piece.role === 'user')
    timeline.push(add({ kind: 'notice', level: 'info', text: 'The rest of this text is not kept.' }));
}

function close(timeline: TimelineItem[], how: 'done' | 'interrupted' | 'failed'): void {
  for (const [at, item] of timeline.entries()) {
    if (item.kind === 'answer' && item.state === 'streaming') timeline[at] = { ...item, state: how };
  }
}

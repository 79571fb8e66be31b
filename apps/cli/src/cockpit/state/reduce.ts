import { reduceRun, type RunItem } from './run.ts';
import type { CockpitState, Level, ModelUsage, TimelineItem, TurnEvent } from './state.ts';

/** The conversation on screen: that of the run that is being watched, else the person's own. */
export const shownTimeline = ({ run, timeline }: CockpitState): readonly TimelineItem[] => run?.timeline ?? timeline;

/** The state after an entry has been added to the conversation on screen. */
export function addItem(state: CockpitState, item: RunItem): CockpitState {
  const timeline = [...shownTimeline(state), { ...item, id: state.nextId } as TimelineItem];
  const nextId = state.nextId + 1;
  return state.run === undefined ? { ...state, timeline, nextId } : { ...state, run: { ...state.run, timeline }, nextId };
}

export const addNotice = (state: CockpitState, level: Level, text: string): CockpitState => addItem(state, { kind: 'notice', level, text });

/**
 * The state after a batch of turn events. The conversation is copied once per batch, not once per event,
 * so that thousands of events that arrive together cost one pass.
 */
export function reduceTurn(state: CockpitState, events: readonly TurnEvent[]): CockpitState {
  if (events.length === 0) return state;
  const timeline = [...state.timeline];
  const watched = state.run === undefined ? [] : [...state.run.timeline];
  let { nextId, turn, usage, context, run } = state;
  const withId = (item: RunItem): TimelineItem => ({ ...item, id: nextId++ }) as TimelineItem;
  const add = (item: RunItem): void => void timeline.push(withId(item));
  for (const event of events) {
    switch (event.type) {
      case 'text':
      case 'reasoning':
        if (turn === 'waiting') turn = 'streaming';
        grow(timeline, event, add);
        break;
      case 'tool-call':
        add({ kind: 'tool', name: event.name, input: event.input });
        break;
      case 'usage':
        usage = addUsage(usage, event);
        context = { ...context, used: event.inputTokens + event.outputTokens };
        break;
      case 'end':
        closeAnswer(timeline, event.how);
        turn = 'idle';
        break;
      case 'run':
        if (run !== undefined) run = reduceRun(run, watched, event.event, withId);
        break;
    }
  }
  return { ...state, timeline, nextId, turn, usage, context, run: run === undefined ? undefined : { ...run, timeline: watched } };
}

function grow(timeline: TimelineItem[], event: { type: 'text' | 'reasoning'; text: string }, add: (item: RunItem) => void): void {
  const last = timeline.at(-1);
  if (event.type === 'reasoning') {
    if (last?.kind === 'reasoning') timeline[timeline.length - 1] = { ...last, text: last.text + event.text };
    else add({ kind: 'reasoning', text: event.text });
  } else if (last?.kind === 'answer' && last.state === 'streaming') {
    timeline[timeline.length - 1] = { ...last, text: last.text + event.text };
  } else {
    add({ kind: 'answer', text: event.text, state: 'streaming' });
  }
}

function closeAnswer(timeline: TimelineItem[], how: 'done' | 'interrupted' | 'failed'): void {
  for (const [at, item] of timeline.entries()) {
    if (item.kind === 'answer' && item.state === 'streaming') timeline[at] = { ...item, state: how };
  }
}

function addUsage(usage: readonly ModelUsage[], event: Extract<TurnEvent, { type: 'usage' }>): readonly ModelUsage[] {
  const before = usage.find((entry) => entry.model === event.model);
  const sum: ModelUsage = {
    model: event.model,
    requests: (before?.requests ?? 0) + 1,
    inputTokens: (before?.inputTokens ?? 0) + event.inputTokens,
    outputTokens: (before?.outputTokens ?? 0) + event.outputTokens,
    cost: event.cost === undefined ? before?.cost : (before?.cost ?? 0) + event.cost,
  };
  return [...usage.filter((entry) => entry.model !== event.model), sum];
}

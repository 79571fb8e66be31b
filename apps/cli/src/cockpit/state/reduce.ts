import type { CockpitState, Level, ModelUsage, TimelineItem, TurnEvent } from './state.ts';

type WithoutId<T> = T extends TimelineItem ? Omit<T, 'id'> : never;

/** The state after an entry has been added to the conversation. */
export function addItem(state: CockpitState, item: WithoutId<TimelineItem>): CockpitState {
  return { ...state, timeline: [...state.timeline, { ...item, id: state.nextId } as TimelineItem], nextId: state.nextId + 1 };
}

export const addNotice = (state: CockpitState, level: Level, text: string): CockpitState => addItem(state, { kind: 'notice', level, text });

/**
 * The state after a batch of turn events. The conversation is copied once per batch, not once per event,
 * so that thousands of events that arrive together cost one pass.
 */
export function reduceTurn(state: CockpitState, events: readonly TurnEvent[]): CockpitState {
  if (events.length === 0) return state;
  const timeline = [...state.timeline];
  let { nextId, turn, usage } = state;
  const add = (item: WithoutId<TimelineItem>): void => {
    timeline.push({ ...item, id: nextId } as TimelineItem);
    nextId += 1;
  };
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
        break;
      case 'end':
        closeAnswer(timeline, event.how);
        turn = 'idle';
        break;
    }
  }
  return { ...state, timeline, nextId, turn, usage };
}

function grow(
  timeline: TimelineItem[],
  event: { type: 'text' | 'reasoning'; text: string },
  add: (item: WithoutId<TimelineItem>) => void,
): void {
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

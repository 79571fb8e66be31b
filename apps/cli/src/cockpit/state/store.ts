import { reduceTurn } from './reduce.ts';
import type { CockpitState, TurnEvent } from './state.ts';

/** Milliseconds that turn events are gathered before the screen hears of them. */
const GATHER_MS = 33;

/** The state of the cockpit and the one way to change it. */
export interface Store {
  readonly get: () => CockpitState;
  /** Calls `listener` after every change; returns the end of that. */
  readonly subscribe: (listener: () => void) => () => void;
  /** A change that a person made: shown at once. */
  update(change: (state: CockpitState) => CockpitState): void;
  /** Something a model said: shown with all that arrives within the next 33 ms. */
  push(event: TurnEvent): void;
}

export function createStore(initial: CockpitState): Store {
  let state = initial;
  let gathered: TurnEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const drain = (): CockpitState => {
    clearTimeout(timer);
    timer = undefined;
    const events = gathered;
    gathered = [];
    return reduceTurn(state, events);
  };
  const set = (next: CockpitState): void => {
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  };
  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    update: (change) => set(change(drain())),
    push(event) {
      gathered.push(event);
      timer ??= setTimeout(() => set(drain()), GATHER_MS);
    },
  };
}

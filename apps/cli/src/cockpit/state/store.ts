import { reduceTurn } from './reduce.ts';
import type { CockpitState, TurnEvent } from './state.ts';

/** Milliseconds that turn events are gathered before the screen hears of them. */
const GATHER_MS = 33;

/** As many events become one picture; more are told in the next ones, so that no picture takes long to draw. */
const MOST_AT_ONCE = 500;

/** The state of the cockpit and the one way to change it. */
export interface Store {
  readonly get: () => CockpitState;
  /** Calls `listener` after every change; returns the end of that. */
  readonly subscribe: (listener: () => void) => () => void;
  /** A change that a person made: shown at once, after everything that was said before it. */
  update(change: (state: CockpitState) => CockpitState): void;
  /** A change that has nothing to do with what is being said, such as the time. */
  aside(change: (state: CockpitState) => CockpitState): void;
  /** Something a model said: shown with all that arrives within the next 33 ms. */
  push(event: TurnEvent): void;
}

export function createStore(initial: CockpitState): Store {
  let state = initial;
  let gathered: TurnEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const drain = (most: number): CockpitState => {
    clearTimeout(timer);
    timer = undefined;
    const events = gathered.slice(0, most);
    gathered = gathered.slice(most);
    return reduceTurn(state, events);
  };
  const tell = (): void => {
    set(drain(MOST_AT_ONCE));
    if (gathered.length > 0) timer ??= setTimeout(tell, GATHER_MS);
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
    update: (change) => set(change(drain(gathered.length))),
    aside: (change) => set(change(state)),
    push(event) {
      gathered.push(event);
      timer ??= setTimeout(tell, GATHER_MS);
    },
  };
}

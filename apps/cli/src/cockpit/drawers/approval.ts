import type { Cockpit } from '../controller.ts';
import type { ListDrawer } from '../state/state.ts';
import { sanitiseLine } from '../text/sanitise.ts';

const waiting = new WeakMap<Cockpit, (yes: boolean) => void>();

/**
 * Asks on screen whether a tool call may run. No stands first, so that an Enter meant for the composer runs nothing, and
 * whatever closes the question without an answer is a no.
 */
export const askTool = (cockpit: Cockpit, { name, input }: { name: string; input: string }): Promise<boolean> =>
  new Promise((resolve) => {
    const tool = sanitiseLine(name, 60);
    const drawer: ListDrawer = {
      kind: 'list',
      name: 'tool',
      title: `The model wants to run ${tool}`,
      items: [
        { id: 'deny', label: 'Do not run it', detail: 'the model is told so' },
        { id: 'allow', label: 'Run it this once', detail: sanitiseLine(input, 400) },
      ],
      filter: '',
      index: 0,
    };
    const unsubscribe = cockpit.store.subscribe(() => {
      if (cockpit.state.drawer?.name !== 'tool') settle(false);
    });
    const settle = (yes: boolean): void => {
      unsubscribe();
      waiting.delete(cockpit);
      resolve(yes);
    };
    waiting.set(cockpit, settle);
    cockpit.store.update((state) => ({ ...state, drawer }));
  });

/** Answers the question on screen. */
export const answerTool = (cockpit: Cockpit, yes: boolean): void => waiting.get(cockpit)?.(yes);

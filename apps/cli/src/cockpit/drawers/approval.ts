import type { Cockpit } from '../controller.ts';
import type { ListDrawer } from '../state/state.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';

const waiting = new WeakMap<Cockpit, (yes: boolean) => void>();

/**
 * Asks on screen whether a tool call may run. No stands first, so that an Enter meant for the composer runs nothing, and
 * whatever closes the question without an answer is a no.
 */
export const askTool = async (cockpit: Cockpit, { name, input }: { name: string; input: string }): Promise<boolean> => {
  const { redactText } = await import('../redact.ts');
  const intro = redactText(readable(input)).split('\n');
  return await new Promise((resolve) => {
    const tool = sanitiseLine(name, 60);
    const drawer: ListDrawer = {
      kind: 'list',
      name: 'tool',
      title: `The model wants to run ${tool}`,
      intro,
      items: [
        { id: 'deny', label: 'Do not run it', detail: 'the model is told so' },
        { id: 'allow', label: 'Run it this once', detail: 'with what stands above' },
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
};

/** What a tool would be called with, in full, one row a field. */
function readable(input: string): string {
  try {
    return sanitise(JSON.stringify(JSON.parse(input), undefined, 2));
  } catch {
    // Not JSON: shown as the model said it.
    return input === '' ? 'without any input' : sanitise(input);
  }
}

/** Answers the question on screen. */
export const answerTool = (cockpit: Cockpit, yes: boolean): void => waiting.get(cockpit)?.(yes);

import type { Cockpit } from '../controller.ts';
import { PROVIDERS } from '@mogplex/protocol';
import { PERMISSION_MODES } from '../ports.ts';
import { suggestions } from '../slash/table.ts';
import type { CockpitState } from '../state/state.ts';
import { replaceText } from './editor.ts';

/** What the typed line can become, for the row above the composer. */
export function currentSuggestions(cockpit: Cockpit, state: CockpitState): readonly string[] {
  const typed = state.completion?.typed ?? state.editor.text;
  return suggestions(
    typed,
    cockpit.custom.map((command) => command.name),
    argumentValues,
  );
}

/** Tab: what all suggestions begin with, then one after the other. */
export function complete(cockpit: Cockpit): void {
  cockpit.store.update((state) => {
    const found = currentSuggestions(cockpit, state);
    const [only] = found;
    if (only === undefined) return state;
    if (found.length === 1) return { ...state, completion: undefined, editor: replaceText(state.editor, `${only} `) };
    const shared = commonStart(found);
    if (state.completion === undefined && shared.length > state.editor.text.length) {
      return { ...state, editor: replaceText(state.editor, shared) };
    }
    const typed = state.completion?.typed ?? state.editor.text;
    const index = state.completion === undefined ? 0 : (state.completion.index + 1) % found.length;
    return { ...state, completion: { typed, index }, editor: replaceText(state.editor, found[index] ?? typed) };
  });
}

function argumentValues(command: string): readonly string[] {
  if (command === 'login') return ['mogplex', ...PROVIDERS.map((provider) => provider.id)];
  if (command === 'permissions') return PERMISSION_MODES.map((mode) => mode.id);
  return [];
}

function commonStart(texts: readonly string[]): string {
  let shared = texts[0] ?? '';
  for (const text of texts) {
    while (!text.startsWith(shared)) shared = shared.slice(0, -1);
  }
  return shared;
}

import { PROVIDERS } from '@mogplex/protocol';
import type { Cockpit } from '../controller.ts';
import { PERMISSION_MODES } from '../ports.ts';
import { type Suggestion, suggestions } from '../slash/table.ts';
import { known } from '../state/platform.ts';
import type { CockpitState } from '../state/state.ts';
import { replaceText } from './editor.ts';

/** What the typed line can become, for the rows above the composer. A line from the history is not being typed. */
export function currentSuggestions(cockpit: Cockpit, state: CockpitState): readonly Suggestion[] {
  if (state.editor.recalled !== undefined) return [];
  const typed = state.completion?.typed ?? state.editor.text;
  const found = suggestions(typed, cockpit.custom, (command) => argumentValues(cockpit, state, command));
  const [only] = found;
  return found.length === 1 && only?.text === typed.trimEnd() ? [] : found;
}

/** Tab: what all suggestions begin with, then one after the other. */
export function complete(cockpit: Cockpit): void {
  cockpit.store.update((state) => {
    const found = currentSuggestions(cockpit, state);
    const [only] = found;
    if (only === undefined) return state;
    if (found.length === 1) return { ...state, completion: undefined, editor: replaceText(state.editor, `${only.text} `) };
    const shared = commonStart(found);
    if (state.completion === undefined && shared.length > state.editor.text.length) {
      return { ...state, editor: replaceText(state.editor, shared) };
    }
    return taken(state, found, 1);
  });
  cockpit.lists.prepare();
}

/** Up and Down among the suggestions. @returns false where there are none to move among */
export function moveSuggestion(cockpit: Cockpit, by: 1 | -1): boolean {
  const found = currentSuggestions(cockpit, cockpit.state);
  if (found.length < 2) return false;
  cockpit.store.update((state) => taken(state, found, by));
  return true;
}

function taken(state: CockpitState, found: readonly Suggestion[], by: 1 | -1): CockpitState {
  const typed = state.completion?.typed ?? state.editor.text;
  const before = state.completion?.index ?? (by === 1 ? -1 : 0);
  const index = (before + by + found.length) % found.length;
  return { ...state, completion: { typed, index }, editor: replaceText(state.editor, found[index]?.text ?? typed) };
}

function argumentValues(cockpit: Cockpit, state: CockpitState, command: string): readonly Suggestion[] {
  switch (command) {
    case 'login':
      return [
        { text: 'mogplex', detail: 'your account, in the browser or by a device code' },
        ...PROVIDERS.map(({ id, label }) => ({ text: id, detail: `${label} API key` })),
        ...cockpit.lists.plugins.map(({ name, serviceName }) => ({ text: name, detail: `login to ${serviceName}` })),
      ];
    case 'model':
      return cockpit.lists.models.map(({ id, detail }) => ({ text: id, detail }));
    case 'permissions':
      return PERMISSION_MODES.map(({ id, detail }) => ({ text: id, detail }));
    case 'attach':
      return (known(state.agents)?.runs ?? []).map(({ id, status, title }) => ({ text: id, detail: `${status} · ${title}` }));
    default:
      return [];
  }
}

function commonStart(found: readonly Suggestion[]): string {
  let shared = found[0]?.text ?? '';
  for (const { text } of found) {
    while (!text.startsWith(shared)) shared = shared.slice(0, -1);
  }
  return shared;
}

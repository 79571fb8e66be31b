import type { Cockpit } from '../controller.ts';
import type { ModelChoice } from '../ports.ts';

/** Ms that a list is waited for. */
const LONGEST_MS = 30_000;

/** What Tab completes the arguments of commands with; read when they are being typed, and not before. */
export class CompletionLists {
  /** For `/model`. */
  models: readonly ModelChoice[] = [];
  /** Providers of plugins, for `/login`. */
  plugins: readonly { name: string; serviceName: string }[] = [];
  readonly #cockpit: Cockpit;
  /** Lists that are being read or were. */
  readonly #asked = new Set<'models' | 'plugins'>();

  constructor(cockpit: Cockpit) {
    this.#cockpit = cockpit;
  }

  /** Reads what the typed line is completed with, once. */
  prepare(): void {
    const { state, store, ports } = this.#cockpit;
    const { text } = state.editor;
    const wants = text.startsWith('/model') ? 'models' : text.startsWith('/login') ? 'plugins' : undefined;
    if (wants === undefined || this.#asked.has(wants)) return;
    this.#asked.add(wants);
    const redraw = (): void => store.update((before) => ({ ...before }));
    const read = async (): Promise<void> => {
      if (wants === 'models') this.models = await (await ports.session()).listModels(AbortSignal.timeout(LONGEST_MS));
      else this.plugins = await ports.signIn.providers();
      redraw();
    };
    // Without the list Tab completes less; the command itself tells what is wrong.
    read().catch(() => this.#asked.delete(wants));
  }

  /** Another credential may bring other models: they are read anew. */
  forget(): void {
    this.models = [];
    this.plugins = [];
    this.#asked.clear();
  }
}

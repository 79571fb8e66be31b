import type { Cockpit } from './controller.ts';
import { SIGN_MS } from './panels/foot.ts';

/** What a person waits for without an answer being under way, such as a list of the platform: it is shown, and it can be stopped. */
export class AskingController {
  readonly #cockpit: Cockpit;
  #underWay: AbortController | undefined;

  constructor(cockpit: Cockpit) {
    this.#cockpit = cockpit;
  }

  /**
   * Waits for `work`, in place of what was waited for before.
   *
   * @param text what is going on, for the person
   * @param work is told by its signal when nobody waits any more
   * @returns what came of it, undefined when it was stopped
   */
  async during<T>(text: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const { store, ports } = this.#cockpit;
    const asking = new AbortController();
    this.#underWay?.abort();
    this.#underWay = asking;
    const since = ports.now();
    // What comes at once is not worth a row that comes and goes.
    const shown = setTimeout(() => store.update((state) => ({ ...state, asking: { text, since }, now: ports.now() })), SIGN_MS);
    const stopped = new Promise<undefined>((resolve) => {
      asking.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    try {
      return await Promise.race([work(asking.signal), stopped]);
    } finally {
      clearTimeout(shown);
      if (this.#underWay === asking) this.#end();
    }
  }

  /** The same for what the person did not ask for: it does not take the place of anything. */
  async beside<T>(text: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    return this.#underWay === undefined ? await this.during(text, work) : await work(new AbortController().signal);
  }

  /** Waits no longer. @returns false where nothing was waited for */
  stop(): boolean {
    const asking = this.#underWay;
    if (asking === undefined) return false;
    this.#end();
    asking.abort();
    return true;
  }

  #end(): void {
    this.#underWay = undefined;
    this.#cockpit.store.update((state) => ({ ...state, asking: undefined }));
  }
}

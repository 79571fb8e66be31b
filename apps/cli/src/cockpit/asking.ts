import type { Cockpit } from './controller.ts';

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
    const now = ports.now();
    store.update((state) => ({ ...state, asking: { text, since: now }, now }));
    const stopped = new Promise<undefined>((resolve) => {
      asking.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    try {
      return await Promise.race([work(asking.signal), stopped]);
    } finally {
      if (this.#underWay === asking) this.#end();
    }
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

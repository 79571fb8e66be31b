import { setImmediate as nextTurn } from 'node:timers/promises';
import { MogplexError } from '@mogplex/protocol';
import type { Cockpit } from '../controller.ts';
import type { Watched } from '../ports.ts';
import { addNotice } from '../state/reduce.ts';
import { ending, isOver, type RunView } from '../state/run.ts';
import { sanitiseLine } from '../text/sanitise.ts';

/** Events are taken for so long, in ms, before keys and frames get their turn. */
const LONGEST_BREATH_MS = 10;

/** Watches a run of the account: its events are shown instead of the person's own conversation (statement A15). */
export class RunController {
  readonly #cockpit: Cockpit;
  #watch: AbortController | undefined;

  constructor(cockpit: Cockpit) {
    this.#cockpit = cockpit;
  }

  /** @returns whether the run is being watched now; why not stands in the conversation */
  async attach(id: string): Promise<boolean> {
    const cockpit = this.#cockpit;
    this.stop();
    const watch = new AbortController();
    this.#watch = watch;
    cockpit.alert('info', `Attaching to ${sanitiseLine(id, 60)} …`);
    try {
      const watched = await cockpit.ports.platform.attach(id, watch.signal, (lost) => this.#line(watch, lost));
      const { runView } = await import('./pieces.ts');
      if (watch.signal.aborted) return false;
      this.#show(runView(watched.run));
      void this.#follow(watched, watch);
      return true;
    } catch (error) {
      if (watch.signal.aborted) return false;
      cockpit.store.update((state) => ({ ...state, alert: undefined }));
      await cockpit.report(withWayOn(error));
      return false;
    }
  }

  /** Stops watching and shows the person's own conversation again; the run goes on. */
  detach(): void {
    const { run } = this.#cockpit.state;
    if (run === undefined) return this.#cockpit.notice('info', 'No run is being watched. /attach <run> watches one, /agents lists them.');
    this.stop();
    const left = isOver(run.status) ? `It ${ending(run.status)}.` : `It goes on; /attach ${run.id} comes back to it.`;
    this.#cockpit.notice('info', `Left ${run.id}. ${left}`);
  }

  /** Ends the watching without a word. */
  stop(): void {
    this.#watch?.abort();
    this.#watch = undefined;
    if (this.#cockpit.state.run === undefined) return;
    this.#cockpit.store.update((state) => ({ ...state, run: undefined, scroll: undefined, alert: undefined }));
  }

  /** Asks the platform for the end of the run that is being watched. */
  async cancel(): Promise<void> {
    const { run } = this.#cockpit.state;
    if (run === undefined) return;
    await this.#cockpit.ports.platform.cancel(run.id);
    this.#cockpit.store.update((state) =>
      state.run?.id === run.id
        ? addNotice({ ...state, run: { ...state.run, cancelRequested: true } }, 'info', 'The end of the run was asked for.')
        : state,
    );
  }

  #show(run: RunView): void {
    this.#cockpit.store.update((state) => ({ ...state, run, scroll: undefined, drawer: undefined, alert: undefined, focus: 'composer' }));
  }

  async #follow({ events }: Watched, watch: AbortController): Promise<void> {
    const { store, ports } = this.#cockpit;
    try {
      const { RunText } = await import('./pieces.ts');
      const text = new RunText();
      let since = ports.now();
      for await (const event of events) {
        if (watch.signal.aborted) return;
        if (ports.now() - since > LONGEST_BREATH_MS) {
          await nextTurn();
          since = ports.now();
        }
        for (const piece of text.pieces(event)) store.push({ type: 'run', event: piece });
      }
      if (!watch.signal.aborted) this.#ended();
    } catch (error) {
      if (watch.signal.aborted) return;
      store.update((state) => ({ ...state, run: state.run === undefined ? undefined : { ...state.run, line: 'closed' } }));
      await this.#cockpit.report(error);
    }
  }

  #ended(): void {
    this.#cockpit.store.update((state) => {
      const { run } = state;
      if (run === undefined) return state;
      return addNotice(
        state,
        run.status === 'failed' ? 'error' : 'info',
        `The run ${ending(run.status)}. /detach goes back to your conversation.`,
      );
    });
    void this.#cockpit.platform.readAgents();
  }

  #line(watch: AbortController, lost: { problem: string; retryIn: number } | undefined): void {
    if (watch.signal.aborted) return;
    this.#cockpit.store.push({ type: 'run', event: { type: 'line', line: lost === undefined ? 'live' : 'lost' } });
    if (lost === undefined) this.#cockpit.alert('info', 'The line is back; nothing of the run was missed.');
    else
      this.#cockpit.alert(
        'warn',
        `The line to the platform is lost (${lost.problem}). Trying again in ${Math.ceil(lost.retryIn / 1_000)} s.`,
      );
  }
}

/** The same error with a hint for somebody who sits in the cockpit. */
function withWayOn(error: unknown): unknown {
  if (!(error instanceof MogplexError) || error.code !== 'unauthenticated') return error;
  return new MogplexError(error.code, error.message, {
    boundary: error.boundary,
    hint: '/login mogplex signs in to an account; the run is attached to afterwards.',
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
  });
}

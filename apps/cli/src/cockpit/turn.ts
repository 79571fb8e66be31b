import { setImmediate as nextTurn } from 'node:timers/promises';
import { MogplexError } from '@mogplex/protocol';
import { endingOf } from '../session/ending.ts';
import type { Cockpit } from './controller.ts';
import type { ChatPiece, OpenSession } from './ports.ts';
import { addItem } from './state/reduce.ts';
import { sanitise, sanitiseLine } from './text/sanitise.ts';

/** Pieces of an answer are taken for so long, in ms, before keys and frames get their turn. */
const LONGEST_BREATH_MS = 10;

/** Sends prompts, one at a time, and shows what comes of them. */
export class TurnController {
  readonly #cockpit: Cockpit;
  #underWay: AbortController | undefined;

  constructor(cockpit: Cockpit) {
    this.#cockpit = cockpit;
  }

  /** Sends a prompt and shows its answer until it ends. */
  async send(text: string): Promise<void> {
    const { store, ports } = this.#cockpit;
    const turn = new AbortController();
    this.#underWay = turn;
    const now = ports.now();
    store.update((state) => ({ ...addItem(state, { kind: 'user', text: sanitise(text) }), turn: 'waiting', turnStarted: now, now }));
    const how = await this.#stream(text, turn);
    if (this.#underWay !== turn) return;
    this.#underWay = undefined;
    store.push({ type: 'end', how });
  }

  /** Interrupts the answer under way. @returns false where there is none */
  interrupt(): boolean {
    this.#underWay?.abort();
    return this.#underWay !== undefined;
  }

  /** Interrupts the answer under way; what still comes of it belongs to nothing on screen. */
  drop(): void {
    this.#underWay?.abort();
    this.#underWay = undefined;
    this.#cockpit.store.update((state) => ({ ...state, turn: 'idle' }));
  }

  async #stream(text: string, turn: AbortController): Promise<'done' | 'interrupted' | 'failed'> {
    const { signal } = turn;
    const { store, ports } = this.#cockpit;
    try {
      const model = await this.#cockpit.settleModel(signal);
      const session = await ports.session();
      const { createAnswerText } = await import('./redact.ts');
      const clean = { text: createAnswerText(), reasoning: createAnswerText() };
      const show = (type: 'text' | 'reasoning', shown: string): void => {
        if (shown !== '' && this.#underWay === turn) store.push({ type, text: shown });
      };
      let ending: string | undefined;
      try {
        let since = ports.now();
        let said = false;
        for await (const piece of session.send(text, model, signal)) {
          if (signal.aborted) break;
          if (ports.now() - since > LONGEST_BREATH_MS) {
            await nextTurn();
            since = ports.now();
          }
          if (piece.type === 'text' || piece.type === 'tool-call') said = true;
          if (piece.type === 'text' || piece.type === 'reasoning') show(piece.type, clean[piece.type].push(piece.text));
          else if (piece.type === 'finish') ending = endingOf(piece.reason, said);
          else this.#take(piece, model, session);
        }
      } finally {
        show('reasoning', clean.reasoning.end());
        show('text', clean.text.end());
      }
      if (ending !== undefined && !signal.aborted) this.#cockpit.notice('warn', ending);
      return signal.aborted ? 'interrupted' : 'done';
    } catch (error) {
      if (signal.aborted) return 'interrupted';
      if (error instanceof MogplexError && error.boundary === 'network') {
        store.update((state) => ({ ...state, header: { ...state.header, connection: 'offline' } }));
      }
      await this.#cockpit.report(error);
      return 'failed';
    }
  }

  #take(piece: Exclude<ChatPiece, { type: 'text' | 'reasoning' | 'finish' }>, model: string, session: OpenSession): void {
    const { store } = this.#cockpit;
    if (piece.type === 'tool-call') {
      store.push({ type: 'tool-call', name: sanitiseLine(piece.name, 60), input: sanitiseLine(piece.input) });
    } else if (piece.type === 'usage') {
      store.push({ ...piece, model, cost: session.cost(model, piece.inputTokens, piece.outputTokens) });
    }
  }
}

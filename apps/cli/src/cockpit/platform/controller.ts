import type { Cockpit } from '../controller.ts';
import type { OpenSession } from '../ports.ts';
import { isOver } from '../state/run.ts';
import { type Agents, known, type Loaded, type McpRow } from '../state/platform.ts';

/** Ms after which the list of runs is read again while one of them is under way. */
const AGAIN_MS = 10_000;

interface Values {
  agents: Agents;
  mcp: readonly McpRow[];
}

/** Keeps what the account brings on screen: agents, runs, MCP servers (statement A9). Nothing of it outlives the account. */
export class PlatformController {
  readonly #cockpit: Cockpit;
  #account: string | undefined;
  /** The account that the conversation belongs to. */
  #spokenWith: string | undefined;
  readonly #reading: Partial<Record<keyof Values, AbortController>> = {};
  #again: NodeJS.Timeout | undefined;

  constructor(cockpit: Cockpit) {
    this.#cockpit = cockpit;
  }

  /** Reads everything where the account is another one than before, and forgets the former one's first (statements A14 and A16). */
  follow(): void {
    const account = this.#cockpit.ports.credentials.account();
    if (account === this.#account) return;
    this.forget();
    this.#account = account;
    void this.readAgents();
    void this.readMcp();
  }

  /** Drops everything that came with the account. */
  forget(): void {
    this.#reading.agents?.abort();
    this.#reading.mcp?.abort();
    clearTimeout(this.#again);
    this.#account = undefined;
    this.#cockpit.run.stop();
    this.#cockpit.store.update((state) => ({ ...state, agents: { state: 'none' }, mcp: { state: 'none' } }));
  }

  /**
   * Puts away what was said with an account once another one stands in its place, whoever signed it in: its conversation is
   * not sent to the platform on behalf of the other (statement A16).
   *
   * @param session what remembers the conversation; undefined where it could not be opened
   */
  putAway(session: OpenSession | undefined): void {
    const { credentials } = this.#cockpit.ports;
    const account = credentials.account();
    const before = this.#spokenWith;
    if (account === undefined || account === before) return;
    this.#spokenWith = account;
    if (before === undefined) return;
    session?.clear();
    this.#cockpit.lists.forget();
    this.#cockpit.store.update((state) => {
      const { turn, timeline, header, context } = state;
      const asked = turn === 'idle' ? [] : timeline.slice(timeline.findLastIndex((item) => item.kind === 'user'));
      const model = credentials.line(header.model)?.connection === 'gateway' ? undefined : header.model;
      return { ...state, timeline: asked, usage: [], context: { ...context, used: 0 }, scroll: undefined, header: { ...header, model } };
    });
    this.#cockpit.notice('info', 'Another account is signed in. What was said with the one before it is put away.');
  }

  /** The conversation ended with its account; the next one belongs to nobody yet. */
  endConversation(): void {
    this.#spokenWith = undefined;
  }

  /** Reads MCP servers anew. The platform notes every time that it hands them out, so nothing asks for them by the clock. */
  async readMcp(): Promise<void> {
    await this.#read('mcp', async (signal) => await this.#cockpit.ports.platform.mcp(signal));
  }

  /** Reads agents and runs anew, and again after a while as long as a run is under way. */
  async readAgents(): Promise<void> {
    clearTimeout(this.#again);
    const read = await this.#read('agents', async (signal) => await this.#cockpit.ports.platform.agents(signal));
    if (read === undefined || read.runs.every(({ status }) => isOver(status))) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.readAgents(), AGAIN_MS);
    this.#again.unref();
  }

  /** @returns undefined where it could not be read, or something else is being read in its place */
  async #read<Key extends keyof Values>(key: Key, read: (signal: AbortSignal) => Promise<Values[Key]>): Promise<Values[Key] | undefined> {
    if (this.#account === undefined) return undefined;
    this.#reading[key]?.abort();
    const reading = new AbortController();
    this.#reading[key] = reading;
    const set = (change: (before: Values[Key] | undefined) => Loaded<Values[Key]>): void => {
      if (reading.signal.aborted) return;
      this.#cockpit.store.update((state) => ({ ...state, [key]: change(known(state[key] as Loaded<Values[Key]>)) }));
    };
    set((before) => ({ state: 'loading', before }));
    try {
      const value = await read(reading.signal);
      set(() => ({ state: 'ready', value }));
      return reading.signal.aborted ? undefined : value;
    } catch (error) {
      const { redactedError } = await import('../redact.ts');
      set((before) => ({ state: 'failed', problem: redactedError(error), before }));
      return undefined;
    }
  }
}

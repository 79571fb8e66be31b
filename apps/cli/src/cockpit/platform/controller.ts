import type { Cockpit } from '../controller.ts';
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

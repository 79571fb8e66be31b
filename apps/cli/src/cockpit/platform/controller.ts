import type { Cockpit } from '../controller.ts';
import { isOver } from '../state/run.ts';
import { type Agents, known, type Loaded, type McpRow } from '../state/platform.ts';

/** Ms after which the list of runs is read again while one of them is under way. */
const AGAIN_MS = 10_000;

/** Keeps what the account brings on screen: agents, runs, MCP servers (statement A9). Nothing of it outlives the account. */
export class PlatformController {
  readonly #cockpit: Cockpit;
  #account: string | undefined;
  #reading: AbortController | undefined;
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
    if (account !== undefined) void this.refresh();
  }

  /** Drops everything that came with the account. */
  forget(): void {
    this.#reading?.abort();
    this.#reading = undefined;
    clearTimeout(this.#again);
    this.#account = undefined;
    this.#cockpit.run.stop();
    this.#cockpit.store.update((state) => ({ ...state, agents: { state: 'none' }, mcp: { state: 'none' } }));
  }

  /** Reads agents, runs and MCP servers anew. */
  async refresh(): Promise<void> {
    await this.#read(true);
  }

  /** @param servers whether MCP servers are read too: their credentials come with them, and each reading is in the audit trail */
  async #read(servers: boolean): Promise<void> {
    if (this.#account === undefined) return;
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    clearTimeout(this.#again);
    const { platform } = this.#cockpit.ports;
    await Promise.all([
      this.#load('agents', reading, async () => await platform.agents(reading.signal)),
      ...(servers ? [this.#load('mcp', reading, async () => await platform.mcp(reading.signal))] : []),
    ]);
    if (reading.signal.aborted) return;
    const runs = known(this.#cockpit.state.agents)?.runs ?? [];
    if (runs.every(({ status }) => isOver(status))) return;
    this.#again = setTimeout(() => void this.#read(false), AGAIN_MS);
    this.#again.unref();
  }

  async #load<Key extends keyof Values>(key: Key, reading: AbortController, read: () => Promise<Values[Key]>): Promise<void> {
    const set = (change: (before: Values[Key] | undefined) => Loaded<Values[Key]>): void => {
      if (reading.signal.aborted) return;
      this.#cockpit.store.update((state) => ({ ...state, [key]: change(known(state[key] as Loaded<Values[Key]>)) }));
    };
    set((before) => ({ state: 'loading', before }));
    try {
      const value = await read();
      set(() => ({ state: 'ready', value }));
    } catch (error) {
      const { redactedError } = await import('../redact.ts');
      set((before) => ({ state: 'failed', problem: redactedError(error), before }));
    }
  }
}

interface Values {
  agents: Agents;
  mcp: readonly McpRow[];
}

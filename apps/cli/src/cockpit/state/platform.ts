/** What an account brings, as the panels show it. Texts are sanitised before they get here. */
export type Loaded<T> =
  | { readonly state: 'none' }
  | { readonly state: 'loading'; readonly before: T | undefined }
  | { readonly state: 'ready'; readonly value: T }
  /** `problem` is what a person reads: the boundary, the message, the hint, the request id. */
  | { readonly state: 'failed'; readonly problem: string; readonly before: T | undefined };

/** An agent that the platform can run for this account. */
export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** What must be there before it can run, in words. */
  readonly needs: string;
}

/** A run of the account, as it was when the list was read. */
export interface RunRow {
  readonly id: string;
  readonly status: 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly title: string;
  readonly agent: string;
  readonly model: string;
  /** Name of the token, the client or the session that started it. */
  readonly startedBy: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export interface Agents {
  readonly agents: readonly AgentRow[];
  /** The latest runs, newest first. */
  readonly runs: readonly RunRow[];
}

/** An MCP server of the account (statement A9). Values of its headers never get here. */
export interface McpRow {
  readonly name: string;
  readonly type: string;
  readonly url: string;
  /** Names of the headers that it is called with. */
  readonly headers: readonly string[];
  /** Why it cannot be used; undefined for one that can. */
  readonly problem: string | undefined;
}

/** What is known, also while it is being read anew or could not be. */
export function known<T>(loaded: Loaded<T>): T | undefined {
  if (loaded.state === 'ready') return loaded.value;
  return loaded.state === 'none' ? undefined : loaded.before;
}

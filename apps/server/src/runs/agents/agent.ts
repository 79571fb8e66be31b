import type { AgentInfo, RunEvent } from '@mogplex/protocol';

type ContentOf<E> = E extends RunEvent ? Pick<E, 'type' | 'data'> : never;

/** What an event says, before it has a place in its run. */
export type EventContent = ContentOf<RunEvent>;

/** A secret that shows itself only when asked. */
interface Revealable {
  reveal(): string;
}

/** What an agent is given: one run, and nothing of the platform but a token for the model gateway. */
export interface AgentWork {
  runId: string;
  prompt: string;
  system?: string;
  /** `provider/model`. */
  model: string;
  /** `owner/name`. */
  repository?: string;
  /** Opens the model gateway, for this run, until it has ended. */
  token: Revealable;
  /** Origin below which the gateway is. */
  gateway: string;
  /** Fires when the agent must stop at once: the run was cancelled, or is not this worker's any more. */
  signal: AbortSignal;
  /** Takes pieces of what the assistant says; they are masked, gathered and stored. */
  text(piece: string): void;
  /** Takes any other event; masked and capped before it is stored. */
  event(content: EventContent): void;
  /** Tells that a model call began to be answered, and so will be booked. */
  called(): void;
}

/** One kind of worker's work. The queue, the lease, the events and the cancel know nothing of what it does. */
export interface Agent {
  info: AgentInfo;
  /**
   * Does the work of one run and resolves when it is done.
   *
   * @throws MogplexError for what went wrong, with its boundary; anything after `signal` fired is ignored.
   */
  work(work: AgentWork): Promise<void>;
}

import type { Config } from './config.ts';
import type { Logger } from './http/log.ts';
import type { Coherence } from './store/coherence/coherence.ts';
import type { Store } from './store/open.ts';

/** What every room is given. */
export interface Platform {
  config: Config;
  store: Store;
  /** Answers kept in memory, dropped on every server when they change. */
  coherence: Coherence;
  log: Logger;
  /** Origin under which browsers and terminals reach the platform, without a trailing slash. */
  publicUrl: string;
  /** Origin under which this very process listens, for calls that it makes to itself. */
  localUrl: string;
  /** Milliseconds since the epoch. */
  now: () => number;
  randomBytes: (count: number) => Buffer;
}

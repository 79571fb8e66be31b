import { Answers, type Coherence, type Subscription } from './coherence.ts';

/**
 * Coherence on the embedded store: one process serves, and a commit of any other process, such as an administrator's command,
 * shows in the file's data version, which is looked at before every answer.
 *
 * @param dataVersion see `SqliteFile`.
 */
export const openSqliteCoherence = (dataVersion: () => number): Coherence => {
  const answers = new Answers();
  const subscriptions = new Map<string, Subscription>();
  let seen = dataVersion();
  let looked = false;
  // Once in a turn of the event loop: what is read in one turn had arrived before it began.
  const look = (): number => {
    if (looked) return seen;
    looked = true;
    setImmediate(() => {
      looked = false;
    });
    const version = dataVersion();
    if (version !== seen) {
      seen = version;
      answers.clear();
    }
    return version;
  };
  return {
    cached<T extends object>(topic: string, key: string, load: () => Promise<T | undefined>) {
      const version = look();
      const kept = answers.get(topic, key) as T | undefined;
      return kept ?? answers.fill(topic, key, load, () => dataVersion() === version);
    },
    invalidate(topic, keys) {
      answers.drop(topic, keys);
      return Promise.resolve();
    },
    // A process that dies keeps nothing, and every other one sees the commit in the file's data version.
    tell: () => Promise.resolve(),
    subscribe(channel, subscription) {
      subscriptions.set(channel, subscription);
      return Promise.resolve();
    },
    // One connection serves all: whoever reads on hearing it waits for the transaction that it was said in.
    say(_db, channel, message) {
      setImmediate(() => subscriptions.get(channel)?.hear(message));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
};

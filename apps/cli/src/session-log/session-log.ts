import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ensurePrivateFolder } from '@mogplex/credentials';
import { type ChunkRedactor, createRedactor, profiles, type Redactor } from '@mogplex/redaction';
import type { Settings } from '../config/settings.ts';
import { isDebugging, type World } from '../world.ts';
import { type DebugEntry, LOG_VERSION, type LogEntry } from './entry.ts';
import { LineFile } from './file.ts';
import { pruneLogs } from './prune.ts';

/** The folder of all logs. */
export const logFolder = (home: string): string => join(home, 'logs');

/** `20260131-120000-1f2e3d4c`: sorts by time. */
export const newSessionId = (now: number, random: (count: number) => Uint8Array = randomBytes): string => {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${Buffer.from(random(4)).toString('hex')}`;
};

export interface SessionLog {
  readonly sessionId: string;
  /** Where the debug log is written, when there is one. */
  readonly debugPath: string | undefined;
  /** Writes one line. It never fails: a log that cannot be written is given up with one warning. */
  add(entry: LogEntry): void;
  /** Writes stream pieces and tool output to the debug log, where there is one. */
  debug(entry: DebugEntry): void;
  /** Waits until every line is written. */
  close(): Promise<void>;
}

/** Masked line by line; the file is made by the first line, so a session without a prompt leaves none. */
class Sink {
  readonly #file: LineFile;
  readonly #redactor: Redactor;
  readonly #now: () => number;
  readonly #failed: (error: unknown) => void;
  #seq = 0;

  constructor(path: string, redactor: Redactor, now: () => number, failed: (error: unknown) => void) {
    this.#file = new LineFile(path);
    this.#redactor = redactor;
    this.#now = now;
    this.#failed = failed;
  }

  add(entry: LogEntry | DebugEntry): void {
    const line = { v: LOG_VERSION, seq: this.#seq++, at: new Date(this.#now()).toISOString(), ...entry };
    this.#file.write(this.#redactor.json(line).json).catch(this.#failed);
  }

  async close(): Promise<void> {
    await this.#file.close().catch(this.#failed);
  }
}

/** Stream pieces pass a redactor that sees across their seams, so a secret that is cut in two is masked all the same. */
class DebugSink {
  readonly #sink: Sink;
  readonly #redactor: Redactor;
  readonly #seams = new Map<'text' | 'reasoning', ChunkRedactor>();

  constructor(sink: Sink, redactor: Redactor) {
    this.#sink = sink;
    this.#redactor = redactor;
  }

  add(entry: DebugEntry): void {
    if (entry.type !== 'chunk') {
      this.flush();
      this.#sink.add(entry);
      return;
    }
    let seam = this.#seams.get(entry.kind);
    if (!seam) this.#seams.set(entry.kind, (seam = this.#redactor.chunks()));
    const released = seam.write(entry.text);
    if (released !== '') this.#sink.add({ ...entry, text: released });
  }

  flush(): void {
    for (const [kind, seam] of this.#seams) {
      const text = seam.end();
      if (text !== '') this.#sink.add({ type: 'chunk', kind, text });
    }
    this.#seams.clear();
  }

  async close(): Promise<void> {
    this.flush();
    await this.#sink.close();
  }
}

const nothing: Omit<SessionLog, 'sessionId'> = {
  debugPath: undefined,
  add: () => undefined,
  debug: () => undefined,
  close: async () => undefined,
};

/**
 * Opens the log of a new session: `logs/<session-id>.jsonl` in the home folder, and `<session-id>.debug.jsonl` with
 * `MOGPLEX_DEBUG`. Every value passes the redaction engine before it reaches the file (statement A17). Old logs are
 * removed as the settings say. Its first line is written together with the second, so a session that never sends a
 * prompt leaves no file.
 *
 * @param header what the first line says besides the id
 * @param warn takes lines for the person
 */
export const openSessionLog = async (
  world: World,
  settings: Settings['logs'],
  header: { command: 'exec' | 'cockpit'; version: string },
  warn: (line: string) => void,
): Promise<SessionLog> => {
  const sessionId = newSessionId(world.now());
  const debugging = isDebugging(world);
  if (!settings.enabled && !debugging) return { sessionId, ...nothing };
  const folder = logFolder(world.home);
  let broken = false;
  const failed = (error: unknown): void => {
    if (broken) return;
    broken = true;
    warn(`mogplex: the session log cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  };
  try {
    await ensurePrivateFolder(world.home, warn);
    await ensurePrivateFolder(folder, warn);
    await pruneLogs(folder, settings, world.now());
  } catch (error) {
    failed(error);
    return { sessionId, ...nothing };
  }
  const redactor = createRedactor(profiles.sessionLog);
  const log = settings.enabled ? new Sink(join(folder, `${sessionId}.jsonl`), redactor, world.now, failed) : undefined;
  const debugPath = debugging ? join(folder, `${sessionId}.debug.jsonl`) : undefined;
  const debug = debugPath === undefined ? undefined : new DebugSink(new Sink(debugPath, redactor, world.now, failed), redactor);
  if (debugPath !== undefined) warn(`mogplex: MOGPLEX_DEBUG is set: prompts, answers and tool output are written to ${debugPath}`);
  let begun = false;
  return {
    sessionId,
    debugPath,
    add: (entry) => {
      if (entry.type === 'answer') debug?.flush();
      if (!begun) log?.add({ type: 'session', sessionId, ...header, cwd: world.cwd });
      begun = true;
      log?.add(entry);
    },
    debug: (entry) => debug?.add(entry),
    close: async () => {
      await Promise.all([log?.close(), debug?.close()]);
    },
  };
};

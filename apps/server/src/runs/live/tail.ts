import type { Db } from '../record.ts';
import { eventJson, isLastEvent, readEvents } from '../show.ts';

/** One event as it goes over the line (text/event-stream), made once for all watchers. */
interface Frame {
  seq: number;
  text: string;
}

const PAGE = 500;
/** Characters of frames that a tail keeps for its watchers; who is further behind reads the store. */
const KEPT = 524_288;
const CHUNK = 65_536;
const RETRY_MS = 500;
const TRIES = 5;

/** Frames that are sent together. */
export interface Chunk {
  text: string;
  /** Sequence number of the last one. */
  last: number;
}

const frameOf = (row: Parameters<typeof eventJson>[0]): Frame => ({ seq: row.seq, text: `id: ${row.seq}\ndata: ${eventJson(row)}\n\n` });

const chunkOf = (frames: readonly Frame[]): Chunk | undefined => {
  let text = '';
  let last: number | undefined;
  for (const frame of frames) {
    if (text.length >= CHUNK) break;
    text += frame.text;
    last = frame.seq;
  }
  return last === undefined ? undefined : { text, last };
};

/** Reads a run's next events past what a tail keeps. */
export const readChunk = async (db: Db, runId: string, after: number): Promise<Chunk | undefined> =>
  chunkOf((await readEvents(db, runId, after, PAGE)).map(frameOf));

/**
 * Follows the events of one run for all who watch it on this server: each is read from the store once. It was subscribed to the run's
 * wake-ups before it reads for the first time, so that nothing falls between.
 */
export class Tail {
  readonly #db: Db;
  readonly #runId: string;
  readonly #onNews: () => void;
  readonly #onFailure: (error: unknown) => void;
  /** In order and without a gap, up to `#position`. */
  #frames: Frame[] = [];
  #size = 0;
  #position: number;
  #over = false;
  #reading = false;
  #again = false;
  /** The chunk that goes to everybody at one position: most watchers stand at the same one. */
  readonly #chunks = new Map<number, Chunk>();

  /**
   * @param after where the first watcher stands.
   * @param events `onNews`: there are further events, or the last one was read; `onFailure`: the store does not answer.
   */
  constructor(db: Db, runId: string, after: number, events: { onNews: () => void; onFailure: (error: unknown) => void }) {
    this.#db = db;
    this.#runId = runId;
    this.#position = after;
    this.#onNews = events.onNews;
    this.#onFailure = events.onFailure;
  }

  /** Sequence number of the last event read. */
  get position(): number {
    return this.#position;
  }

  /** Whether the run's last event was read. */
  get over(): boolean {
    return this.#over;
  }

  /** What follows a position; `unknown` when it is older than what is kept. */
  next(after: number): Chunk | 'unknown' | undefined {
    if (after >= this.#position) return undefined;
    const first = this.#frames[0];
    if (!first || after < first.seq - 1) return 'unknown';
    const known = this.#chunks.get(after);
    if (known) return known;
    const chunk = chunkOf(this.#frames.slice(after - first.seq + 1, after - first.seq + 1 + PAGE));
    if (chunk) this.#chunks.set(after, chunk);
    return chunk;
  }

  /** Reads what is new. */
  wake(): void {
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    this.#read().catch(this.#onFailure);
  }

  async #read(): Promise<void> {
    try {
      while (this.#again && !this.#over) {
        this.#again = false;
        const rows = await this.#try();
        if (rows.length === 0) continue;
        for (const row of rows) this.#add(row);
        if (rows.length === PAGE) this.#again = true;
        this.#onNews();
      }
    } finally {
      // In the same turn as the last look at `#again`: a wake-up finds either the loop or a reader at rest.
      this.#reading = false;
    }
  }

  async #try(): Promise<Awaited<ReturnType<typeof readEvents>>> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await readEvents(this.#db, this.#runId, this.#position, PAGE);
      } catch (error) {
        if (tries >= TRIES) throw error;
        await new Promise((resolve) => {
          setTimeout(resolve, RETRY_MS);
        });
      }
    }
  }

  #add(row: Parameters<typeof eventJson>[0]): void {
    const frame = frameOf(row);
    this.#frames.push(frame);
    this.#size += frame.text.length;
    this.#position = row.seq;
    if (isLastEvent(row)) this.#over = true;
    this.#chunks.clear();
    while (this.#size > KEPT && this.#frames.length > 1) this.#size -= this.#frames.shift()?.text.length ?? 0;
  }
}

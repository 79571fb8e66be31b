import type { EventContent } from './agents/agent.ts';
import { LONGEST_TEXT, maskPieces, messageEvent, safeEvent, type SafeEvent } from './events.ts';
import { appendEvents, type HeldRun, RunLost } from './hold.ts';
import { createPlainText } from './plain.ts';
import type { RunStore } from './record.ts';

/** Milliseconds between two batches: what comes meanwhile is stored together. */
const GATHER_MS = 50;
/** Milliseconds between two tries while the store does not answer. */
const RETRY_MS = 500;
/** Characters of an assistant's text that are kept of one run. */
const MOST_TEXT = 262_144;
const MOST_EVENTS_AT_ONCE = 200;

/** Takes what an agent says, masks and caps it, and stores it in batches. */
export interface Sink {
  text(piece: string): void;
  event(content: EventContent): void;
  /** What is not stored yet, the whole message last; the run's end stores it. */
  rest(): Promise<SafeEvent[]>;
  /** Stores nothing from now on. */
  stop(): void;
}

export interface SinkEvents {
  /** Another worker holds the run. */
  onLost: () => void;
  /** The run's cancel was asked for, as the store said. */
  onCancel: () => void;
  /** The store did not answer; it is asked again. */
  onFailure: (error: unknown) => void;
}

/** Pieces of at most so many characters, none of which ends inside a surrogate pair. */
const split = (text: string, most: number): string[] => {
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = Math.min(text.length, start + most);
    const last = text.charCodeAt(end - 1);
    const cut = end < text.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
    pieces.push(text.slice(start, cut));
    start = cut;
  }
  return pieces;
};

export const createSink = (parts: RunStore, held: HeldRun, { onLost, onCancel, onFailure }: SinkEvents): Sink => {
  const plain = createPlainText();
  const masking = maskPieces();
  let gathered = '';
  let half = '';
  let kept = '';
  let capped = false;
  let waiting: SafeEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let flushedAt = Number.NEGATIVE_INFINITY;
  let storing = Promise.resolve();
  let stopped = false;

  const put = (event: SafeEvent): void => {
    waiting.push(event);
    planNext();
  };
  /** After a silence the first words go out at once. */
  const planNext = (): void => plan(Math.max(0, GATHER_MS - (performance.now() - flushedAt)));
  const plan = (delay: number): void => {
    if (!stopped) timer ??= setTimeout(flush, delay);
  };
  /** Turns the text gathered so far into events; the first half of a character waits for the second. */
  const seal = (released: string, final = false): void => {
    const all = half + released;
    const cut = !final && /[\ud800-\udbff]$/.test(all) ? all.length - 1 : all.length;
    half = all.slice(cut);
    const safe = all.slice(0, cut).toWellFormed();
    const room = MOST_TEXT - kept.length;
    const text = safe.length > room ? safe.slice(0, room).toWellFormed() : safe;
    kept += text;
    for (const piece of split(text, LONGEST_TEXT)) waiting.push(safeEvent({ type: 'message.delta', data: { text: piece } }));
    if (capped || safe.length <= room) return;
    capped = true;
    const note = `no more than ${MOST_TEXT} characters of an answer are kept: the rest is not shown`;
    waiting.push(safeEvent({ type: 'notice', data: { code: 'output_capped', text: note } }));
  };
  const gather = (): void => {
    const text = gathered;
    gathered = '';
    if (text !== '') seal(masking.write(text));
  };
  const store = async (): Promise<void> => {
    while (waiting.length > 0 && !stopped) {
      const batch = waiting.slice(0, MOST_EVENTS_AT_ONCE);
      if (await appendEvents(parts, held, batch)) onCancel();
      waiting = waiting.slice(batch.length);
    }
  };
  const flush = (): void => {
    timer = undefined;
    flushedAt = performance.now();
    gather();
    storing = storing.then(store).catch((error: unknown) => {
      if (error instanceof RunLost) {
        stopped = true;
        onLost();
        return;
      }
      onFailure(error);
      plan(RETRY_MS);
    });
  };
  return {
    text(piece) {
      // What would not be kept is not masked either: an endless answer costs nothing more.
      if (capped) return;
      gathered += plain.push(piece);
      planNext();
    },
    event(content) {
      gather();
      put(safeEvent(content));
    },
    async rest() {
      clearTimeout(timer);
      timer = undefined;
      gather();
      seal(masking.end(), true);
      await storing;
      clearTimeout(timer);
      const last = kept === '' ? [] : [messageEvent('assistant', kept)];
      const events = [...waiting, ...last];
      waiting = [];
      stopped = true;
      return events;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
};

import type { Run, RunError, RunEvent, RunStatus } from '@mogplex/protocol';

/** A stretch of an answer: parts that end with a line and never change, and the open one. */
export interface Answer {
  kind: 'answer';
  seq: number;
  at: number;
  parts: readonly string[];
  /** Whether the run began again, so that this does not count. */
  isVoid: boolean;
}

export type Item =
  | Answer
  | { kind: 'status'; seq: number; at: number; status: RunStatus }
  | { kind: 'message'; seq: number; at: number; role: 'user' | 'assistant'; text: string; truncated: boolean }
  | { kind: 'notice'; seq: number; at: number; code: string; text: string }
  | { kind: 'error'; seq: number; at: number; error: RunError };

/** What the events of a run amount to so far. */
export interface Timeline {
  items: readonly Item[];
  lastSeq: number;
  status?: RunStatus;
  usage?: Run['usage'];
}

export const EMPTY: Timeline = { items: [], lastSeq: 0 };

/** A part of an answer is closed at the end of a line when it is longer than this, so that a growing answer is not drawn anew as a whole. */
const PART = 4_000;
/** A line longer than this is no line that anybody reads: it is closed anywhere. */
const LONGEST_LINE = 32_000;

/** Where a text is cut in two: behind a line end, or not at all (0). */
const cutOf = (text: string): number => {
  if (text.length <= PART) return 0;
  const end = text.lastIndexOf('\n') + 1;
  return end > 0 || text.length <= LONGEST_LINE ? end : text.length;
};

const grown = (parts: readonly string[], text: string): readonly string[] => {
  const open = (parts.at(-1) ?? '') + text;
  const cut = cutOf(open);
  return cut === 0 ? [...parts.slice(0, -1), open] : [...parts.slice(0, -1), open.slice(0, cut), open.slice(cut)];
};

/** The items as they are built up: the list and its last answer are the builder's own until they are handed out. */
class Builder {
  readonly items: Item[];
  status: RunStatus | undefined;
  usage: Run['usage'] | undefined;
  lastSeq: number;
  #text = '';
  #textBegan: { seq: number; at: number } | undefined;

  constructor({ items, status, usage, lastSeq }: Timeline) {
    this.items = [...items];
    this.status = status;
    this.usage = usage;
    this.lastSeq = lastSeq;
  }

  add(event: RunEvent): void {
    const { seq, at } = event;
    this.lastSeq = seq;
    switch (event.type) {
      case 'message.delta':
        this.#textBegan ??= { seq, at };
        this.#text += event.data.text;
        return;
      case 'usage':
        this.usage = event.data;
        return;
      case 'status':
        this.status = event.data.status;
        this.#put({ kind: 'status', seq, at, status: event.data.status });
        return;
      case 'message':
        this.flush();
        // What an assistant said is whole in the pieces before.
        if (event.data.role === 'user' || this.#answer() === undefined) this.#put({ kind: 'message', seq, at, ...event.data });
        return;
      case 'error':
        this.#put({ kind: 'error', seq, at, error: event.data });
        return;
      case 'notice':
        this.flush();
        if (event.data.code === 'restarted') this.#voidAnswers();
        this.#put({ kind: 'notice', seq, at, ...event.data });
    }
  }

  /** Puts the text that came piece by piece into the answer. */
  flush(): void {
    if (this.#textBegan === undefined) return;
    const answer = this.#answer();
    if (answer !== undefined && this.items.at(-1) === answer)
      this.items.splice(-1, 1, { ...answer, parts: grown(answer.parts, this.#text) });
    else this.items.push({ kind: 'answer', ...this.#textBegan, parts: grown([], this.#text), isVoid: false });
    this.#text = '';
    this.#textBegan = undefined;
  }

  #put(item: Item): void {
    this.flush();
    this.items.push(item);
  }

  /** The answer that counts, where there is one. */
  #answer(): Answer | undefined {
    return this.items.findLast((item): item is Answer => item.kind === 'answer' && !item.isVoid);
  }

  #voidAnswers(): void {
    this.items.forEach((item, index) => {
      if (item.kind === 'answer') this.items[index] = { ...item, isVoid: true };
    });
  }
}

/** The timeline with further events, in order; those that it holds already are left out. */
export const withEvents = (timeline: Timeline, events: readonly RunEvent[]): Timeline => {
  const builder = new Builder(timeline);
  for (const event of events) if (event.seq > builder.lastSeq) builder.add(event);
  builder.flush();
  const { items, status, usage, lastSeq } = builder;
  return { items, lastSeq, ...(status === undefined ? {} : { status }), ...(usage === undefined ? {} : { usage }) };
};

import type { WireFormat } from '../types.ts';

/** A stream of events that is passing. */
export interface Pinged {
  /** Set when something passed; read and cleared by the pinger. */
  moved: boolean;
  /** Called when nothing has passed for the interval, and again after each further one. */
  onSilence(): void;
}

export interface Pinger {
  add(stream: Pinged): void;
  remove(stream: Pinged): void;
  close(): void;
}

/** How often a stream is looked at within an interval: a ping is late by a third of it at most. */
const LOOKS = 3;

/**
 * What is said in a silence: Anthropic's own event, and for OpenAI's formats a comment, which every reader of events skips
 * (WHATWG HTML, section 9.2.6). Google's clients take each line for data, so that they are left in peace.
 */
export const PINGS: Partial<Record<WireFormat, Buffer>> = {
  anthropic: Buffer.from('event: ping\ndata: {"type": "ping"}\n\n'),
  openai: Buffer.from(': ping\n\n'),
};

/**
 * Watches the streams of a server with one timer.
 *
 * @param interval milliseconds of silence.
 */
export const createPinger = (interval: number): Pinger => {
  const silences = new Map<Pinged, number>();
  const look = (): void => {
    for (const [stream, before] of silences) {
      const silent = stream.moved ? 0 : before + 1;
      stream.moved = false;
      silences.set(stream, silent % LOOKS);
      if (silent === LOOKS) stream.onSilence();
    }
  };
  const timer = setInterval(look, interval / LOOKS);
  timer.unref();
  return {
    add: (stream) => void silences.set(stream, 0),
    remove: (stream) => void silences.delete(stream),
    close: () => clearInterval(timer),
  };
};

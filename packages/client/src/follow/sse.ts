import { MogplexError } from '@mogplex/protocol';

/** One message of a Server-Sent Events stream. */
export interface SseMessage {
  /** Its own `id` field; undefined where it has none. */
  id: string | undefined;
  /** The `event` field, `message` by default. */
  event: string;
  data: string;
}

/** A line or a message longer than this is not one of ours, in characters. */
const LONGEST = 4 * 1024 * 1024;

const tooLong = (): MogplexError =>
  new MogplexError('upstream_error', 'the stream of events holds a message without end', { boundary: 'network' });

/**
 * Reads Server-Sent Events (WHATWG HTML section 9.2.6) from text that is cut anywhere. A message counts once the blank line
 * after it has come: what a broken line leaves behind is never half an event.
 */
export class SseReader {
  #rest = '';
  /** Whether the text so far ended in CR, so that a LF to come is the second half of that line end. */
  #halfBreak = false;
  #id: string | undefined;
  #event = '';
  #data: string[] = [];
  #size = 0;

  /**
   * Takes the next piece of the stream.
   *
   * @returns the messages that are complete with it
   * @throws MogplexError `upstream_error` for a line or a message of more than 4 Mi characters
   */
  push(piece: string): SseMessage[] {
    if (piece === '') return [];
    const text = this.#halfBreak && piece.startsWith('\n') ? piece.slice(1) : piece;
    this.#halfBreak = text.endsWith('\r');
    const messages: SseMessage[] = [];
    let from = 0;
    for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) {
      this.#line(this.#rest + text.slice(from, index), messages);
      this.#rest = '';
      from = index + end.length;
    }
    this.#rest += text.slice(from);
    if (this.#rest.length > LONGEST) throw tooLong();
    return messages;
  }

  #line(line: string, messages: SseMessage[]): void {
    if (line === '') {
      if (this.#data.length > 0) messages.push({ id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') });
      this.#id = undefined;
      this.#event = '';
      this.#data = [];
      this.#size = 0;
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') {
      this.#size += value.length;
      if (this.#size > LONGEST) throw tooLong();
      this.#data.push(value);
    } else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }
}

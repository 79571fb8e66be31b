import type { IncomingHttpHeaders } from 'node:http';

/** What a parser reports, in this order: one head, any number of pieces, one end. */
export interface ResponseEvents {
  /** Interim answers (1xx) are not reported. Names are lower-case; a repeated field is joined with commas. */
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onBody(bytes: Buffer): void;
  onEnd(): void;
}

/** The upstream does not speak HTTP/1.1 as RFC 9112 says. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';
  readonly code = 'UPSTREAM_MALFORMED';
}

/** Bytes of a head, and of the trailers, that are read; the limit that Node's own parser has. */
const HEAD_LIMIT = 16 * 1024;
/** Characters of a chunk's size with its extensions. */
const SIZE_LINE_LIMIT = 1_024;

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const CR = 0x0d;
const LF = 0x0a;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
/** All field lines at once, each behind the end of the line before it: no folded line, no bare CR or LF, no control character. */
const FIELD_LINES = /^(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*)*$/;
const SIZE_LINE = /^([0-9A-Fa-f]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const LENGTH = /^\d{1,15}$/;

type Framing = 'none' | 'length' | 'chunked' | 'until-close';
type State = 'head' | 'body' | 'size' | 'data' | 'data-end' | 'trailers' | 'done';

interface Head {
  status: number;
  headers: IncomingHttpHeaders;
  framing: Framing;
  length: number;
  keepAlive: boolean;
}

const malformed = (what: string): MalformedResponse => new MalformedResponse(`the upstream's answer is malformed: ${what}`);

/** A piece of a text without the blanks and tabs around it (OWS), and with everything else that is there. */
const trimmed = (text: string, from: number, to: number): string => {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
};

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** @param text the field lines, each with the end of the line before it. */
const readFields = (text: string): IncomingHttpHeaders => {
  if (!FIELD_LINES.test(text)) throw malformed('a header field');
  const headers = Object.create(null) as Record<string, string | undefined>;
  for (let at = 2; at < text.length;) {
    const found = text.indexOf('\r\n', at);
    const end = found === -1 ? text.length : found;
    const colon = text.indexOf(':', at);
    const name = text.slice(at, colon).toLowerCase();
    const value = trimmed(text, colon + 1, end);
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
    at = end + 2;
  }
  return headers;
};

/** How the body ends (RFC 9112 section 6.3). Whatever could be read in two ways is refused. */
const framingOf = (status: number, minor: string, headers: IncomingHttpHeaders): { framing: Framing; length: number } => {
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (coding !== undefined) {
    if (minor === '0' || length !== undefined || coding.toLowerCase() !== 'chunked') throw malformed('its transfer coding');
    return { framing: status === 204 || status === 304 ? 'none' : 'chunked', length: 0 };
  }
  if (length !== undefined && !LENGTH.test(length)) throw malformed('its length');
  if (status === 204 || status === 304) return { framing: 'none', length: 0 };
  if (length === undefined) return { framing: 'until-close', length: 0 };
  return Number(length) === 0 ? { framing: 'none', length: 0 } : { framing: 'length', length: Number(length) };
};

/** Whether the connection outlives the answer (RFC 9112 section 9.3). */
const staysOpen = (minor: string, connection: string | undefined): boolean => {
  if (connection === undefined) return minor === '1';
  const options = connection.split(',').map((option) => option.trim());
  return !options.includes('close') && (minor === '1' || options.includes('keep-alive'));
};

const readHead = (text: string): Head => {
  const firstEnd = text.indexOf('\r\n');
  const fieldsAt = firstEnd === -1 ? text.length : firstEnd;
  const found = STATUS_LINE.exec(text.slice(0, fieldsAt));
  if (!found) throw malformed('its status line');
  const [, minor = '', code = ''] = found;
  const status = Number(code);
  if (status === 101) throw malformed('it changes the protocol unasked');
  const headers = readFields(text.slice(fieldsAt));
  const { framing, length } = framingOf(status, minor, headers);
  const stays = framing !== 'until-close' && staysOpen(minor, headers.connection?.toLowerCase());
  return { status, headers, framing, length, keepAlive: stays };
};

/**
 * Reads the answers of one connection, one after the other (RFC 9112). Strict: what two readers could take for two
 * different things (bare line feeds, folded lines, a length beside a coding) is an error.
 */
export class ResponseParser {
  readonly #events: ResponseEvents;
  #state: State = 'head';
  /** Bytes of a head or a line that is not whole yet. */
  #partial: Buffer | undefined;
  #left = 0;
  #trailers = 0;
  #framing: Framing = 'none';
  /** Pieces of a body that came in one read and are reported as one. */
  #pieces: Buffer[] = [];
  /** Whether the connection can carry another exchange after this one. */
  keepAlive = false;
  /** The `Keep-Alive` field of the last answer. */
  hint: string | undefined;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  /** Whether an answer has ended and none has begun. */
  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** Expects the answer to the next request. */
  reset(): void {
    this.#state = 'head';
    this.#partial = undefined;
    this.#trailers = 0;
  }

  /** @throws MalformedResponse; then nothing more may be read from the connection. */
  push(bytes: Buffer): void {
    let at = 0;
    try {
      while (at < bytes.length && this.#state !== 'done') at = this.#step(bytes, at);
    } finally {
      this.#report();
    }
    // What comes unasked belongs to no request.
    if (at < bytes.length) this.keepAlive = false;
  }

  /** The upstream has closed its side. @returns false when that cuts the answer */
  end(): boolean {
    if (this.#state === 'done') return true;
    if (this.#state !== 'body' || this.#framing !== 'until-close') return false;
    this.#finish();
    return true;
  }

  #step(bytes: Buffer, at: number): number {
    if (this.#state === 'head') return this.#readHead(bytes, at);
    if (this.#state === 'body') return this.#readBody(bytes, at);
    return this.#state === 'data' ? this.#readData(bytes, at) : this.#readLine(bytes, at);
  }

  #readHead(bytes: Buffer, at: number): number {
    const kept = this.#partial?.length ?? 0;
    const whole = this.#partial ? Buffer.concat([this.#partial, bytes.subarray(at)]) : bytes;
    const from = this.#partial ? 0 : at;
    const end = whole.indexOf(END_OF_HEAD, from);
    if (end === -1) {
      if (whole.length - from > HEAD_LIMIT) throw malformed('its head does not end');
      this.#partial = Buffer.from(whole.subarray(from));
      return bytes.length;
    }
    if (end - from > HEAD_LIMIT) throw malformed('its head is too large');
    this.#partial = undefined;
    this.#begin(readHead(whole.toString('latin1', from, end)));
    return end + END_OF_HEAD.length - from - kept + at;
  }

  #begin({ status, headers, framing, length, keepAlive }: Head): void {
    if (status < 200) return;
    this.keepAlive = keepAlive;
    this.hint = headers['keep-alive'] as string | undefined;
    this.#framing = framing;
    this.#left = length;
    this.#state = framing === 'chunked' ? 'size' : 'body';
    this.#events.onHead(status, headers);
    if (framing === 'none') this.#finish();
  }

  #readBody(bytes: Buffer, at: number): number {
    const end = this.#framing === 'length' ? Math.min(bytes.length, at + this.#left) : bytes.length;
    this.#left -= end - at;
    this.#events.onBody(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
    if (this.#framing === 'length' && this.#left === 0) this.#finish();
    return end;
  }

  #readData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#state = 'data-end';
    this.#pieces.push(bytes.subarray(at, end));
    return end;
  }

  /** Hands on the chunks that came together: what listens pays once for them all. */
  #report(): void {
    const [first] = this.#pieces;
    if (!first) return;
    const whole = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#events.onBody(whole);
  }

  /** Reads a line that CR LF ends, and no bare one of both. */
  #readLine(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at);
    const limit = this.#state === 'trailers' ? HEAD_LIMIT : SIZE_LINE_LIMIT;
    const end = lf === -1 ? bytes.length : lf + 1;
    const line = this.#partial ? Buffer.concat([this.#partial, bytes.subarray(at, end)]) : bytes.subarray(at, end);
    if (line.length > limit) throw malformed('a line of its chunks does not end');
    if (lf === -1) {
      this.#partial = Buffer.from(line);
      return end;
    }
    this.#partial = undefined;
    if (line[line.length - 2] !== CR) throw malformed('a bare line feed');
    this.#takeLine(line.toString('latin1', 0, line.length - 2));
    return end;
  }

  #takeLine(line: string): void {
    if (this.#state === 'data-end') {
      if (line !== '') throw malformed('a chunk is longer than it says');
      this.#state = 'size';
    } else if (this.#state === 'size') {
      const size = SIZE_LINE.exec(line)?.[1];
      if (size === undefined) throw malformed('the size of a chunk');
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    } else if (line === '') {
      this.#finish();
    } else {
      // Trailers are read to their end, and nobody wants them.
      this.#trailers += line.length;
      if (this.#trailers > HEAD_LIMIT) throw malformed('its trailers do not end');
    }
  }

  #finish(): void {
    this.#report();
    this.#state = 'done';
    this.#events.onEnd();
  }
}

/** A load generator on bare sockets, so that the client costs little beside what is measured. */
import { connect, type Socket } from 'node:net';

export interface Target {
  name: string;
  port: number;
  path: string;
  headers: Record<string, string>;
}

export const requestBytes = ({ port, path, headers }: Target, body: string): Buffer => {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  });
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${body}`);
};

const END_OF_CHUNKS = Buffer.from('\r\n0\r\n\r\n');
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** One keep-alive connection; requests go one after the other. */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #size = 0;
  #expected = -1;
  #chunked = false;
  #firstByteAt = 0n;
  #onChunk: ((chunk: Buffer) => void) | undefined;
  #done: ((result: { status: number; firstByteAt: bigint }) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #status = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('close', () => this.#failed?.(new Error('the connection was closed')));
    socket.on('error', (error) => this.#failed?.(error));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#size += chunk.length;
    if (this.#expected < 0 && !this.#readHead()) return;
    this.#onChunk?.(chunk);
    const finished = this.#chunked ? this.#endsWithLastChunk(chunk) : this.#size >= this.#expected;
    if (!finished) return;
    const done = this.#done;
    this.#done = undefined;
    this.#failed = undefined;
    done?.({ status: this.#status, firstByteAt: this.#firstByteAt });
  }

  #readHead(): boolean {
    const bytes = this.#received.length === 1 && this.#received[0] ? this.#received[0] : Buffer.concat(this.#received);
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0) return false;
    const head = bytes.toString('latin1', 0, end).toLowerCase();
    this.#status = Number(head.slice(9, 12));
    this.#chunked = head.includes('transfer-encoding: chunked');
    this.#expected = end + 4 + (this.#chunked ? Number.MAX_SAFE_INTEGER / 2 : Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0));
    this.#firstByteAt = process.hrtime.bigint();
    return true;
  }

  #endsWithLastChunk(chunk: Buffer): boolean {
    if (chunk.length >= END_OF_CHUNKS.length) return chunk.subarray(-END_OF_CHUNKS.length).equals(END_OF_CHUNKS);
    return Buffer.concat(this.#received.slice(-3)).subarray(-END_OF_CHUNKS.length).equals(END_OF_CHUNKS);
  }

  send(request: Buffer, onChunk?: (chunk: Buffer) => void): Promise<{ status: number; firstByteAt: bigint }> {
    this.#received = [];
    this.#size = 0;
    this.#expected = -1;
    this.#chunked = false;
    // Long streams are looked at chunk by chunk and not kept.
    this.#onChunk = onChunk
      ? (chunk) => {
          onChunk(chunk);
          this.#received = this.#received.slice(-2);
        }
      : undefined;
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }
}

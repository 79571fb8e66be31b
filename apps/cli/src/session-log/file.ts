import { constants } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';

/** A file is continued in a new one when it would grow beyond this. */
const LARGEST_BYTES = 8 * 1024 * 1024;
const KEPT_PARTS = 3;

// No file that is there already is written to, and no link is followed.
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const partPath = (path: string, part: number): string => path.replace(/\.jsonl$/, `.${part}.jsonl`);

/**
 * Lines appended to a new file of mode 0600. At {@link LARGEST_BYTES} it becomes `<name>.1.jsonl` and goes on empty; the oldest
 * of three such parts is dropped.
 */
export class LineFile {
  readonly #path: string;
  readonly #largest: number;
  #handle: FileHandle | undefined;
  #size = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(path: string, largest: number = LARGEST_BYTES) {
    this.#path = path;
    this.#largest = largest;
  }

  /** Appends one line; lines are written in the order of the calls. */
  write(line: string): Promise<void> {
    this.#queue = this.#queue.then(() => this.#append(Buffer.from(`${line}\n`)));
    return this.#queue;
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #append(bytes: Buffer): Promise<void> {
    if (this.#handle && this.#size + bytes.length > this.#largest) await this.#rotate();
    this.#handle ??= await open(this.#path, FLAGS, 0o600);
    await this.#handle.appendFile(bytes);
    this.#size += bytes.length;
  }

  async #rotate(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    this.#size = 0;
    for (let part = KEPT_PARTS - 1; part >= 1; part--) {
      await rename(partPath(this.#path, part), partPath(this.#path, part + 1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    await rename(this.#path, partPath(this.#path, 1));
  }
}

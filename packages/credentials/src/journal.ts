import { statSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FILE_MODE, readPrivateFile, removeFile, syncFolder, writeFailure, type OnStep } from './files.ts';
import type { Warn } from './env.ts';

/** Room for the answer, on the disk before the token is spent: a full disk is found out while the old token still works. */
const RESERVED_BYTES = 64 * 1024;
const MAX_BYTES = 1024 * 1024;

/** A refresh that somebody began before and never finished: the server may have answered it. */
export interface UnfinishedRefresh {
  /** Milliseconds since 1970. */
  startedAt: number;
}

/** What a journal says. */
export type JournalState =
  | { kind: 'none' }
  /** A refresh was begun and no whole answer is here. `generation` is unknown when an answer was cut while it was written. */
  | { kind: 'unfinished'; generation: number | undefined; startedAt: number }
  /** The answer is here, and whoever wrote it did not say more. It is yet to be checked and put in place. */
  | { kind: 'answered'; answer: string };

/** A begun journal: the intent is durable and the room for the answer is reserved. */
export interface OpenJournal {
  /** Makes the answer durable, in place of the intent. */
  answer(line: string): Promise<void>;
  /** Closes the file. What was written stays. */
  close(): Promise<void>;
}

/** The journal of one login's refreshes. Only the holder of that login's refresh lock begins and answers. */
export interface Journal {
  readonly path: string;
  read(): JournalState;
  /** Writes the intent to refresh `generation`; from now on a crash leaves `unfinished`. */
  begin(generation: number, startedAt: number): Promise<OpenJournal>;
  /** Forgets intent or answer. */
  clear: () => Promise<void>;
}

export function journalAt(path: string, warn: Warn, onStep?: OnStep): Journal {
  return {
    path,
    read: () => readJournal(path, warn),
    clear: async () => {
      if (await removeFile(path)) await syncFolder(dirname(path));
    },
    begin: async (generation, startedAt) => {
      await removeFile(path);
      onStep?.('refresh:reserve');
      const file = await reserve(path, `${JSON.stringify({ refreshing: generation, startedAt })}\n`);
      return {
        answer: async (line) => await writeAnswer(file, path, line, onStep),
        close: async () => await file.close(),
      };
    },
  };
}

async function reserve(path: string, intent: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'wx', FILE_MODE);
    try {
      await file.chmod(FILE_MODE);
      await file.writeFile(intent.padEnd(RESERVED_BYTES));
      await file.sync();
      await syncFolder(dirname(path));
      return file;
    } catch (error) {
      await file.close();
      await removeFile(path);
      throw error;
    }
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/** Overwrites blocks that the file has already, so that no space is needed; the line is whole before the rest is cut off. */
async function writeAnswer(file: FileHandle, path: string, line: string, onStep: OnStep | undefined): Promise<void> {
  const bytes = Buffer.from(line);
  try {
    onStep?.('refresh:write');
    for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done, bytes.length - done, done)).bytesWritten;
    onStep?.('refresh:truncate');
    await file.truncate(bytes.length);
    onStep?.('refresh:sync');
    await file.sync();
    onStep?.('refresh:durable');
  } catch (error) {
    throw writeFailure(path, error);
  }
}

function readJournal(path: string, warn: Warn): JournalState {
  const text = readPrivateFile(path, MAX_BYTES, warn);
  if (text === undefined) return { kind: 'none' };
  const line = text.slice(0, text.indexOf('\n') + 1);
  const value = parseObject(line);
  if (value === undefined) {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? { kind: 'none' } : { kind: 'unfinished', generation: undefined, startedAt: Math.trunc(stats.mtimeMs) };
  }
  const { refreshing, startedAt } = value;
  if (typeof refreshing !== 'number' || typeof startedAt !== 'number') return { kind: 'answered', answer: line };
  return { kind: 'unfinished', generation: refreshing, startedAt };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

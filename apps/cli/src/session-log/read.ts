import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import { LOG_VERSION, type LogLine } from './entry.ts';
import { logFolder } from './session-log.ts';

export interface LoggedSession {
  sessionId: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  command: string;
  prompts: number;
  /** Models in the order of their first prompt. */
  models: readonly string[];
  errors: number;
  /** Bytes of all parts. */
  bytes: number;
  /** Why nothing more can be told of it; the fields above are empty then. */
  problem?: string;
}

const SESSION_FILE = /^(\d{8}-\d{6}-[0-9a-f]{8})(?:\.(\d))?\.jsonl$/;

interface Part {
  sessionId: string;
  /** 0 for the file that is written to, higher for older parts. */
  part: number;
  path: string;
}

const partsOf = async (home: string): Promise<Part[]> => {
  const folder = logFolder(home);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new MogplexError('unavailable', `${folder} cannot be read`, { boundary: 'storage', cause: error });
  });
  return names.flatMap((name) => {
    const [, sessionId, part = '0'] = SESSION_FILE.exec(name) ?? [];
    return sessionId === undefined ? [] : [{ sessionId, part: Number(part), path: join(folder, name) }];
  });
};

const parseLine = (line: string): LogLine | undefined => {
  try {
    const value = JSON.parse(line) as LogLine;
    return typeof value.type === 'string' ? value : undefined;
  } catch {
    // The last line of a process that was killed may be cut.
    return undefined;
  }
};

const readParts = async (parts: readonly Part[]): Promise<LogLine[]> => {
  const ordered = parts.toSorted((one, other) => other.part - one.part);
  const texts = await Promise.all(ordered.map(({ path }) => readFile(path, 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n')).flatMap((line) => parseLine(line) ?? []);
  const newer = lines.find(({ v }) => v > LOG_VERSION);
  if (newer) {
    throw new MogplexError('damaged', `this log was written by a newer version of mogplex (log version ${newer.v})`, {
      boundary: 'storage',
    });
  }
  return lines;
};

const summary = async (sessionId: string, parts: readonly Part[]): Promise<LoggedSession> => {
  const lines = await readParts(parts);
  const sizes = await Promise.all(parts.map(async ({ path }) => (await lstat(path)).size));
  const header = lines.find((line) => line.type === 'session');
  const prompts = lines.filter((line) => line.type === 'prompt');
  return {
    sessionId,
    startedAt: lines[0]?.at ?? '',
    command: header?.command ?? '',
    prompts: prompts.length,
    models: [...new Set(prompts.map(({ model }) => model))],
    errors: lines.filter(({ type }) => type === 'error').length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
};

/** What is told of a session whose log cannot be read: one of them hides none of the others. */
const unreadable = (sessionId: string, error: unknown): LoggedSession => ({
  sessionId,
  startedAt: '',
  command: '',
  prompts: 0,
  models: [],
  errors: 0,
  bytes: 0,
  problem: error instanceof Error ? error.message : String(error),
});

/** Every logged session, the newest first. */
export const listSessions = async (home: string): Promise<LoggedSession[]> => {
  const bySession = Map.groupBy(await partsOf(home), ({ sessionId }) => sessionId);
  const sessions = await Promise.all(
    [...bySession].map(([sessionId, parts]) => summary(sessionId, parts).catch((error: unknown) => unreadable(sessionId, error))),
  );
  return sessions.toSorted((one, other) => (one.sessionId < other.sessionId ? 1 : -1));
};

/**
 * The lines of one session, its older parts first.
 *
 * @param asked a session's id, the beginning of one, or `latest`
 * @throws MogplexError `not_found` when no session or more than one is meant
 */
export const readSession = async (home: string, asked: string): Promise<{ sessionId: string; lines: LogLine[] }> => {
  const bySession = Map.groupBy(await partsOf(home), ({ sessionId }) => sessionId);
  const ids = [...bySession.keys()].toSorted();
  const meant = asked === 'latest' ? ids.slice(-1) : ids.filter((id) => id.startsWith(asked));
  const [sessionId] = meant;
  if (sessionId !== undefined && meant.length === 1) return { sessionId, lines: await readParts(bySession.get(sessionId) ?? []) };
  throw new MogplexError(
    'not_found',
    meant.length === 0 ? 'there is no such session log' : `${meant.length} session logs begin like that`,
    {
      boundary: 'storage',
      hint: '`mogplex logs` lists the sessions.',
    },
  );
};

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MogplexError } from '@mogplex/protocol';

/** Writes a file atomically and durably with mode 0600. */
export type WriteFile = (path: string, text: string) => Promise<void>;

export interface Consents {
  has(sha256: string): boolean;
  /** Records that the person allows code with exactly this content. */
  grant(sha256: string, path: string): Promise<void>;
  /** Takes the consent back; false when there was none. */
  revoke(sha256: string): Promise<boolean>;
}

interface ConsentFile {
  version: 1;
  /** By SHA-256 of the content: the path at which it was allowed, and when (ms since 1970). */
  files: Record<string, { path: string; at: number }>;
}

const FILE = 'plugin-consent.json';

/** SHA-256 of a plugin file's bytes, in hex: what consent is bound to. */
export const contentHash = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

const parse = (text: string, path: string): ConsentFile => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'version' in value && value.version === 1 && 'files' in value) {
      return { version: 1, files: { ...(value.files as ConsentFile['files']) } };
    }
  } catch (cause) {
    throw new MogplexError('damaged', `${path} is not readable as JSON`, { boundary: 'storage', cause });
  }
  throw new MogplexError('damaged', `${path} has an unknown form`, { boundary: 'storage' });
};

/**
 * The consents in `<home>/plugin-consent.json`.
 *
 * @throws MogplexError `damaged` when the file cannot be understood; no project plugin is loaded then.
 */
export const openConsents = async (home: string, options: { write: WriteFile; now: () => number }): Promise<Consents> => {
  const path = join(home, FILE);
  const read = async (): Promise<ConsentFile> => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? { version: 1, files: {} } : parse(text, path);
  };
  let current = await read();
  const change = async (edit: (files: ConsentFile['files']) => void): Promise<void> => {
    const next = await read();
    edit(next.files);
    await options.write(path, `${JSON.stringify(next, null, 2)}\n`);
    current = next;
  };
  return {
    has: (sha256) => Object.hasOwn(current.files, sha256),
    grant: (sha256, at) => change((files) => void (files[sha256] = { path: at, at: options.now() })),
    revoke: async (sha256) => {
      const had = Object.hasOwn(current.files, sha256);
      if (had) await change((files) => void delete files[sha256]);
      return had;
    },
  };
};

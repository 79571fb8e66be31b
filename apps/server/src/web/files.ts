import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  type: string;
  etag: string;
  plain: Buffer<ArrayBuffer>;
  gzip: Buffer<ArrayBuffer>;
  brotli: Buffer<ArrayBuffer>;
}

/** The built pages by the path at which they are served, for instance `/assets/index-1a2b.js`. Empty when they were not built. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const entriesOf = (folder: string): Dirent[] => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

const load = (path: string): PageFile | undefined => {
  const type = TYPES[extname(path)];
  if (type === undefined) return undefined;
  const plain = Buffer.from(readFileSync(path));
  return {
    type,
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 27)}"`,
    plain,
    gzip: Buffer.from(gzipSync(plain)),
    brotli: Buffer.from(brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } })),
  };
};

/**
 * Reads the built pages into memory: what is served is what was there at the start, and no path of a request ever reaches the
 * file system.
 *
 * @param folder the build's output.
 */
export const readPageFiles = (folder: string): PageFiles => {
  const files = new Map<string, PageFile>();
  for (const entry of entriesOf(folder)) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const file = load(path);
    if (file) files.set(`/${relative(folder, path).replaceAll('\\', '/')}`, file);
  }
  return files;
};

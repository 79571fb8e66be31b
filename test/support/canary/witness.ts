import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import type { Sighting } from './marks.ts';

export interface Wiretap {
  /** Where clients connect instead of the platform. */
  url: string;
  /** Both directions of every connection, named `from client N` and `from platform N`. */
  sightings(): Sighting[];
  close(): Promise<void>;
}

/** Stands between clients and the platform, and keeps every byte of both directions. `target` can be set later. */
export const startWiretap = async (target: { port: number }): Promise<Wiretap> => {
  const streams: { place: string; chunks: Buffer[] }[] = [];
  let count = 0;
  const tap = (place: string) => {
    const stream = { place, chunks: [] as Buffer[] };
    streams.push(stream);
    return (chunk: Buffer): void => void stream.chunks.push(chunk);
  };
  const server = createServer((client) => {
    count += 1;
    const platform = connect(target.port, '127.0.0.1');
    client.on('data', tap(`from client ${count}`));
    platform.on('data', tap(`from platform ${count}`));
    client.pipe(platform).pipe(client);
    client.on('error', () => platform.destroy());
    platform.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sightings: () => streams.map(({ place, chunks }) => ({ place, bytes: Buffer.concat(chunks) })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
};

/** Every file below a folder, its name included. */
export const readEverything = async (folder: string): Promise<Sighting[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sightings: Sighting[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const place = `file ${relative(folder, path)}`;
    sightings.push({ place: 'a file name', bytes: Buffer.from(relative(folder, path)) });
    if (entry.isFile()) sightings.push({ place, bytes: await readFile(path) });
    if (entry.isSymbolicLink()) sightings.push({ place, bytes: Buffer.from(await readlink(path)) });
  }
  return sightings;
};

interface ProcessEntry {
  pid: number;
  parent: number;
}

const listProcesses = async (): Promise<ProcessEntry[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return { pid: Number(pid), parent: Number(fields[1] ?? 0) };
    }),
  );
  return entries;
};

/**
 * Watches the arguments and environments of processes while a test runs.
 *
 * - the arguments of every descendant of this process are kept
 * - the environment only of what our programs started themselves: `ours` says which process ids a test gave secrets to on purpose
 */
export const watchProcesses = (ours: () => ReadonlySet<number>): { sightings(): Sighting[]; stop(): Promise<void> } => {
  const seen = new Map<string, Sighting>();
  let running = true;
  const look = async (): Promise<void> => {
    const entries = await listProcesses();
    const parents = new Map(entries.map(({ pid, parent }) => [pid, parent]));
    const isBelow = (pid: number, roots: ReadonlySet<number>): boolean => {
      for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at)) if (roots.has(at)) return true;
      return false;
    };
    const self = new Set([process.pid]);
    for (const { pid } of entries) {
      if (!isBelow(pid, self)) continue;
      const command = await readFile(`/proc/${pid}/cmdline`).catch(() => Buffer.alloc(0));
      seen.set(`arguments ${command.toString('hex')}`, { place: `arguments of a process`, bytes: command });
      if (!isBelow(pid, ours())) continue;
      const environment = await readFile(`/proc/${pid}/environ`).catch(() => Buffer.alloc(0));
      seen.set(`environment ${environment.toString('hex')}`, { place: `environment of a child process`, bytes: environment });
    }
  };
  const loop = (async () => {
    while (running) {
      await look();
      await new Promise((resolve) => {
        setTimeout(resolve, 25);
      });
    }
  })();
  return {
    sightings: () => [...seen.values()],
    async stop() {
      running = false;
      await loop;
    },
  };
};

import { readdir, readFile, readlink } from 'node:fs/promises';
import { plainText } from '@moxxy/sdk';

const LISTENING = '0A';

const listeningInodes = async (port: number): Promise<Set<string>> => {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')));
  const rows = tables.flatMap((table) => table.split('\n').slice(1)).map((row) => row.trim().split(/\s+/));
  return new Set(rows.filter((row) => row[1]?.endsWith(suffix) && row[3] === LISTENING).map((row) => `socket:[${row[9]}]`));
};

const holds = async (pid: string, sockets: ReadonlySet<string>): Promise<boolean> => {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (sockets.has(target)) return true;
  }
  return false;
};

/** The program that listens on a TCP port, as `name (pid 123)`, where the system tells; otherwise undefined. */
export const portHolder = async (port: number): Promise<string | undefined> => {
  const sockets = await listeningInodes(port);
  if (sockets.size === 0) return undefined;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (!(await holds(pid, sockets))) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program');
    return `${plainText(name, 40)} (pid ${pid})`;
  }
  return undefined;
};

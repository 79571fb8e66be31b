import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileReport, Finding } from './report.ts';

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

const judge = (mode: number, isLink: boolean, wanted: number, foreign: boolean): Finding[] => {
  if (isLink) return [{ severity: 'problem', text: 'is a symbolic link, which is not followed' }];
  const findings: Finding[] = [];
  if ((mode & 0o077) !== 0) {
    findings.push({ severity: 'warning', text: `is open to other users (mode ${octal(mode)}); it should be ${octal(wanted)}` });
  }
  if (foreign) findings.push({ severity: 'problem', text: 'belongs to another user' });
  return findings;
};

const reportOf = async (path: string, shown: string): Promise<FileReport> => {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return { path: shown, findings: [] };
  const user = process.geteuid?.();
  const foreign = user !== undefined && user !== 0 && stats.uid !== user;
  const wanted = stats.isDirectory() ? 0o700 : 0o600;
  return { path: shown, mode: octal(stats.mode), findings: judge(stats.mode, stats.isSymbolicLink(), wanted, foreign) };
};

/**
 * Modes of everything private in the home folder, looked at before anything is opened, since opening repairs them.
 *
 * @param shorten turns a path into one that may be pasted
 */
export const checkFiles = async (home: string, shorten: (path: string) => string): Promise<FileReport[]> => {
  const logs = join(home, 'logs');
  const names = await readdir(logs).catch(() => []);
  const always = [home, join(home, 'auth.json'), join(home, 'config.toml'), join(home, 'vault'), join(home, 'history'), logs];
  const reports = await Promise.all(always.map((path) => reportOf(path, shorten(path))));
  const inLogs = await Promise.all(names.map((name) => reportOf(join(logs, name), shorten(join(logs, name)))));
  // config.toml holds no secret, so a mode that others can read is fine there.
  const modes = reports.map((report) => (report.path.endsWith('config.toml') ? { ...report, findings: [] } : report));
  return [...modes, ...inLogs.filter(({ findings }) => findings.length > 0)];
};

import { spawn } from 'node:child_process';
import { CREDENTIAL_ENV_VARS } from '@mogplex/protocol';
import type { World } from '../../world.ts';

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** A program that finds no browser says so within so many milliseconds; one that still runs then is one. */
const COMPLAINT_MS = 1_500;

/** Variables that no child process gets to see. */
const WITHHELD = new Set([...CREDENTIAL_ENV_VARS, 'DATABASE_URL', 'MOGPLEX_MASTER_KEY']);

/** Whether a browser on this machine can be opened: one is named by BROWSER, or there is a desktop in front of it. */
export function canOpenBrowser({ env }: World, platform: NodeJS.Platform = process.platform): boolean {
  if (present(env['BROWSER'])) return true;
  if (present(env['SSH_CONNECTION'])) return false;
  return platform === 'darwin' || platform === 'win32' || present(env['DISPLAY']) || present(env['WAYLAND_DISPLAY']);
}

/**
 * Opens a page in the person's browser: the first program of BROWSER, else what the system opens pages with.
 * The program gets no credential of ours in its environment.
 *
 * @returns false when the program could not be started, or ended at once with an error
 */
export async function openBrowser({ env }: World, url: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const named = env['BROWSER']?.split(':')[0]?.trim();
  const [command, ...args] = present(named) ? named.split(/\s+/) : (OPENERS[platform] ?? ['xdg-open']);
  if (command === undefined) return false;
  const withUrl = args.includes('%s') ? args.map((part) => (part === '%s' ? url : part)) : [...args, url];
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !WITHHELD.has(name)));
  return await new Promise((resolve) => {
    const child = spawn(command, withUrl, { env: kept, stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    child.once('spawn', () => {
      child.unref();
      setTimeout(() => resolve(true), COMPLAINT_MS);
    });
  });
}

function present(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Ms until a signal has arrived. */
const ARRIVED_MS = 50;

/**
 * Stops the program and whatever the shell started with it (POSIX.1-2024, section 11.1.4), as Ctrl+Z does outside of raw mode. Resolves
 * when the shell continues them: no time passes in a stopped process. Where there is no shell that could do that, the signal does nothing.
 */
export async function stopUntilContinued(): Promise<void> {
  process.kill(0, 'SIGTSTP');
  await sleep(ARRIVED_MS);
}

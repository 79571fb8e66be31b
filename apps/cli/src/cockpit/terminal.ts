import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from 'ink';
import type { World } from '../world.ts';
import type { Cockpit } from './controller.ts';

/** Ms that a terminal gets to take the last frame. */
const LONGEST_FAREWELL_MS = 500;

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Keeps the terminal usable whatever ends the program. */
export interface TerminalGuard {
  /** The screen that has to be taken down. */
  drawn(screen: Instance): void;
  /** Leaves the alternate screen, shows the cursor, ends raw mode, and stops listening. */
  restore(): Promise<void>;
}

/**
 * Takes the terminal over, with a way back for every end: SIGINT, SIGTERM, SIGHUP, a closed terminal, an uncaught error.
 *
 * @param interrupt what SIGINT does where the terminal turns Ctrl+C into one; by default it ends the cockpit
 */
export function guardTerminal(world: World, cockpit: Cockpit, interrupt?: () => void): TerminalGuard {
  let screen: Instance | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGINT' && interrupt !== undefined) interrupt();
    else cockpit.leave(SIGNALS[signal as keyof typeof SIGNALS]);
  };
  const takeDown = (): void => {
    const drawn = screen;
    screen = undefined;
    try {
      drawn?.unmount();
      if (!world.stdin.destroyed) world.stdin.setRawMode(false);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  };
  const onError = (error: unknown): void => {
    if (isGone(error)) return cockpit.leave(SIGNALS.SIGHUP);
    takeDown();
    void import('./redact.ts')
      .then(({ redactedError }) => world.stderr.write(`mogplex stopped: ${redactedError(error)}\n`))
      .finally(() => process.exit(1));
  };
  // A terminal that is closed may say so by the end of its input alone.
  const onEnd = (): void => cockpit.leave(SIGNALS.SIGHUP);
  world.stdin.once('end', onEnd);
  for (const signal of Object.keys(SIGNALS)) process.on(signal, onSignal);
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  return {
    drawn(instance) {
      screen = instance;
    },
    async restore() {
      const exit = screen?.waitUntilExit();
      takeDown();
      // A terminal that is gone never confirms the last frame.
      await Promise.race([exit, sleep(LONGEST_FAREWELL_MS)]);
      world.stdin.off('end', onEnd);
      world.stdin.pause();
      for (const signal of Object.keys(SIGNALS)) process.off(signal, onSignal);
      process.off('uncaughtException', onError);
      process.off('unhandledRejection', onError);
    },
  };
}

/** Whether an error says that there is no terminal any more: nothing is left to restore then. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EIO' || error.code === 'EPIPE' || error.code === 'EBADF');
}

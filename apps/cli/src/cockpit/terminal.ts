import type { Instance } from 'ink';
import type { World } from '../world.ts';
import type { Cockpit } from './controller.ts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Keeps the terminal usable whatever ends the program. */
export interface TerminalGuard {
  /** The screen that has to be taken down. */
  drawn(screen: Instance): void;
  /** Leaves the alternate screen, shows the cursor, ends raw mode, and stops listening. */
  restore(): Promise<void>;
}

/**
 * Takes the terminal over with a way back for every
 * end (statement of `terminal.md`: SIGINT, SIGTERM, SIGHUP, an uncaught error).
 */
export function guardTerminal(world: World, cockpit: Cockpit): TerminalGuard {
  let screen: Instance | undefined;
  const onSignal = (signal: NodeJS.Signals): void => cockpit.leave(SIGNALS[signal as keyof typeof SIGNALS]);
  const takeDown = (): void => {
    screen?.unmount();
    screen = undefined;
    if (!world.stdin.destroyed) world.stdin.setRawMode(false);
  };
  const onError = (error: unknown): void => {
    takeDown();
    void import('./redact.ts')
      .then(({ redactedError }) => world.stderr.write(`mogplex stopped: ${redactedError(error)}\n`))
      .finally(() => process.exit(1));
  };
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
      await exit;
      world.stdin.pause();
      for (const signal of Object.keys(SIGNALS)) process.off(signal, onSignal);
      process.off('uncaughtException', onError);
      process.off('unhandledRejection', onError);
    },
  };
}

import { type LoginEvent, plainText } from '@moxxy/sdk';
import type { World } from '../../world.ts';

/** What a login shows while it goes on. Everything goes to stderr, so that stdout holds the outcome alone. */
export interface LoginScreen {
  report: (event: LoginEvent) => void;
  /** Clears the progress line. Safe to call more than once. */
  end: () => void;
}

const TICK_MS = 1000;
const CLEAR_LINE = '\r\u001b[K';

const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

/** The screen of one login: the address or the code, then one line that counts down on a terminal. */
export const loginScreen = (world: Pick<World, 'stderr' | 'now'>): LoginScreen => {
  const { stderr } = world;
  const live = stderr.isTTY === true;
  let waiting: { what: string; expiresAt: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lastNote: string | undefined;
  const noiseSeen = new Set<string>();

  const draw = (): void => {
    if (live && waiting) stderr.write(`${CLEAR_LINE}${waiting.what} (${clock(waiting.expiresAt - world.now())} left)`);
  };
  const say = (text: string): void => {
    stderr.write(`${live && waiting ? CLEAR_LINE : ''}${text}\n`);
    draw();
  };
  const wait = (what: string, expiresAt: number): void => {
    waiting = { what, expiresAt };
    if (!live) stderr.write(`${what} (${clock(expiresAt - world.now())} left)\n`);
    draw();
    if (live) timer ??= setInterval(draw, TICK_MS);
  };
  const end = (): void => {
    clearInterval(timer);
    if (live && waiting) stderr.write(CLEAR_LINE);
    waiting = undefined;
  };

  const report = (event: LoginEvent): void => {
    switch (event.type) {
      case 'browser':
        say(`Open this address to log in (your browser should do so by itself):\n\n  ${event.url}\n`);
        wait(`Waiting for the browser at ${event.redirectUri}`, event.expiresAt);
        break;
      case 'browser-failed':
        say('No browser could be opened here. Open the address yourself, or press Ctrl+C and use --no-browser.');
        break;
      case 'device': {
        const direct = event.verificationUriComplete === undefined ? '' : `\nor open ${event.verificationUriComplete}\n`;
        say(`Open ${event.verificationUri} on any device and enter this code:\n\n  ${event.userCode}\n${direct}`);
        wait('Waiting for you to finish there', event.expiresAt);
        break;
      }
      case 'polling':
        if (event.note !== undefined && event.note !== lastNote) say(`  ${plainText(event.note)}`);
        lastNote = event.note;
        break;
      case 'noise':
        if (!noiseSeen.has(event.reason)) say(`  A request that is not this login was turned away. ${plainText(event.reason)}`);
        noiseSeen.add(event.reason);
        break;
    }
  };
  return { report, end };
};

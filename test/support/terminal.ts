import { spawn, type IPty } from '@lydell/node-pty';
import xterm, { type Terminal } from '@xterm/headless';
import { fileURLToPath } from 'node:url';

/** The built executable that every terminal test drives. */
export const MOGPLEX = fileURLToPath(new URL('../../apps/cli/bin/mogplex.mjs', import.meta.url));

/** Start and end of a frame that is to be seen as one (synchronized output, DEC private mode 2026). */
const FRAME_START = '\u001b[?2026h';
const FRAME_END = '\u001b[?2026l';

export interface TerminalOptions {
  /** Program to run; the running Node by default. */
  file?: string;
  /** Arguments of `file`; with the default program, arguments of `mogplex`. */
  args?: readonly string[];
  /** The whole environment of the child: nothing is inherited but PATH. TERM is `xterm-256color` unless it says another. */
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** Columns, 80 by default. */
  cols?: number;
  /** Rows, 24 by default. */
  rows?: number;
}

export interface ExitStatus {
  exitCode: number;
  signal: number | undefined;
}

/** What `waitFor` accepts: a text on the screen, a pattern over it, or any condition. */
export type ScreenCondition = string | RegExp | ((screen: string) => boolean);

/** Keys that a program in raw mode receives. */
export const KEYS = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pageUp: '\u001b[5~',
  pageDown: '\u001b[6~',
  backspace: '\u007f',
  ctrlA: '\u0001',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  ctrlE: '\u0005',
  ctrlK: '\u000b',
  ctrlL: '\u000c',
  ctrlP: '\u0010',
  ctrlU: '\u0015',
  ctrlZ: '\u001a',
  /** Shift+Enter as terminals with the kitty keyboard protocol send it. */
  shiftEnter: '\u001b[13;2u',
} as const;

/** How long the bytes of an ended program are waited for. */
const LAST_BYTES_MS = 100;

/**
 * A program in a real pseudo-terminal whose output is drawn by a real terminal emulator.
 *
 * @example
 * await using terminal = openTerminal({ env: { HOME: home } });
 * await terminal.waitFor('Sign in with Mogplex');
 * terminal.write(KEYS.enter);
 */
export class PseudoTerminal {
  /** Every byte that the program wrote, undrawn. */
  raw = '';
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  readonly #pty: IPty;
  readonly #screen: Terminal;
  readonly #listeners = new Set<() => void>();
  #exit: ExitStatus | undefined;
  /** Whether the emulator has seen the start of a frame and not its end. */
  #drawing = false;

  constructor(pty: IPty, screen: Terminal) {
    this.#pty = pty;
    this.#screen = screen;
    this.pid = pty.pid;
    let seam = '';
    let open = false;
    pty.onData((data) => {
      this.raw += data;
      const text = seam + data;
      const [opened, closed] = [text.lastIndexOf(FRAME_START), text.lastIndexOf(FRAME_END)];
      if (opened !== closed) open = opened > closed;
      const drawing = open;
      seam = text.slice(1 - FRAME_START.length);
      screen.write(data, () => {
        this.#drawing = drawing;
        this.#wake();
      });
    });
    // The emulator answers the questions of the program (cursor position, device attributes).
    screen.onData((answer) => {
      if (this.#exit === undefined) pty.write(answer);
    });
    this.exited = new Promise((resolve) => {
      pty.onExit(({ exitCode, signal }) => {
        const exit = { exitCode, signal: signal === 0 ? undefined : signal };
        this.#exit = exit;
        // The last bytes may arrive after the news of the end.
        setTimeout(() => {
          screen.write('', () => {
            this.#wake();
            resolve(exit);
          });
        }, LAST_BYTES_MS);
      });
    });
  }

  /** The visible screen, one string a row, trailing blanks removed. */
  rows(): string[] {
    const buffer = this.#screen.buffer.active;
    return Array.from({ length: this.#screen.rows }, (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '');
  }

  /** The visible screen as one text. */
  text(): string {
    return this.rows().join('\n').trimEnd();
  }

  /** The emulator itself, for cells, cursor and modes. */
  get emulator(): Terminal {
    return this.#screen;
  }

  /** Whether the program shows its alternate screen. */
  get inAlternateScreen(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  get exitStatus(): ExitStatus | undefined {
    return this.#exit;
  }

  /** Sends keys as a person would type them. */
  write(keys: string): void {
    this.#pty.write(keys);
  }

  /** Sends a text as a paste (bracketed when the program asked for that). */
  paste(text: string): void {
    this.#pty.write(this.#screen.modes.bracketedPasteMode ? `\u001b[200~${text}\u001b[201~` : text);
  }

  resize(cols: number, rows: number): void {
    this.#screen.resize(cols, rows);
    this.#pty.resize(cols, rows);
  }

  kill(signal: NodeJS.Signals): void {
    this.#pty.kill(signal);
  }

  /**
   * Waits until the screen satisfies a condition. A frame that is still being drawn (synchronized output) is not looked at.
   *
   * @param timeout milliseconds, 30,000 by default
   * @throws Error with the screen in its message when the time is over or the program has ended
   */
  async waitFor(condition: ScreenCondition, timeout = 30_000): Promise<string> {
    const met = (): boolean => !(this.#drawing && this.#exit === undefined) && matches(condition, this.text());
    return await new Promise<string>((resolve, reject) => {
      const stop = (): void => {
        this.#listeners.delete(check);
        clearTimeout(timer);
      };
      const fail = (why: string): void => {
        stop();
        reject(new Error(`${why} while waiting for ${describe(condition)}. The screen:\n${this.text()}`));
      };
      const timer = setTimeout(() => fail(`${timeout} ms passed`), timeout);
      const check = (): void => {
        if (met()) {
          stop();
          resolve(this.text());
        } else if (this.#exit !== undefined) {
          fail(`the program ended (${JSON.stringify(this.#exit)})`);
        }
      };
      this.#listeners.add(check);
      check();
    });
  }

  /** Waits for the end of the program; kills it and fails after `timeout` milliseconds. */
  async waitForExit(timeout = 30_000): Promise<ExitStatus> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the program did not end in ${timeout} ms. The screen:\n${this.text()}`)), timeout);
    });
    try {
      return await Promise.race([this.exited, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#exit === undefined) this.#pty.kill('SIGKILL');
    await this.exited;
    this.#screen.dispose();
  }

  #wake(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Starts a program (the built `mogplex` by default) in a new pseudo-terminal. */
export function openTerminal(options: TerminalOptions = {}): PseudoTerminal {
  const cols = options.cols ?? 80;
  const rows = options.rows ?? 24;
  const screen = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 5_000 });
  const args = options.args ?? [];
  const [file, argv] = options.file === undefined ? [process.execPath, [MOGPLEX, ...args]] : [options.file, [...args]];
  const env: Record<string, string> = { TERM: 'xterm-256color', PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' };
  for (const [name, value] of Object.entries(options.env ?? {})) if (value !== undefined) env[name] = value;
  const pty = spawn(file, argv, { name: env['TERM'] ?? '', cols, rows, cwd: options.cwd ?? process.cwd(), env });
  return new PseudoTerminal(pty, screen);
}

function matches(condition: ScreenCondition, screen: string): boolean {
  if (typeof condition === 'string') return screen.includes(condition);
  return condition instanceof RegExp ? condition.test(screen) : condition(screen);
}

function describe(condition: ScreenCondition): string {
  return typeof condition === 'function' ? 'a condition' : JSON.stringify(String(condition));
}

import type { Cockpit } from '../controller.ts';
import { filtered } from '../drawers/list.ts';
import { money } from '../panels/header.ts';
import { shownTimeline } from '../state/reduce.ts';
import type { CockpitState, Drawer, LoginStep, TimelineItem } from '../state/state.ts';
import { loginLines, loginPrompt } from './login.ts';

/** Ms that changes are gathered before they are told: a reader hears what they amount to, not every step. */
const GATHER_MS = 60;

/** Tells what changes on the screen of a cockpit, once, line by line. */
export class PlainOutput {
  readonly #cockpit: Cockpit;
  readonly #write: (text: string) => void;
  #stop: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Characters of each entry that were told; an answer grows. */
  readonly #told = new Map<number, number>();
  #header = '';
  #login: LoginStep | undefined;
  #drawer: Drawer | undefined;
  #alert: string | undefined;
  #turn: CockpitState['turn'] = 'idle';
  #asking: CockpitState['asking'];
  #run: string | undefined;
  /** Whether the last row has not ended yet. */
  #open = false;
  /** Whether the person was told that it is their turn. */
  #asked = false;

  constructor(cockpit: Cockpit, write: (text: string) => void) {
    this.#cockpit = cockpit;
    this.#write = write;
  }

  start(): void {
    this.#line('Mogplex, in plain lines. /help lists the commands, Ctrl+C interrupts, /quit leaves.');
    this.#stop = this.#cockpit.store.subscribe(() => this.ask());
    this.#tell();
  }

  stop(): void {
    this.#stop();
    clearTimeout(this.#timer);
    this.#tell();
  }

  /** The person ended a line, which ended the row on screen where the terminal echoes what is typed. */
  answered(echoed: boolean): void {
    this.#open = !echoed;
    this.#asked = false;
  }

  /** Tells soon what has changed, and whose turn it is. */
  ask(): void {
    this.#timer ??= setTimeout(() => this.#tell(), GATHER_MS);
  }

  #tell(): void {
    this.#timer = undefined;
    const { state } = this.#cockpit;
    if (state.alert !== undefined && state.alert.text !== this.#alert) this.#line(state.alert.text);
    this.#alert = state.alert?.text;
    if (state.view === 'login') this.#tellLogin(state);
    else this.#tellSession(state);
  }

  #tellLogin({ login, canLeaveLogin }: CockpitState): void {
    if (login !== this.#login) {
      this.#asked = false;
      for (const line of loginLines(login)) this.#line(line);
    }
    this.#login = login;
    this.#prompt(loginPrompt(login, canLeaveLogin));
  }

  #tellSession(state: CockpitState): void {
    this.#login = undefined;
    const { asking, header, run, turn, usage } = state;
    const about = [header.model ?? 'no model', header.credential, header.mode, header.connection].join(', ');
    if (about !== this.#header && header.mode !== '') this.#line(`Using ${about}.`);
    if (header.mode !== '') this.#header = about;
    const watched =
      run === undefined ? undefined : `Run ${run.id}: ${run.status}, ${run.model}, started by ${run.startedBy}, line ${run.line}.`;
    if (watched !== this.#run && watched !== undefined) this.#line(watched);
    this.#run = watched;
    for (const item of shownTimeline(state)) this.#tellItem(item);
    if (asking !== this.#asking && asking !== undefined) this.#line(`${asking.text}. Ctrl+C stops.`);
    this.#asking = asking;
    if (turn !== this.#turn && turn === 'waiting') this.#line('Waiting for the model. Ctrl+C interrupts.');
    if (turn !== this.#turn && turn === 'idle') this.#line(`Done, ${money(usage)} so far.`);
    this.#turn = turn;
    this.#tellDrawer(state.drawer);
    if (state.drawer === undefined && turn === 'idle') this.#prompt('> ');
  }

  #tellItem(item: TimelineItem): void {
    const told = this.#told.get(item.id);
    if (item.kind === 'answer') {
      if (told === undefined) this.#line('Answer:');
      const text = item.text.slice(told ?? 0);
      if (text !== '') this.#text(text);
      if (item.state !== 'streaming' && this.#open) this.#line('');
      if (told !== undefined && item.state === 'interrupted' && !this.#told.has(-item.id)) this.#line('Interrupted.');
      if (item.state !== 'streaming') this.#told.set(-item.id, 0);
      this.#told.set(item.id, item.text.length);
      return;
    }
    if (told !== undefined) return;
    this.#told.set(item.id, 0);
    if (item.kind === 'notice') this.#line(`${item.level === 'error' ? 'Error: ' : ''}${item.text}`);
    else if (item.kind === 'tool') this.#line(`Tool ${item.name} ${item.input}`);
    else if (item.kind === 'reasoning') this.#line('The model is thinking.');
    // What the person typed here stands above already.
    else if (this.#cockpit.state.run !== undefined) this.#line(`Prompt: ${item.text}`);
  }

  #tellDrawer(drawer: Drawer | undefined): void {
    if (drawer === this.#drawer) return;
    this.#drawer = drawer;
    if (drawer === undefined) return;
    this.#asked = false;
    this.#line(`${drawer.title}:`);
    if (drawer.kind !== 'list') {
      for (const row of drawer.rows) this.#line(row);
      if (drawer.kind === 'confirm') return this.#prompt('Yes or no? y/n: ');
      // A page is read at once and needs no closing; one that is still being read for is told when it is there.
      if (drawer.rows.join('') === 'Reading …') return;
      return this.#cockpit.escape();
    }
    for (const row of drawer.intro ?? []) this.#line(row);
    for (const [at, { label, detail }] of filtered(drawer).entries())
      this.#line(`${at + 1}. ${label}${detail === '' ? '' : `, ${detail}`}`);
    this.#prompt('Number, or nothing to close: ');
  }

  #line(text: string): void {
    this.#write(`${this.#open ? '\n' : ''}${text}\n`);
    this.#open = false;
    this.#asked = false;
  }

  #text(text: string): void {
    this.#write(text);
    this.#open = !text.endsWith('\n');
    this.#asked = false;
  }

  #prompt(text: string): void {
    if (this.#asked) return;
    this.#write(`${this.#open ? '\n' : ''}${text}`);
    this.#open = true;
    this.#asked = true;
  }
}

import { AskingController } from './asking.ts';
import { askTool } from './drawers/approval.ts';
import { closeDrawer } from './drawers/choose.ts';
import { openPalette } from './drawers/open.ts';
import { EMPTY_EDITOR, submit } from './input/editor.ts';
import { CompletionLists } from './input/lists.ts';
import { LoginController } from './login/controller.ts';
import { type CustomCommand, type OpenSession, PERMISSION_MODES, type Ports } from './ports.ts';
import { PlatformController } from './platform/controller.ts';
import { RunController } from './run/controller.ts';
import { runSlash } from './slash/run.ts';
import { nearest, parseSlash, SLASH_COMMANDS, withoutKey } from './slash/table.ts';
import { expandTemplate } from './slash/custom.ts';
import { addNotice } from './state/reduce.ts';
import { known } from './state/platform.ts';
import { isOver } from './state/run.ts';
import { type Anchor, type CockpitState, type Header, initialState, type Level } from './state/state.ts';
import { createStore, type Store } from './state/store.ts';
import { SIGN_MS } from './panels/foot.ts';
import { sanitise, sanitiseLine } from './text/sanitise.ts';
import { TurnController } from './turn.ts';

/** Takes the place of the word that the login was removed, and so says that as well. */
const REMOVED_HERE = 'Removed here; the platform could not be told: revoke it under Settings there.';
const NOT_REVOKED = 'The platform could not be told: revoke the login under Settings there.';

/** A second Ctrl+C within this many milliseconds leaves. */
const TWICE_MS = 1_500;

export interface StartOptions {
  attach?: string;
  logout?: boolean;
  model?: string;
  /** Show the login screen whatever is stored (`mogplex login`). */
  login?: boolean;
  /** Plain lines instead of a screen. */
  plain?: boolean;
}

export interface Scroller {
  page: number;
  move: (anchor: Anchor | undefined, by: number) => Anchor | undefined;
  drawerEnd: number;
}

/** Everything that a key or a command can make the cockpit do. */
export class Cockpit {
  readonly store: Store;
  readonly ports: Ports;
  readonly login: LoginController;
  readonly run: RunController;
  readonly platform: PlatformController;
  readonly lists: CompletionLists;
  readonly asking: AskingController;
  /** Settles with the exit code when the person leaves. */
  readonly left: Promise<number>;
  custom: readonly CustomCommand[] = [];
  /** What only the screen knows: rows of a page, where moving by rows leads, how far a drawer scrolls. It tells it with every frame. */
  scroller: Scroller = { page: 10, move: (anchor) => anchor, drawerEnd: 0 };
  /** Draws the whole screen anew; the screen puts it here. */
  redraw: () => void = () => undefined;
  /** Columns of the screen; it tells them with every frame. */
  columns = 80;
  readonly #options: StartOptions;
  #leave!: (code: number) => void;
  readonly #turn: TurnController;
  #lastInterrupt = Number.NEGATIVE_INFINITY;
  #clock: NodeJS.Timeout | undefined;

  constructor(ports: Ports, options: StartOptions, header: Header) {
    this.ports = ports;
    this.#options = options;
    this.store = createStore(initialState(header));
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
    this.login = new LoginController(this);
    this.run = new RunController(this);
    this.platform = new PlatformController(this);
    this.lists = new CompletionLists(this);
    this.asking = new AskingController(this);
    this.#turn = new TurnController(this);
    this.store.subscribe(() => this.#wind());
  }

  get state(): CockpitState {
    return this.store.get();
  }

  /** Decides between the login screen and the composer; the first frame shows the decision. */
  async start(): Promise<void> {
    const { logout, login } = this.#options;
    const cleared = logout === true ? await this.ports.credentials.clearAccount() : undefined;
    const exists = this.ports.credentials.exists();
    const first = logout === true || login === true || !exists ? 'login' : 'session';
    this.store.update((state) => ({ ...state, view: first, canLeaveLogin: exists }));
    this.refreshHeader();
    if (cleared === undefined) return;
    this.alert('info', cleared.removed ? 'The account login was removed.' : 'No account login was stored.');
    void cleared.revoked.then((revoked) => revoked || this.warn(REMOVED_HERE));
  }

  /** What can wait until the first frame is on screen. */
  async afterFirstFrame(): Promise<void> {
    const [{ name, branch }, custom] = await Promise.all([this.ports.workspace.repository(), this.ports.workspace.customCommands()]);
    this.custom = custom;
    this.store.update((state) => ({
      ...state,
      header: {
        ...state.header,
        repository: sanitiseLine(name, 80),
        ...(branch === undefined ? {} : { branch: sanitiseLine(branch, 80) }),
      },
    }));
    if (this.state.view === 'session') await this.enterSession();
    const before = await this.ports.history.load();
    this.store.update((state) => ({ ...state, editor: { ...state.editor, history: [...before, ...state.editor.history] } }));
  }

  /**
   * Shows the composer, with a model when there is none yet; the first time after a start it attaches to the run that
   * was asked for.
   */
  async enterSession(): Promise<void> {
    this.store.update((state) => ({ ...state, view: 'session', canLeaveLogin: true }));
    this.refreshHeader();
    this.platform.follow();
    try {
      const session = await this.#session();
      await this.asking.beside('Choosing a model', async (signal) => await this.#takeModel(session, signal));
    } catch (error) {
      await this.report(error);
    }
    const run = this.#options.attach;
    // A run that could not be attached to for want of an account is attached to after the sign-in.
    if (run !== undefined && ((await this.run.attach(run)) || this.ports.credentials.account() !== undefined)) delete this.#options.attach;
  }

  /** Chooses the model where none is, and takes over what the configuration says. @param signal stops asking for one */
  async settleModel(signal: AbortSignal): Promise<string> {
    return await this.#takeModel(await this.#session(), signal);
  }

  async #session(): Promise<OpenSession> {
    const session = await this.ports.session();
    session.askWith((call) => askTool(this, call));
    this.platform.putAway(session);
    return session;
  }

  async #takeModel(session: OpenSession, signal: AbortSignal): Promise<string> {
    const model = this.state.header.model ?? (await session.chooseModel(this.#options.model, signal));
    const mode = this.state.header.mode === '' ? session.mode : this.state.header.mode;
    this.store.update((state) => ({ ...state, header: { ...state.header, model, mode } }));
    this.refreshHeader();
    void session.factsLoaded().then(() => this.#measure(session));
    return model;
  }

  /** Says how large the window of the model in use is. */
  #measure(session: OpenSession): void {
    const { model } = this.state.header;
    const length = model === undefined ? undefined : session.contextLength(model);
    this.store.update((state) => ({ ...state, context: { ...state.context, length } }));
  }

  /**
   * Goes on to the session with what the new credential makes possible: a model of the provider that was signed in to,
   * unless the model in use belongs to it already.
   *
   * @param provider the provider that was signed in to; undefined for the account
   */
  async afterSignIn(provider: string | undefined): Promise<void> {
    this.lists.forget();
    const { model } = this.state.header;
    const keeps = model !== undefined && this.ports.credentials.line(model) !== undefined;
    const fits = keeps && (provider === undefined || model.startsWith(`${provider}/`));
    if (!fits) {
      const next = provider === undefined ? undefined : await (await this.ports.session()).defaultOf(provider);
      this.store.update((state) => ({ ...state, header: { ...state.header, model: next } }));
    }
    await this.enterSession();
  }

  /** Resolves the credential of the model anew and shows it (statement A13). */
  refreshHeader(): void {
    const line = this.ports.credentials.line(this.state.header.model);
    this.store.update((state) => ({
      ...state,
      header: {
        ...state.header,
        credential: line?.text ?? this.ports.credentials.missing(this.state.header.model),
        overridden: line === undefined || line.overridden,
        connection: line?.connection ?? 'not connected',
      },
    }));
    if (this.state.view === 'session') this.platform.follow();
  }

  /** What the model in use may call, in a few words. */
  toolsInWords(): string {
    const { mode } = this.state.header;
    if (mode === 'read-only') return 'none in read-only';
    const mcp = (known(this.state.mcp) ?? []).some(({ problem }) => problem === undefined);
    return `${mcp ? 'plugins, MCP' : 'plugins'}, ${mode === 'auto' ? 'not asked' : 'asked'}`;
  }

  /** Moves the conversation by rows, up with a positive number. */
  scroll(by: number): void {
    this.store.update((state) => ({ ...state, scroll: this.scroller.move(state.scroll, by) }));
  }

  /** Runs the clock of the working row, and only as long as something is at work. */
  #wind(): void {
    const { asking, turn, run, view } = this.state;
    const working =
      view === 'session' &&
      (asking !== undefined || turn !== 'idle' || (run !== undefined && !isOver(run.status) && run.line !== 'closed'));
    if (!working) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    } else if (this.#clock === undefined) {
      this.#clock = setInterval(() => this.store.aside((state) => ({ ...state, now: this.ports.now() })), SIGN_MS);
      this.#clock.unref();
      this.store.aside((state) => ({ ...state, now: this.ports.now() }));
    }
  }

  /** Sends what is in the composer, as a prompt or as a command. */
  async submit(): Promise<void> {
    const { text } = this.state.editor;
    if (text.trim() === '') return;
    const call = parseSlash(text);
    if (call === undefined && this.state.turn !== 'idle') {
      this.alert('warn', 'An answer is under way. Ctrl+C interrupts it.');
      return;
    }
    if (call === undefined && this.state.run !== undefined) {
      this.alert('warn', 'You are watching a run. /detach goes back to your conversation.');
      return;
    }
    const kept = withoutKey(text);
    this.store.update((state) => ({
      ...state,
      editor: submit({ ...state.editor, text: kept }),
      completion: undefined,
      alert: undefined,
      scroll: undefined,
    }));
    // A bare command is typed as quickly as it is found again.
    if (call === undefined || call.argument !== '') this.#remember(kept);
    if (call === undefined) await this.prompt(text.trim());
    else await this.command(call.name, call.argument);
  }

  #remember(text: string): void {
    this.ports.history.add(text).catch((error: unknown) => {
      this.alert('warn', `The history is not kept: ${sanitiseLine(error instanceof Error ? error.message : String(error))}`);
    });
  }

  /** Runs a slash command: a built-in one, one of the person's own, else an error on the spot. */
  async command(name: string, argument: string): Promise<void> {
    try {
      if (!(await runSlash(this, { name, argument }))) await this.#custom(name, argument);
    } catch (error) {
      await this.report(error);
    }
  }

  /**
   * Uses another model from the next prompt on.
   *
   * @throws MogplexError for a provider that does not exist, and for a model that the settings do not allow
   */
  async useModel(id: string): Promise<void> {
    const session = await this.ports.session();
    const model = sanitiseLine(await session.chooseModel(id), 120);
    this.store.update((state) => ({ ...state, header: { ...state.header, model } }));
    this.refreshHeader();
    this.#measure(session);
  }

  /** Changes the permission mode, where the configuration allows it. */
  async setMode(mode: string): Promise<void> {
    const ids: readonly string[] = PERMISSION_MODES.map(({ id }) => id);
    const session = await this.ports.session();
    const widest = session.mode;
    if (!ids.includes(mode)) this.notice('error', `Unknown permission mode ${sanitiseLine(mode, 40)}. Known: ${ids.join(', ')}.`);
    else if (ids.indexOf(mode) > ids.indexOf(widest)) {
      this.notice('error', `The configuration allows at most ${widest} (permission_mode in config.toml).`);
    } else {
      session.permit(mode);
      this.store.update((state) => ({ ...state, header: { ...state.header, mode } }));
    }
  }

  /** Closes what the session holds open for the account's tools. A session that could not be opened holds nothing. */
  async #dropAdapters(): Promise<void> {
    const session = await this.ports.session().catch(() => undefined);
    await session?.dropTools();
  }

  /** The next permission mode that the configuration allows, the first one after the widest. */
  async nextMode(): Promise<void> {
    const ids = PERMISSION_MODES.map(({ id }) => id as string);
    try {
      const widest = ids.indexOf((await this.ports.session()).mode);
      await this.setMode(ids[(ids.indexOf(this.state.header.mode) + 1) % (widest + 1)] ?? 'read-only');
    } catch (error) {
      await this.report(error);
    }
  }

  /** Starts the conversation anew. */
  async clear(): Promise<void> {
    this.#turn.drop();
    this.store.update((state) => ({
      ...state,
      timeline: [],
      usage: [],
      scroll: undefined,
      alert: undefined,
      context: { ...state.context, used: 0 },
    }));
    // A session that could not be opened remembers nothing.
    const session = await this.ports.session().catch(() => undefined);
    session?.clear();
  }

  /**
   * Removes what `/logout` named and shows what is left (statements A14 and A16). No client outlives its answer, so the
   * process holds no adapter afterwards.
   */
  async logout(): Promise<void> {
    const { model } = this.state.header;
    const { remains } = this.ports.credentials.planLogout(model);
    this.asking.stop();
    this.#turn.drop();
    this.platform.forget();
    this.platform.endConversation();
    this.lists.forget();
    const [revoked] = await Promise.all([this.ports.credentials.logout(model), this.#dropAdapters()]);
    await this.clear();
    const told = revoked ? [] : [NOT_REVOKED];
    this.notice('info', ['Logged out.', ...told, ...remains.map((row) => `Still in use: ${row}.`)].join('\n'));
    this.store.update((state) => ({ ...state, canLeaveLogin: false, header: { ...state.header, model: undefined } }));
    if (this.ports.credentials.exists()) await this.enterSession();
    else {
      this.refreshHeader();
      this.login.open();
    }
  }

  /** Sends a prompt and shows its answer until it ends. */
  async prompt(text: string): Promise<void> {
    await this.#turn.send(text);
  }

  async #custom(name: string, argument: string): Promise<void> {
    const command = this.custom.find((known) => known.name === name);
    if (command !== undefined) {
      if (this.state.run !== undefined) this.alert('warn', 'You are watching a run. /detach goes back to your conversation.');
      else if (this.state.turn === 'idle') await this.prompt(expandTemplate(command.template, argument));
      else this.alert('warn', 'An answer is under way. Ctrl+C interrupts it.');
      return;
    }
    const near = nearest(name, [...SLASH_COMMANDS.map((known) => known.name), ...this.custom.map((known) => known.name)]);
    const hint = near === undefined ? '/help lists the commands.' : `Did you mean /${near}?`;
    this.notice('error', `Unknown command /${sanitiseLine(name, 60)}. ${hint} Nothing was sent.`);
  }

  /** Ctrl+C: stops what is waited for, else the answer or the sign-in under way; twice within 1,500 ms leaves. */
  interrupt(): void {
    const now = this.ports.now();
    if (now - this.#lastInterrupt <= TWICE_MS) {
      this.leave(0);
      return;
    }
    this.#lastInterrupt = now;
    const stopped = this.asking.stop();
    if (!stopped && this.#turn.interrupt()) {
      const open = (drawer: CockpitState['drawer']) => (drawer?.name === 'tool' ? undefined : drawer);
      this.store.update((state) => ({ ...state, turn: 'interrupting', drawer: open(state.drawer) }));
    } else if (this.state.view === 'login') this.login.interrupt();
    else if (!stopped) {
      this.store.update((state) => ({ ...state, editor: { ...EMPTY_EDITOR, history: state.editor.history }, drawer: undefined }));
    }
    const { run } = this.state;
    const goesOn = run === undefined || isOver(run.status) ? '' : ' The run goes on; /cancel stops it.';
    this.alert('info', `Press Ctrl+C again to leave.${goesOn}`);
    const { alert } = this.state;
    // It holds for so long, and is not said any longer.
    setTimeout(() => this.store.update((state) => (state.alert === alert ? { ...state, alert: undefined } : state)), TWICE_MS).unref();
  }

  /** Ends the cockpit. */
  leave(code: number): void {
    this.asking.stop();
    this.#turn.interrupt();
    this.login.cancel();
    this.run.stop();
    clearInterval(this.#clock);
    this.#leave(code);
  }

  /** Esc: closes what is on top, or stops what is seen to be waited for. */
  escape(): void {
    const { drawer, alert, focus } = this.state;
    if (drawer !== undefined) closeDrawer(this);
    else if (this.state.asking !== undefined && this.asking.stop()) return;
    else if (alert !== undefined) this.store.update((state) => ({ ...state, alert: undefined }));
    else this.store.update((state) => ({ ...state, focus: focus === 'composer' && state.editor.text === '' ? 'timeline' : 'composer' }));
  }

  openPalette(): void {
    openPalette(this);
  }

  alert(level: Level, text: string): void {
    this.store.update((state) => ({ ...state, alert: { level, text } }));
  }

  notice(level: Level, text: string): void {
    this.store.update((state) => addNotice(state, level, sanitise(text)));
  }

  /** A line that the person must see on whatever screen is shown, and finds again in the conversation. */
  warn(line: string): void {
    this.notice('warn', line);
    this.alert('warn', sanitiseLine(line));
  }

  /** Shows an error where the person looks: its message, its hint and the id that support asks for. */
  async report(error: unknown): Promise<void> {
    const { redactedError } = await import('./redact.ts');
    this.notice('error', redactedError(error));
  }
}

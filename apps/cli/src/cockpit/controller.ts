import { setImmediate as nextTurn } from 'node:timers/promises';
import { MogplexError } from '@mogplex/protocol';
import { askTool } from './drawers/approval.ts';
import { closeDrawer } from './drawers/choose.ts';
import { openPalette } from './drawers/open.ts';
import { EMPTY_EDITOR, submit } from './input/editor.ts';
import { LoginController } from './login/controller.ts';
import { type ChatPiece, type CustomCommand, type OpenSession, PERMISSION_MODES, type Ports } from './ports.ts';
import { runSlash } from './slash/run.ts';
import { nearest, parseSlash, SLASH_COMMANDS } from './slash/table.ts';
import { expandTemplate } from './slash/custom.ts';
import { addItem, addNotice } from './state/reduce.ts';
import { type CockpitState, type Header, initialState, type Level } from './state/state.ts';
import { createStore, type Store } from './state/store.ts';
import { sanitise, sanitiseLine } from './text/sanitise.ts';

/** Pieces of an answer are taken for so long, in ms, before keys and frames get their turn. */
const LONGEST_BREATH_MS = 10;

/** A second Ctrl+C within this many milliseconds leaves. */
const TWICE_MS = 1_500;

export interface StartOptions {
  attach?: string;
  logout?: boolean;
  model?: string;
  /** Show the login screen whatever is stored (`mogplex login`). */
  login?: boolean;
}

/** Everything that a key or a command can make the cockpit do. */
export class Cockpit {
  readonly store: Store;
  readonly ports: Ports;
  readonly login: LoginController;
  /** Settles with the exit code when the person leaves. */
  readonly left: Promise<number>;
  custom: readonly CustomCommand[] = [];
  /** How far up the conversation on screen could be scrolled, in rows; the screen tells it with every frame. */
  scrolledTo = 0;
  readonly #options: StartOptions;
  #leave!: (code: number) => void;
  #turn: AbortController | undefined;
  #lastInterrupt = Number.NEGATIVE_INFINITY;

  constructor(ports: Ports, options: StartOptions, header: Header) {
    this.ports = ports;
    this.#options = options;
    this.store = createStore(initialState(header));
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
    this.login = new LoginController(this);
  }

  get state(): CockpitState {
    return this.store.get();
  }

  /** Decides between the login screen and the composer; the first frame shows the decision. */
  async start(): Promise<void> {
    const { logout, login } = this.#options;
    const cleared = logout === true && (await this.ports.credentials.clearAccount());
    const exists = this.ports.credentials.exists();
    const first = logout === true || login === true || !exists ? 'login' : 'session';
    this.store.update((state) => ({ ...state, view: first, canLeaveLogin: exists }));
    this.refreshHeader();
    if (logout === true) this.alert('info', cleared ? 'The account login was removed.' : 'No account login was stored.');
  }

  /** What can wait until the first frame is on screen. */
  async afterFirstFrame(): Promise<void> {
    const [{ name, branch }, custom] = await Promise.all([this.ports.workspace.repository(), this.ports.workspace.customCommands()]);
    this.custom = custom;
    this.store.update((state) => ({ ...state, header: { ...state.header, repository: sanitiseLine(name, 80), branch } }));
    if (this.state.view === 'session') await this.enterSession();
  }

  /**
   * Shows the composer, with a model when there is none yet; the first time after a start it attaches to the run that
   * was asked for.
   */
  async enterSession(): Promise<void> {
    this.store.update((state) => ({ ...state, view: 'session', canLeaveLogin: true }));
    this.refreshHeader();
    try {
      await this.#settleModel();
      const run = this.#options.attach;
      delete this.#options.attach;
      if (run !== undefined) this.notice('info', await this.ports.attach(run));
    } catch (error) {
      await this.report(error);
    }
  }

  /** Chooses the model where none is, and takes over what the configuration says. */
  async #settleModel(): Promise<string> {
    const session = await this.ports.session();
    session.askWith((call) => askTool(this, call));
    const model = this.state.header.model ?? (await session.chooseModel(this.#options.model));
    const mode = this.state.header.mode === '' ? session.mode : this.state.header.mode;
    this.store.update((state) => ({ ...state, header: { ...state.header, model, mode } }));
    this.refreshHeader();
    return model;
  }

  /**
   * Goes on to the session with what the new credential makes possible: a model of the provider that was signed in to,
   * unless the model in use belongs to it already.
   *
   * @param provider the provider that was signed in to; undefined for the account
   */
  async afterSignIn(provider: string | undefined): Promise<void> {
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
        credential: line?.text ?? 'no credential · /login',
        overridden: line === undefined || line.overridden,
        connection: line?.connection ?? 'not connected',
      },
    }));
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
    this.store.update((state) => ({ ...state, editor: submit(state.editor), completion: undefined, alert: undefined, scroll: 0 }));
    if (call === undefined) await this.prompt(text.trim());
    else await this.run(call.name, call.argument);
  }

  /** Runs a slash command: a built-in one, one of the person's own, else an error on the spot. */
  async run(name: string, argument: string): Promise<void> {
    try {
      if (!(await runSlash(this, { name, argument }))) await this.#custom(name, argument);
    } catch (error) {
      await this.report(error);
    }
  }

  /** Uses another model from the next prompt on. */
  async useModel(id: string): Promise<void> {
    if (!/^[a-z0-9][a-z0-9-]*\/\S+$/.test(id)) {
      this.notice('error', `A model is named provider/model, for instance openai/gpt-5. ${sanitiseLine(id, 80)} is not.`);
      return;
    }
    this.store.update((state) => ({ ...state, header: { ...state.header, model: sanitiseLine(id, 120) } }));
    this.refreshHeader();
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

  /** Starts the conversation anew. */
  async clear(): Promise<void> {
    this.#dropTurn();
    this.store.update((state) => ({ ...state, timeline: [], usage: [], scroll: 0, alert: undefined }));
    // A session that could not be opened remembers nothing.
    const session = await this.ports.session().catch(() => undefined);
    session?.clear();
  }

  /** Interrupts the answer under way; what still comes of it belongs to nothing on screen. */
  #dropTurn(): void {
    this.#turn?.abort();
    this.#turn = undefined;
    this.store.update((state) => ({ ...state, turn: 'idle' }));
  }

  /**
   * Removes what `/logout` named and shows what is left (statements A14 and A16). No client outlives its answer, so the
   * process holds no adapter afterwards.
   */
  async logout(): Promise<void> {
    const { model } = this.state.header;
    const { remains } = this.ports.credentials.planLogout(model);
    this.#dropTurn();
    const revoked = await this.ports.credentials.logout(model);
    await this.clear();
    const told = revoked ? [] : ['The platform could not be told: revoke the login under Settings there.'];
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
    const turn = new AbortController();
    this.#turn = turn;
    this.store.update((state) => ({ ...addItem(state, { kind: 'user', text: sanitise(text) }), turn: 'waiting' }));
    const how = await this.#stream(text, turn);
    if (this.#turn !== turn) return;
    this.#turn = undefined;
    this.store.push({ type: 'end', how });
  }

  async #stream(text: string, turn: AbortController): Promise<'done' | 'interrupted' | 'failed'> {
    const { signal } = turn;
    try {
      const model = await this.#settleModel();
      const session = await this.ports.session();
      const { createAnswerText } = await import('./redact.ts');
      const clean = { text: createAnswerText(), reasoning: createAnswerText() };
      const show = (type: 'text' | 'reasoning', shown: string): void => {
        if (shown !== '' && this.#turn === turn) this.store.push({ type, text: shown });
      };
      try {
        let since = this.ports.now();
        for await (const piece of session.send(text, model, signal)) {
          if (signal.aborted) break;
          if (this.ports.now() - since > LONGEST_BREATH_MS) {
            await nextTurn();
            since = this.ports.now();
          }
          if (piece.type === 'text' || piece.type === 'reasoning') show(piece.type, clean[piece.type].push(piece.text));
          else this.#take(piece, model, session);
        }
      } finally {
        show('reasoning', clean.reasoning.end());
        show('text', clean.text.end());
      }
      return signal.aborted ? 'interrupted' : 'done';
    } catch (error) {
      if (signal.aborted) return 'interrupted';
      if (error instanceof MogplexError && error.boundary === 'network') {
        this.store.update((state) => ({ ...state, header: { ...state.header, connection: 'offline' } }));
      }
      await this.report(error);
      return 'failed';
    }
  }

  #take(piece: Exclude<ChatPiece, { type: 'text' | 'reasoning' }>, model: string, session: OpenSession): void {
    if (piece.type === 'tool-call') {
      this.store.push({ type: 'tool-call', name: sanitiseLine(piece.name, 60), input: sanitiseLine(piece.input) });
    } else if (piece.type === 'usage') {
      this.store.push({ ...piece, model, cost: session.cost(model, piece.inputTokens, piece.outputTokens) });
    }
  }

  async #custom(name: string, argument: string): Promise<void> {
    const command = this.custom.find((known) => known.name === name);
    if (command !== undefined) {
      if (this.state.turn === 'idle') await this.prompt(expandTemplate(command.template, argument));
      else this.alert('warn', 'An answer is under way. Ctrl+C interrupts it.');
      return;
    }
    const near = nearest(name, [...SLASH_COMMANDS.map((known) => known.name), ...this.custom.map((known) => known.name)]);
    const hint = near === undefined ? '/help lists the commands.' : `Did you mean /${near}?`;
    this.notice('error', `Unknown command /${sanitiseLine(name, 60)}. ${hint} Nothing was sent.`);
  }

  /** Ctrl+C: interrupts the answer or the sign-in under way; twice within 1,500 ms leaves. */
  interrupt(): void {
    const now = this.ports.now();
    if (now - this.#lastInterrupt <= TWICE_MS) {
      this.leave(0);
      return;
    }
    this.#lastInterrupt = now;
    if (this.#turn !== undefined) {
      this.#turn.abort();
      const open = (drawer: CockpitState['drawer']) => (drawer?.name === 'tool' ? undefined : drawer);
      this.store.update((state) => ({ ...state, turn: 'interrupting', drawer: open(state.drawer) }));
    } else if (this.state.view === 'session') {
      this.store.update((state) => ({ ...state, editor: { ...EMPTY_EDITOR, history: state.editor.history }, drawer: undefined }));
    }
    this.alert('info', 'Press Ctrl+C again to leave.');
  }

  /** Ends the cockpit. */
  leave(code: number): void {
    this.#turn?.abort();
    this.login.cancel();
    this.#leave(code);
  }

  /** Esc: closes what is on top. */
  escape(): void {
    const { drawer, alert, focus } = this.state;
    if (drawer !== undefined) closeDrawer(this);
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

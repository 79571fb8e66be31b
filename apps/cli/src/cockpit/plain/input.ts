import { Secret } from '@mogplex/credentials';
import type { Cockpit } from '../controller.ts';
import { chooseInDrawer, closeDrawer } from '../drawers/choose.ts';
import { filtered } from '../drawers/list.ts';
import { replaceText } from '../input/editor.ts';
import type { Drawer, LoginStep } from '../state/state.ts';
import { sanitise } from '../text/sanitise.ts';
import type { PlainOutput } from './output.ts';

/** Reads lines that the terminal lets the person edit, and keys without an echo. */
export class PlainInput {
  readonly #cockpit: Cockpit;
  readonly #stdin: NodeJS.ReadStream;
  readonly #output: PlainOutput;
  /** What came of a line that has not ended; of a key while one is entered. */
  #rest = '';
  /** Rows of a text whose last one ended in a backslash. */
  #rows: string[] = [];
  #unsubscribe: () => void = () => undefined;

  constructor(cockpit: Cockpit, stdin: NodeJS.ReadStream, output: PlainOutput) {
    this.#cockpit = cockpit;
    this.#stdin = stdin;
    this.#output = output;
  }

  start(): void {
    this.#echo();
    this.#unsubscribe = this.#cockpit.store.subscribe(() => this.#echo());
    this.#stdin.setEncoding('utf8').on('data', this.#take).resume();
  }

  stop(): void {
    this.#unsubscribe();
    this.#stdin.off('data', this.#take);
  }

  /** The terminal echoes what is typed, except a key. */
  #echo(): void {
    const secret = this.#keyEntry !== undefined;
    if (this.#stdin.isRaw !== secret) this.#stdin.setRawMode(secret);
  }

  get #keyEntry(): string | undefined {
    const { view, login } = this.#cockpit.state;
    return view === 'login' && login.step === 'key' ? login.provider : undefined;
  }

  readonly #take = (data: string): void => {
    for (const character of data) {
      const provider = this.#keyEntry;
      if (provider !== undefined && character === '\u0003') this.#cockpit.interrupt();
      else if (character === '\r' || character === '\n') this.#end(provider);
      else if (provider !== undefined && (character === '\u007f' || character === '\b')) this.#rest = this.#rest.slice(0, -1);
      else if (provider === undefined || character > ' ') this.#rest += character;
    }
  };

  #end(provider: string | undefined): void {
    const line = this.#rest;
    this.#rest = '';
    this.#output.answered(provider === undefined);
    const done = provider === undefined ? this.#line(sanitise(line)) : this.#key(provider, line);
    done.catch(async (error: unknown) => await this.#cockpit.report(error)).finally(() => this.#output.ask());
  }

  async #key(provider: string, typed: string): Promise<void> {
    if (typed === '') return this.#cockpit.login.back();
    await this.#cockpit.login.submitKey(provider, new Secret(typed, `typed ${provider} key`));
  }

  async #line(line: string): Promise<void> {
    const { view, login, drawer } = this.#cockpit.state;
    if (view === 'login') return await this.#loginLine(login, line.trim());
    if (drawer !== undefined) return await this.#drawerLine(drawer, line.trim());
    if (line.endsWith('\\')) {
      this.#rows.push(line.slice(0, -1));
      return;
    }
    const text = [...this.#rows, line].join('\n');
    this.#rows = [];
    this.#cockpit.store.update((state) => ({ ...state, editor: replaceText(state.editor, text) }));
    await this.#cockpit.submit();
  }

  async #loginLine(login: LoginStep, line: string): Promise<void> {
    const { login: controller } = this.#cockpit;
    if (line === 'q' && login.step === 'choose' && !this.#cockpit.state.canLeaveLogin) return this.#cockpit.leave(0);
    if (line === '') return controller.back();
    if (line === 't' && login.step === 'failed') return await controller.retry();
    if (line === 'd' || line === 'b') return await controller.retry(line === 'd');
    const index = Number(line) - 1;
    if ((login.step === 'choose' || login.step === 'providers') && Number.isInteger(index) && controller.focus(index))
      await controller.choose();
  }

  async #drawerLine(drawer: Drawer, line: string): Promise<void> {
    if (drawer.kind === 'confirm') {
      if (/^y(es)?$/i.test(line)) return await chooseInDrawer(this.#cockpit);
      return closeDrawer(this.#cockpit);
    }
    const index = Number(line) - 1;
    if (drawer.kind === 'text' || line === '' || filtered(drawer)[index] === undefined) return closeDrawer(this.#cockpit);
    this.#cockpit.store.update((state) => ({ ...state, drawer: { ...drawer, index } }));
    await chooseInDrawer(this.#cockpit);
  }
}

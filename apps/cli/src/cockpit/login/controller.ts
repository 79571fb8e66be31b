import type { Secret } from '@mogplex/credentials';
import { findProvider, MogplexError, PROVIDERS } from '@mogplex/protocol';
import type { Cockpit } from '../controller.ts';
import type { SignInEvent } from '../ports.ts';
import { LOGIN_CHOICE, type LoginStep } from '../state/state.ts';
import { sanitiseLine } from '../text/sanitise.ts';

const ACCOUNT = 'Mogplex';

/** What the rows of the login screen and the keys on it do (statements A6, A8, A12). */
export class LoginController {
  readonly #cockpit: Cockpit;
  #flow: AbortController | undefined;
  /** Begins the sign-in on screen again: by device code, by browser, or without a choice the way it went before. */
  #again: ((device?: boolean) => Promise<void>) | undefined;

  constructor(cockpit: Cockpit) {
    this.#cockpit = cockpit;
  }

  get step(): LoginStep {
    return this.#cockpit.state.login;
  }

  /** Opens the login screen in an open session. */
  open(step: LoginStep = LOGIN_CHOICE): void {
    this.#cockpit.asking.stop();
    this.#cockpit.store.update((state) => ({ ...state, view: 'login', login: step, drawer: undefined }));
  }

  /**
   * `/login <provider>`: the masked entry of an API-key provider, or the browser login of a plugin's provider. What stands
   * behind the provider may be a key, and is neither used nor repeated.
   */
  async openProvider(argument: string): Promise<void> {
    const [name = '', ...more] = argument.split(/\s+/);
    const wanted = name.toLowerCase();
    if (wanted === 'mogplex') return await this.signInAccount();
    if (findProvider(wanted) !== undefined) {
      const problem = 'What was typed behind /login was on screen and is not used. Type the key here, unseen.';
      return this.open({ step: 'key', provider: wanted, ...(more.length === 0 ? {} : { problem }) });
    }
    const plugin = (await this.#cockpit.ports.signIn.providers()).find((provider) => provider.name === wanted);
    if (plugin !== undefined) return await this.signInProvider(plugin.name, plugin.serviceName);
    const names = [...PROVIDERS.map((provider) => provider.id), ...(await this.#pluginNames())];
    const { redactText } = await import('../redact.ts');
    this.#cockpit.notice('error', `Unknown provider ${redactText(sanitiseLine(name, 60))}. Known: ${names.join(', ')}.`);
  }

  /** Up and down on the lists of the screen. */
  move(by: number): void {
    const step = this.step;
    if (step.step !== 'choose' && step.step !== 'providers') return;
    const count = step.step === 'choose' ? 2 : PROVIDERS.length;
    this.#show({ ...step, index: (step.index + by + count) % count });
  }

  /** Focuses a row of the lists of the screen. @returns whether there is such a row */
  focus(index: number): boolean {
    const step = this.step;
    const count = step.step === 'choose' ? 2 : step.step === 'providers' ? PROVIDERS.length : 0;
    if (index < 0 || index >= count || (step.step !== 'choose' && step.step !== 'providers')) return false;
    this.#show({ ...step, index });
    return true;
  }

  /** Enter on the focused row. */
  async choose(): Promise<void> {
    const step = this.step;
    if (step.step === 'choose' && step.index === 0) await this.signInAccount();
    else if (step.step === 'choose') this.#show({ step: 'providers', index: 0 });
    else if (step.step === 'providers') this.#show({ step: 'key', provider: PROVIDERS[step.index]?.id ?? 'openai' });
    else if (step.step === 'failed') await this.retry();
  }

  /** Stores a typed or pasted key and goes on to the session. */
  async submitKey(provider: string, key: Secret | undefined): Promise<void> {
    if (key === undefined) return this.#show({ step: 'key', provider, problem: 'The key is empty.' });
    try {
      const warnings = await this.#cockpit.ports.credentials.storeKey(provider, key);
      this.#cockpit.notice('info', `The ${findProvider(provider)?.label ?? provider} key is stored.`);
      for (const warning of warnings) this.#cockpit.notice('warn', warning);
      await this.#signedIn(provider);
    } catch (error) {
      this.#show({ step: 'key', provider, problem: await inWords(error) });
    }
  }

  async signInAccount(device = !this.#cockpit.ports.signIn.canOpenBrowser()): Promise<void> {
    await this.#run(ACCOUNT, device, async (options) => {
      const email = await this.#cockpit.ports.signIn.account(options);
      // A session that could not be opened remembers nothing.
      this.#cockpit.platform.putAway(await this.#cockpit.ports.session().catch(() => undefined));
      this.#cockpit.notice('info', `Signed in to Mogplex as ${sanitiseLine(email, 120)}.`);
      return undefined;
    });
  }

  async signInProvider(name: string, serviceName: string, device = !this.#cockpit.ports.signIn.canOpenBrowser()): Promise<void> {
    await this.#run(serviceName, device, async (options) => {
      await this.#cockpit.ports.signIn.provider(name, options);
      this.#cockpit.notice('info', `Signed in to ${serviceName}; the login is stored for ${name}.`);
      return name;
    });
  }

  /** Runs the sign-in on screen again, the same way where none is named. */
  async retry(device?: boolean): Promise<void> {
    const again = this.#again;
    this.cancel();
    await again?.(device);
  }

  /** Puts the address of the sign-in on screen on the clipboard of the person's terminal. */
  copy(): void {
    const step = this.step;
    if (step.step !== 'browser' && step.step !== 'device') return;
    this.#cockpit.ports.copy(step.url);
    this.#show({ ...step, note: 'The link was sent to the clipboard of your terminal.' });
  }

  /** Ctrl+C: ends a sign-in that is under way and shows the chooser again. */
  interrupt(): void {
    if (this.#flow !== undefined) this.back();
  }

  /** Ends a sign-in that is under way. */
  cancel(): void {
    this.#flow?.abort();
    this.#flow = undefined;
  }

  /** Esc: one step back; from the first one to the session, where there is one. */
  back(): void {
    const step = this.step;
    if (step.step === 'choose') {
      if (this.#cockpit.state.canLeaveLogin) void this.#cockpit.enterSession();
      return;
    }
    this.cancel();
    if (step.step === 'key') {
      this.#show({
        step: 'providers',
        index: Math.max(
          0,
          PROVIDERS.findIndex((provider) => provider.id === step.provider),
        ),
      });
    } else this.#show(step.step === 'providers' ? { step: 'choose', index: 1 } : LOGIN_CHOICE);
  }

  async #run(
    service: string,
    device: boolean,
    work: (options: { device: boolean; signal: AbortSignal; report: (event: SignInEvent) => void }) => Promise<string | undefined>,
  ): Promise<void> {
    const flow = new AbortController();
    this.cancel();
    this.#flow = flow;
    this.#again = async (asDevice = device) => await this.#run(service, asDevice, work);
    this.open({ step: 'starting', service });
    const report = (event: SignInEvent): void => {
      if (!flow.signal.aborted) this.#report(service, event);
    };
    try {
      const provider = await work({ device, signal: flow.signal, report });
      if (flow.signal.aborted) return;
      this.#flow = undefined;
      await this.#signedIn(provider);
    } catch (error) {
      if (flow.signal.aborted) return;
      this.#show({ step: 'failed', service, message: await inWords(service === ACCOUNT ? this.#withAddress(error) : error) });
    }
  }

  /** A platform that cannot be reached is one that does not run, or another one than the person thinks: says which it is. */
  #withAddress(error: unknown): unknown {
    if (!(error instanceof MogplexError) || error.boundary !== 'network') return error;
    const hint = `The platform is ${this.#cockpit.ports.signIn.platform()}. MOGPLEX_URL names another one; mogplex server runs one here.`;
    return new MogplexError(error.code, error.message, { boundary: error.boundary, hint });
  }

  #report(service: string, event: SignInEvent): void {
    if (event.type === 'browser') this.#show({ step: 'browser', service, url: event.url, opened: event.opened });
    else if (event.type === 'device')
      this.#show({ step: 'device', service, code: sanitiseLine(event.code, 40), url: sanitiseLine(event.url, 400) });
    else {
      const step = this.step;
      if (step.step === 'browser' || step.step === 'device') this.#show({ ...step, note: sanitiseLine(event.text) });
    }
  }

  async #signedIn(provider: string | undefined): Promise<void> {
    this.#cockpit.store.update((state) => ({ ...state, login: LOGIN_CHOICE }));
    await this.#cockpit.afterSignIn(provider);
  }

  async #pluginNames(): Promise<readonly string[]> {
    return (await this.#cockpit.ports.signIn.providers()).map((provider) => provider.name);
  }

  #show(login: LoginStep): void {
    this.#cockpit.store.update((state) => ({ ...state, login }));
  }
}

async function inWords(error: unknown): Promise<string> {
  const { redactedError } = await import('../redact.ts');
  return redactedError(error);
}

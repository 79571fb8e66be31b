import type { AuthFile } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import type { ChatEvent, ChatMessage } from '@moxxy/sdk';
import type { Settings } from '../config/settings.ts';
import type { LogEntry, LoggedError } from '../session-log/entry.ts';
import type { SessionLog } from '../session-log/session-log.ts';
import type { World } from '../world.ts';
import { openModel } from './client.ts';
import { providerOf } from './model-name.ts';
import { requireCredential } from './resolve.ts';

export interface ConversationOptions {
  file: AuthFile;
  settings: Settings;
  log: SessionLog;
  /** Standing instructions to the model. */
  system?: string;
}

const logged = (error: unknown): LoggedError =>
  error instanceof MogplexError
    ? {
        code: error.code,
        message: error.message,
        boundary: error.boundary,
        ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
      }
    : { code: 'internal', message: error instanceof Error ? error.message : String(error) };

/** What an answer amounts to, for the log. */
class Answer {
  text = '';
  reasoning = '';
  complete = false;

  take(event: ChatEvent, log: SessionLog): void {
    switch (event.type) {
      case 'text':
      case 'reasoning':
        this[event.type] += event.text;
        log.debug({ type: 'chunk', kind: event.type, text: event.text });
        return;
      case 'tool-call':
        log.add({ type: 'tool_call', id: event.id, name: event.name, input: event.input });
        return;
      case 'usage':
        log.add({ type: 'usage', input: event.inputTokens, output: event.outputTokens });
        return;
      case 'finish':
        this.complete = true;
    }
  }

  entry(model: string): LogEntry {
    const { text, reasoning, complete } = this;
    return { type: 'answer', model, text, ...(reasoning === '' ? {} : { reasoning }), complete };
  }
}

/**
 * A conversation with a model: what was said so far, and the session log of it. The credential is resolved anew for
 * every prompt and no client outlives its prompt, so a logout takes effect with the next one (statement A14).
 */
export class Conversation {
  readonly #world: World;
  readonly #options: ConversationOptions;
  #messages: ChatMessage[] = [];

  constructor(world: World, options: ConversationOptions) {
    this.#world = world;
    this.#options = options;
  }

  get sessionId(): string {
    return this.#options.log.sessionId;
  }

  /** Forgets what was said. */
  clear(): void {
    this.#messages = [];
  }

  /**
   * Sends a prompt and streams the answer.
   *
   * @param model `provider/model`
   * @throws MogplexError whatever ends the answer early; the prompt is then not part of the conversation
   */
  async *send(prompt: string, model: string, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    const { file, settings, log, system } = this.#options;
    const found = requireCredential(this.#world, file, providerOf(this.#world, model));
    log.add({
      type: 'prompt',
      model,
      text: prompt,
      ...(system === undefined ? {} : { system }),
      source: found.source.text,
      overrides: found.overrides.map(({ text }) => text),
    });
    const messages: ChatMessage[] = [...this.#messages, { role: 'user', content: prompt }];
    const answer = new Answer();
    try {
      const access = await openModel(this.#world, { file, model, found, silenceSeconds: settings.modelTimeout, signal });
      const request = { model: access.model, messages, signal, ...(system === undefined ? {} : { system }) };
      for await (const event of access.client.stream(request)) {
        answer.take(event, log);
        yield event;
      }
      if (answer.text !== '') this.#messages = [...messages, { role: 'assistant', content: answer.text }];
    } catch (error) {
      log.add({ type: 'error', error: logged(error) });
      throw error;
    } finally {
      log.add(answer.entry(model));
    }
  }
}

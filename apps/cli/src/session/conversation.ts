import type { AuthFile } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import type { ChatTurn, ToolCall, ToolCallEvent, ToolResult } from '@mogplex/providers';
import type { ChatEvent } from '@moxxy/sdk';
import { PERMISSION_MODES, requireAllowed, type Settings } from '../config/settings.ts';
import type { LogEntry, LoggedError } from '../session-log/entry.ts';
import type { SessionLog } from '../session-log/session-log.ts';
import type { World } from '../world.ts';
import { type ModelAccess, openModel } from './client.ts';
import { providerOf } from './model-name.ts';
import { requireCredential } from './resolve.ts';
import { describeTool, offersTools, runCall, type SessionTool, type ToolPolicy } from './tools.ts';

export interface ConversationOptions {
  file: AuthFile;
  settings: Settings;
  log: SessionLog;
  tools: ToolPolicy;
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

/** A model that calls tools without end is stopped after so many answers to one prompt. */
const MOST_ROUNDS = 24;

/** What one answer of the model amounts to. */
class Answer {
  text = '';
  reasoning = '';
  complete = false;
  finish: ChatEvent | undefined;
  readonly calls: ToolCall[] = [];

  take(event: ChatEvent, log: SessionLog): void {
    switch (event.type) {
      case 'text':
      case 'reasoning':
        this[event.type] += event.text;
        log.debug({ type: 'chunk', kind: event.type, text: event.text });
        return;
      case 'tool-call': {
        const { id, name, input, replay } = event as ToolCallEvent;
        this.calls.push({ id, name, input, ...(replay === undefined ? {} : { replay }) });
        log.add({ type: 'tool_call', id, name, input });
        return;
      }
      case 'usage':
        log.add({ type: 'usage', input: event.inputTokens, output: event.outputTokens });
        return;
      case 'finish':
        this.complete = true;
        this.finish = event;
    }
  }

  entry(model: string): LogEntry {
    const { text, reasoning, complete } = this;
    return { type: 'answer', model, text, ...(reasoning === '' ? {} : { reasoning }), complete };
  }

  turns(): ChatTurn[] {
    if (this.calls.length > 0) return [{ role: 'assistant', content: this.text, toolCalls: this.calls }];
    return this.text === '' ? [] : [{ role: 'assistant', content: this.text }];
  }
}

const endless = (): MogplexError =>
  new MogplexError('upstream_error', `the model called tools ${MOST_ROUNDS} times without an answer`, { boundary: 'model' });

/**
 * A conversation with a model: what was said so far, and the session log of it. The credential is resolved anew for
 * every prompt and no client outlives its prompt, so a logout takes effect with the next one (statement A14).
 */
export class Conversation {
  readonly #world: World;
  readonly #options: ConversationOptions;
  #turns: readonly ChatTurn[] = [];

  constructor(world: World, options: ConversationOptions) {
    this.#world = world;
    this.#options = options;
  }

  get sessionId(): string {
    return this.#options.log.sessionId;
  }

  /** Changes what tools may do from now on; an unknown mode is the strictest. */
  permit(mode: string): void {
    this.#options.tools.mode = PERMISSION_MODES.find((known) => known === mode) ?? 'read-only';
  }

  /** Forgets what was said. */
  clear(): void {
    this.#turns = [];
  }

  /**
   * Sends a prompt and streams the answer. Tools that the model calls are run, as far as they are allowed, and the model
   * goes on with what they say; `finish` comes once, at the end of it all.
   *
   * @param model `provider/model`
   * @throws MogplexError whatever ends the answer early; the prompt is then not part of the conversation, unless the person
   * interrupted an answer that had begun: what was said of it stays
   */
  async *send(prompt: string, model: string, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    const { file, settings, log, system } = this.#options;
    requireAllowed(settings, model);
    const found = requireCredential(this.#world, file, providerOf(this.#world, model));
    log.add({
      type: 'prompt',
      model,
      text: prompt,
      ...(system === undefined ? {} : { system }),
      source: found.source.text,
      overrides: found.overrides.map(({ text }) => text),
    });
    const before = this.#turns;
    let turns: readonly ChatTurn[] = [...before, { role: 'user', content: prompt }];
    // A conversation that was cleared meanwhile stays so.
    const keep = (said: readonly ChatTurn[]): void => {
      if (this.#turns === before) this.#turns = said;
    };
    let answer = new Answer();
    try {
      const access = await openModel(this.#world, { file, model, found, silenceSeconds: settings.modelTimeout, signal });
      let tools = access.passesTools ? await this.#offeredTools(signal) : [];
      for (let round = 0; round < MOST_ROUNDS; round++) {
        answer = new Answer();
        try {
          yield* this.#ask(access, turns, tools, answer, model, signal);
        } catch (error) {
          if (round > 0 || tools.length === 0 || !(error instanceof MogplexError) || error.code !== 'invalid_request') throw error;
          // Some models refuse every request that names a tool; a refusal comes before the first word.
          log.add({ type: 'note', text: `refused with tools, asked again without: ${error.message}` });
          tools = [];
          continue;
        }
        if (answer.calls.length === 0 || tools.length === 0) {
          if (answer.calls.length === 0) keep([...turns, ...answer.turns()]);
          if (answer.finish) yield answer.finish;
          return;
        }
        const results = await this.#runCalls(answer.calls, tools);
        turns = [...turns, ...answer.turns(), { role: 'tool', results }];
      }
      throw endless();
    } catch (error) {
      log.add({ type: 'error', error: logged(error) });
      throw error;
    } finally {
      if (signal.aborted && answer.text !== '') keep([...turns, { role: 'assistant', content: answer.text }]);
    }
  }

  /** One answer of the model, without its `finish`. */
  async *#ask(
    access: ModelAccess,
    messages: readonly ChatTurn[],
    tools: readonly SessionTool[],
    answer: Answer,
    model: string,
    signal: AbortSignal,
  ): AsyncGenerator<ChatEvent> {
    const { log, system } = this.#options;
    const request = {
      model: access.model,
      messages,
      signal,
      ...(system === undefined ? {} : { system }),
      ...(tools.length === 0 ? {} : { tools: tools.map(describeTool) }),
    };
    try {
      for await (const event of access.stream(request)) {
        answer.take(event, log);
        if (event.type !== 'finish') yield event;
      }
    } finally {
      log.add(answer.entry(model));
    }
  }

  async #offeredTools(signal: AbortSignal): Promise<readonly SessionTool[]> {
    const { tools } = this.#options;
    return offersTools(tools) ? await tools.load(signal) : [];
  }

  async #runCalls(calls: readonly ToolCall[], tools: readonly SessionTool[]): Promise<ToolResult[]> {
    const results: ToolResult[] = [];
    // One after the other: a call may ask the person, and a later one may need what an earlier one did.
    for (const call of calls) {
      const result = await runCall(call, tools, this.#options.tools);
      this.#options.log.debug({ type: 'tool_output', ...result });
      results.push(result);
    }
    return results;
  }
}

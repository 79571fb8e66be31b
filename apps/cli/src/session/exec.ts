import { type ErrorCode, EXEC_EVENTS_VERSION, type ExecEvent, EXIT, MogplexError } from '@mogplex/protocol';
import { createRedactor } from '@mogplex/redaction';
import type { ChatEvent } from '@moxxy/sdk';
import { asMogplexError, reportError } from '../errors.ts';
import type { World } from '../world.ts';
import { answerFilter, answerWriter } from './answer.ts';
import { endingOf } from './ending.ts';
import { providerOf } from './model-name.ts';
import { chooseModel } from './models.ts';
import { openSession, type Session } from './open.ts';
import { promptOf } from './prompt.ts';
import { requireCredential } from './resolve.ts';

export interface ExecRequest {
  /** `-` for stdin alone. */
  prompt: string;
  model?: string;
  system?: string;
  json?: boolean;
}

/** Where events go. What the model says is masked: it may repeat the very key that it was asked with. */
interface Output {
  event(event: ExecEvent): void;
  /** Writes what is held back. */
  end(): void;
}

const plainOutput = (world: World): Output => {
  const writer = answerWriter(world);
  let said = false;
  return {
    event: (event) => {
      if (event.type === 'text' || event.type === 'tool_call') said = true;
      if (event.type === 'text') writer.write(event.text);
      if (event.type !== 'finish') return;
      writer.end();
      const ending = endingOf(event.reason, said);
      if (ending !== undefined) world.stderr.write(`mogplex: ${ending}\n`);
    },
    end: () => writer.end(),
  };
};

const jsonOutput = (world: World): Output => {
  const filters = { text: answerFilter(), reasoning: answerFilter() };
  const whole = createRedactor({ formats: false, keyNames: false });
  const line = (event: ExecEvent): void => void world.stdout.write(`${whole.json(event).json}\n`);
  const piece = (type: 'text' | 'reasoning', text: string): void => {
    if (text !== '') line({ type, text });
  };
  const flush = (): void => {
    for (const type of ['reasoning', 'text'] as const) {
      piece(type, filters[type].end());
      filters[type] = answerFilter();
    }
  };
  return {
    event: (event) => {
      if (event.type === 'text' || event.type === 'reasoning') {
        piece(event.type, filters[event.type].write(event.text));
        return;
      }
      flush();
      line(event);
    },
    end: flush,
  };
};

const toExecEvent = (event: ChatEvent): ExecEvent =>
  event.type === 'tool-call' ? { type: 'tool_call', id: event.id, name: event.name, input: event.input } : event;

const errorEvent = (error: unknown): ExecEvent => {
  const known = asMogplexError(error) ?? new MogplexError('internal', 'the program failed', { boundary: 'terminal' });
  const { code, message, boundary, hint, requestId, retryAfter } = known;
  return {
    type: 'error',
    error: {
      code: code satisfies ErrorCode,
      message,
      boundary,
      ...(hint === undefined ? {} : { hint }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    },
  };
};

const answer = async (world: World, session: Session, request: ExecRequest, output: Output, signal: AbortSignal): Promise<void> => {
  const model = await chooseModel(world, session.file, session.settings, request.model, signal);
  const { source, overrides } = requireCredential(world, session.file, providerOf(world, model));
  const prompt = await promptOf(world, request.prompt, signal);
  output.event({
    type: 'start',
    version: EXEC_EVENTS_VERSION,
    sessionId: session.conversation.sessionId,
    model,
    source: source.text,
    overrides: overrides.map(({ text }) => text),
  });
  for await (const event of session.conversation.send(prompt, model, signal)) output.event(toExecEvent(event));
};

/**
 * Answers one prompt on stdout and returns the exit code; what goes wrong is told on stderr, and with `json` as the last event
 * too. An interruption aborts the request at the model.
 */
export const runExec = async (world: World, request: ExecRequest): Promise<number> => {
  const signal = world.interrupted();
  const output = request.json ? jsonOutput(world) : plainOutput(world);
  const { system } = request;
  let session: Session | undefined;
  try {
    session = await openSession(world, { command: 'exec', ...(system === undefined ? {} : { system }) });
    await answer(world, session, request, output, signal);
    output.end();
    return EXIT.ok;
  } catch (error) {
    output.end();
    if (request.json) output.event(errorEvent(error));
    return signal.aborted ? EXIT.interrupted : reportError(world, error);
  } finally {
    await session?.close();
  }
};

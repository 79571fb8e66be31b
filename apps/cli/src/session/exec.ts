import { type ErrorCode, EXEC_EVENTS_VERSION, type ExecEvent, EXIT, MogplexError } from '@mogplex/protocol';
import { createRedactor } from '@mogplex/redaction';
import type { ChatEvent } from '@moxxy/sdk';
import { createStreamSanitiser } from '../cockpit/text/sanitise.ts';
import { asMogplexError, reportError } from '../errors.ts';
import type { World } from '../world.ts';
import { providerOf } from './model-name.ts';
import { chooseModel } from './models.ts';
import { openSession, type Session } from './open.ts';
import { requireCredential } from './resolve.ts';

export interface ExecRequest {
  /** `-` for stdin alone. */
  prompt: string;
  model?: string;
  system?: string;
  json?: boolean;
}

const LARGEST_CONTEXT = 10 * 1024 * 1024;
/** A program that starts this one without closing its stdin is not waited for longer than this, in milliseconds. */
const FIRST_BYTE_MS = 3_000;

/** Destroys stdin when it is interrupted, or when no byte comes in time; returns what undoes that. */
const watchStdin = (world: World, signal: AbortSignal, patient: boolean): (() => void) => {
  const stop = (): void => void world.stdin.destroy();
  const giveUp = (): void => {
    world.stderr.write(`mogplex: nothing came on stdin in ${FIRST_BYTE_MS / 1000} s, so the prompt goes without it\n`);
    stop();
  };
  const timer = patient ? undefined : setTimeout(giveUp, FIRST_BYTE_MS);
  const began = (): void => clearTimeout(timer);
  world.stdin.once('readable', began);
  signal.addEventListener('abort', stop, { once: true });
  return () => {
    began();
    world.stdin.off('readable', began);
    signal.removeEventListener('abort', stop);
  };
};

const isDestroyed = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';

/** Everything on stdin. @param patient whether to wait for it as long as it takes */
const readStdin = async (world: World, signal: AbortSignal, patient: boolean): Promise<string> => {
  if (world.stdin.isTTY) return '';
  const decoder = new TextDecoder();
  const release = watchStdin(world, signal, patient);
  let text = '';
  try {
    for await (const chunk of world.stdin as AsyncIterable<Buffer | string>) {
      text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      if (text.length > LARGEST_CONTEXT) {
        throw new MogplexError('payload_too_large', 'stdin holds more than 10 MiB', { boundary: 'terminal' });
      }
    }
  } catch (error) {
    if (!isDestroyed(error)) throw error;
  } finally {
    release();
  }
  return text + decoder.decode();
};

const promptOf = async (world: World, asked: string, signal: AbortSignal): Promise<string> => {
  const context = await readStdin(world, signal, asked === '-');
  const prompt = asked === '-' ? context : asked;
  if (prompt.trim() === '') throw new MogplexError('usage', 'the prompt is empty', { boundary: 'terminal' });
  return asked === '-' || context.trim() === '' ? prompt : `${prompt}\n\n${context}`;
};

/** Where events go. What the model says is masked: it may repeat the very key that it was asked with. */
interface Output {
  event(event: ExecEvent): void;
  /** Writes what is held back. */
  end(): void;
}

/** A seam-proof filter for the exact secrets in use; answers may well hold made-up tokens, so formats are let pass. */
const answerFilter = () => createRedactor({ formats: false, keyNames: false }).chunks();

const plainOutput = (world: World): Output => {
  const filter = answerFilter();
  // Only a terminal acts on escape sequences. A file or a pipe gets the answer as it is.
  const sanitiser = world.stdout.isTTY ? createStreamSanitiser() : { push: (text: string) => text, end: () => '' };
  let last = '';
  const write = (text: string): void => {
    if (text === '') return;
    last = text;
    world.stdout.write(text);
  };
  return {
    event: (event) => {
      if (event.type === 'text') write(sanitiser.push(filter.write(event.text)));
    },
    end: () => {
      write(sanitiser.push(filter.end()));
      write(sanitiser.end());
      if (last !== '' && !last.endsWith('\n')) world.stdout.write('\n');
    },
  };
};

const jsonOutput = (world: World): Output => {
  const filters = { text: answerFilter(), reasoning: answerFilter() };
  const whole = createRedactor({ formats: false, keyNames: false });
  const line = (event: ExecEvent): void => void world.stdout.write(`${JSON.stringify(whole.object(event).value)}\n`);
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
 * Answers one prompt on stdout and returns the exit code. An interruption aborts the request at the model.
 *
 * @throws MogplexError for a wrong settings file, before anything is sent
 */
export const runExec = async (world: World, request: ExecRequest): Promise<number> => {
  const signal = world.interrupted();
  const output = request.json ? jsonOutput(world) : plainOutput(world);
  const { system } = request;
  const session = await openSession(world, { command: 'exec', ...(system === undefined ? {} : { system }) });
  try {
    await answer(world, session, request, output, signal);
    output.end();
    return EXIT.ok;
  } catch (error) {
    output.end();
    if (request.json) output.event(errorEvent(error));
    return signal.aborted ? EXIT.interrupted : reportError(world, error);
  } finally {
    await session.close();
  }
};

import { MogplexError } from '@mogplex/protocol';
import { cutOff, failureOf, type Peer, silent, unreachable } from './failure.ts';

export interface ModelFetchOptions {
  fetch: typeof fetch;
  peer: Peer;
  /** Milliseconds without a byte after which the request is given up. */
  silenceMs: number;
  /** Milliseconds since 1970. */
  now: () => number;
}

const LARGEST_ERROR_BODY = 64 * 1024;

const readSome = async (response: Response): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of (response.body ?? new ReadableStream<Uint8Array>()) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LARGEST_ERROR_BODY) break;
  }
  return text;
};

/** Fires when nothing has happened for a while; every `touch` starts the while anew. */
class Silence {
  readonly #controller = new AbortController();
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#ms = ms;
    this.touch();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** The body with its failures in our words, and with every byte counted as a sign of life. */
const watched = (
  body: ReadableStream<Uint8Array>,
  silence: Silence,
  translate: (error: unknown) => unknown,
): ReadableStream<Uint8Array> => {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (done) {
          silence.stop();
          controller.close();
          return;
        }
        silence.touch();
        controller.enqueue(value);
      } catch (error) {
        silence.stop();
        controller.error(translate(error));
      }
    },
    cancel: async (reason) => {
      silence.stop();
      await reader.cancel(reason);
    },
  });
};

/**
 * A `fetch` for the vendors' client packages that turns every failure into a `MogplexError` before they see it: a status,
 * a refused connection, a redirect (a key never follows one), silence, a cut answer. It tries once.
 */
export const createModelFetch = ({ fetch: send, peer, silenceMs, now }: ModelFetchOptions): typeof fetch => {
  return async (input, init) => {
    const caller = init?.signal ?? undefined;
    const silence = new Silence(silenceMs);
    const translate = (error: unknown, otherwise: MogplexError): unknown => {
      if (caller?.aborted) return error;
      return silence.signal.aborted ? silent(peer, silenceMs / 1000) : otherwise;
    };
    let response: Response;
    try {
      const signal = caller ? AbortSignal.any([caller, silence.signal]) : silence.signal;
      response = await send(input, { ...init, redirect: 'error', signal });
      silence.touch();
      if (!response.ok) throw failureOf(response, await readSome(response), peer, now());
    } catch (error) {
      silence.stop();
      throw error instanceof MogplexError ? error : translate(error, unreachable(error, peer));
    }
    if (!response.body) {
      silence.stop();
      return response;
    }
    const body = watched(response.body, silence, (error) => translate(error, cutOff(peer)));
    return new Response(body, { status: response.status, headers: response.headers });
  };
};

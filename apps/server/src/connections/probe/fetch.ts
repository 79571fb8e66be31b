import { MogplexError } from '@mogplex/protocol';
import { Agent, fetch as undiciFetch } from 'undici';
import { createSafeConnector, type DialPolicy, type Lookup } from '../../network/dial.ts';

export interface SafeFetchOptions {
  policy: DialPolicy;
  /** Milliseconds for a connection to be made. */
  connectMs: number;
  /** Bytes of all answers together. */
  maxBytes: number;
  /** Ends every request. */
  signal: AbortSignal;
  /** The resolver; the system's by default. */
  lookup?: Lookup;
}

export interface SafeFetch {
  /** `fetch` that checks each address as it connects, follows no redirect, and reads no more than it may. */
  fetch: typeof fetch;
  close(): Promise<void>;
}

const tooMuch = (): MogplexError =>
  new MogplexError('upstream_error', 'the server sends more than a test reads', { boundary: 'connection' });

/**
 * A `fetch` for addresses that users enter. A redirect comes back as the answer that it is: whoever asks decides, and another dial is
 * another check.
 */
export const createSafeFetch = ({ policy, connectMs, maxBytes, signal, lookup }: SafeFetchOptions): SafeFetch => {
  const agent = new Agent({ connect: createSafeConnector(policy, { timeout: connectMs, ...(lookup ? { lookup } : {}) }) });
  let left = maxBytes;
  const limit = (): TransformStream<Uint8Array, Uint8Array> =>
    new TransformStream({
      transform(chunk, controller) {
        left -= chunk.byteLength;
        if (left < 0) controller.error(tooMuch());
        else controller.enqueue(chunk);
      },
    });
  const send = async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const signals = init.signal ? [signal, init.signal] : [signal];
    const options = { ...init, redirect: 'manual', signal: AbortSignal.any(signals), dispatcher: agent } as Parameters<
      typeof undiciFetch
    >[1];
    const response = (await undiciFetch(input, options)) as unknown as Response;
    const { body, status, statusText, headers } = response;
    return new Response(body?.pipeThrough(limit()) ?? null, { status, statusText, headers });
  };
  return {
    fetch: (input, init) => send(input instanceof Request ? input.url : input, init),
    // Nothing of a test is left open.
    close: () => agent.destroy(),
  };
};

/** The error that a chain of causes ends in: of this platform, or of the system with its code. */
export const rootOf = (error: unknown): unknown => {
  for (let at = error, depth = 0; depth < 8 && at instanceof Error; at = at.cause, depth++) {
    if (at instanceof MogplexError || (at.cause === undefined && 'code' in at)) return at;
    if (at instanceof AggregateError && at.errors.length > 0) return rootOf(at.errors[0]);
  }
  return error;
};

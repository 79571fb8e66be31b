import { errorEnvelope, fromErrorEnvelope, MogplexError, okEnvelope } from '@mogplex/protocol';
import type { SecretValue } from '@moxxy/sdk';
import { z } from 'zod';
import { failureOf, type Peer, silent, unreachable } from '../wire/failure.ts';
import type { AccountCredential } from './client.ts';

export interface AccountAskOptions {
  /** Origin of the platform that the token belongs to. */
  origin: string;
  credential: AccountCredential;
  /** Where the token comes from, for error messages. */
  source: string;
  fetch: typeof fetch;
  /** Milliseconds since 1970. */
  now: () => number;
  signal: AbortSignal;
}

/** What is asked for, and how the answer is read. */
export interface AccountQuestion<T extends z.ZodType> {
  /** Below `/api/v1/mogplex`, beginning with a slash. */
  path: string;
  data: T;
  /** Names the answer in an error message: `a model list`. */
  what: string;
}

const TIMEOUT_MS = 20_000;
const envelope = okEnvelope(z.unknown());

const failure = (response: Response, body: string, peer: Peer, now: number): MogplexError => {
  try {
    const stated = errorEnvelope.safeParse(JSON.parse(body));
    if (stated.success) return fromErrorEnvelope(stated.data);
  } catch {
    // Whatever stands in front of the platform answers in a format of its own; the status says enough.
  }
  return failureOf(response, body, peer, now);
};

/**
 * Asks API v1 with the credential of an account, which goes to its own platform and nowhere else. A token that the platform refuses
 * is renewed once.
 *
 * @throws MogplexError as the platform states it; `unavailable` when it cannot be reached
 */
export const askAccount = async <T extends z.ZodType>(options: AccountAskOptions, question: AccountQuestion<T>): Promise<z.output<T>> => {
  const { origin, credential } = options;
  const peer: Peer = { label: `the platform at ${origin}`, credential: options.source, refusedHint: 'Sign in again with mogplex login.' };
  const ask = async (token: SecretValue): Promise<{ response: Response; body: string }> => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await options.fetch(`${origin}/api/v1/mogplex${question.path}`, {
        headers: { authorization: `Bearer ${token.reveal()}`, accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.any([options.signal, timeout]),
      });
      return { response, body: await response.text() };
    } catch (error) {
      if (options.signal.aborted) throw new MogplexError('interrupted', 'interrupted', { boundary: 'model' });
      throw timeout.aborted ? silent(peer, TIMEOUT_MS / 1000) : unreachable(error, peer);
    }
  };
  const token = await credential.current();
  let { response, body } = await ask(token);
  if (response.status === 401) ({ response, body } = await ask(await credential.renew(token)));
  if (!response.ok) throw failure(response, body, peer, options.now());
  try {
    return question.data.parse(envelope.parse(JSON.parse(body)).data);
  } catch {
    throw new MogplexError('upstream_error', `${peer.label} sent ${question.what} that cannot be read`, {
      boundary: 'model',
      hint: 'Check that MOGPLEX_URL leads to a Mogplex platform.',
    });
  }
};

import type { LanguageModelV4 } from '@ai-sdk/provider';
import { MogplexError } from '@mogplex/protocol';
import type { SecretValue } from '@moxxy/sdk';
import type { ToolChatRequest, ToolModelClient } from '../chat.ts';
import { DEFAULT_SILENCE_SECONDS } from '../client.ts';
import type { Peer } from '../wire/failure.ts';
import { mendingFetch } from '../wire/mend-chat.ts';
import { createModelFetch } from '../wire/model-fetch.ts';
import { streamModel } from '../wire/stream.ts';

/** Where the account's token comes from. */
export interface AccountCredential {
  /** The token to send now, refreshed first when it is about to end. */
  current(): Promise<SecretValue>;
  /**
   * Another token after the platform refused this one with 401.
   *
   * @throws MogplexError `unauthenticated` when only a new login helps
   */
  renew(refused: SecretValue): Promise<SecretValue>;
}

export interface AccountClientOptions {
  /** Origin of the platform that the token belongs to; the token is sent nowhere else. */
  origin: string;
  credential: AccountCredential;
  /** Where the token comes from, for error messages: `env MOGPLEX_API_KEY`. */
  source: string;
  fetch?: typeof fetch;
  /** {@link DEFAULT_SILENCE_SECONDS} by default. */
  silenceSeconds?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** The model at the gateway that speaks the wire format of its provider; the client package is loaded here. */
const gatewayModel = async (id: string, origin: string, token: SecretValue, send: typeof fetch): Promise<LanguageModelV4> => {
  if (id.startsWith('anthropic/')) {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic({ baseURL: `${origin}/gateway/anthropic/v1`, authToken: token.reveal(), fetch: send }).languageModel(id);
  }
  if (id.startsWith('google/')) {
    const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
    const name = id.slice('google/'.length);
    return createGoogleGenerativeAI({ baseURL: `${origin}/gateway/google/v1beta`, apiKey: token.reveal(), fetch: send }).languageModel(
      name,
    );
  }
  const { createOpenAI } = await import('@ai-sdk/openai');
  return createOpenAI({ baseURL: `${origin}/gateway/openai/v1`, apiKey: token.reveal(), fetch: mendingFetch(send) }).chat(id);
};

/**
 * A client that sends prompts through the model access of a Mogplex account. Models are named `provider/model`. A token
 * that the platform refuses is renewed once.
 */
export const createAccountClient = (options: AccountClientOptions): ToolModelClient => {
  const { origin, credential } = options;
  const peer: Peer = {
    label: `the platform at ${origin}`,
    credential: options.source,
    refusedHint: 'Sign in again with mogplex login, or make a new token in Settings and set MOGPLEX_API_KEY.',
  };
  const modelFetch = createModelFetch({
    fetch: options.fetch ?? fetch,
    peer,
    silenceMs: (options.silenceSeconds ?? DEFAULT_SILENCE_SECONDS) * 1000,
    now: options.now ?? Date.now,
  });
  const ask = async function* (request: ToolChatRequest, token: SecretValue) {
    yield* streamModel(await gatewayModel(request.model, origin, token, modelFetch), request, peer);
  };
  return {
    stream: async function* (request) {
      const token = await credential.current();
      try {
        yield* ask(request, token);
        return;
      } catch (error) {
        // A refusal comes before the first event, so nothing is answered twice.
        if (!(error instanceof MogplexError) || error.code !== 'unauthenticated') throw error;
      }
      yield* ask(request, await credential.renew(token));
    },
  };
};

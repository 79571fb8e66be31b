import { MogplexError, type ProviderInfo } from '@mogplex/protocol';
import type { SecretValue } from '@moxxy/sdk';
import type { ToolModelClient } from './chat.ts';
import type { Peer } from './wire/failure.ts';
import { createModelFetch } from './wire/model-fetch.ts';
import { streamModel } from './wire/stream.ts';
import { VENDORS } from './wire/vendors.ts';

/** Seconds without a byte from a model after which a request is given up. */
export const DEFAULT_SILENCE_SECONDS = 180;

export interface DirectClientOptions {
  provider: ProviderInfo;
  key: SecretValue;
  /** Where the key comes from, for error messages: `env OPENAI_API_KEY`. */
  credential: string;
  /** In place of the vendor's own address. */
  baseUrl?: string;
  fetch?: typeof fetch;
  /** {@link DEFAULT_SILENCE_SECONDS} by default. */
  silenceSeconds?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

const checkedUrl = (baseUrl: string, variable: string): string => {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (isHttp && isPlain) return baseUrl.replace(/\/+$/, '');
  const problem = isHttp ? 'holds more than scheme, host and path' : 'is not an http or https URL';
  throw new MogplexError('invalid_request', `${variable} ${problem}`, { boundary: 'configuration' });
};

/** A client that sends prompts to a provider with a key of that provider. The vendor's package is loaded by the first prompt. */
export const createDirectClient = (options: DirectClientOptions): ToolModelClient => {
  const { provider, key, credential, baseUrl } = options;
  const peer: Peer = {
    label: provider.label,
    credential,
    refusedHint: `Set ${provider.envVar} to a valid key, or replace the stored one with /login ${provider.id} in mogplex.`,
  };
  const modelFetch = createModelFetch({
    fetch: options.fetch ?? fetch,
    peer,
    silenceMs: (options.silenceSeconds ?? DEFAULT_SILENCE_SECONDS) * 1000,
    now: options.now ?? Date.now,
  });
  const settings = {
    key,
    fetch: modelFetch,
    ...(baseUrl === undefined ? {} : { baseUrl: checkedUrl(baseUrl, provider.baseUrlEnvVar) }),
  };
  return {
    stream: async function* (request) {
      const model = await VENDORS[provider.id](request.model, settings);
      yield* streamModel(model, request, peer);
    },
  };
};

import { MogplexError, type ProviderId } from '@mogplex/protocol';
import type { Operation, WireFormat } from '../types.ts';

interface Endpoint {
  /** Where the provider's API is reached when nobody says otherwise. */
  baseUrl: string;
  /** The formats that it speaks beneath that address. */
  formats: readonly WireFormat[];
  /** The path that stands for the version: clients write a base URL with it or without. */
  version: string;
}

/** The public addresses of the nine providers. */
export const ENDPOINTS: Record<ProviderId, Endpoint> = {
  anthropic: { baseUrl: 'https://api.anthropic.com/v1', formats: ['anthropic'], version: '/v1' },
  openai: { baseUrl: 'https://api.openai.com/v1', formats: ['openai'], version: '/v1' },
  google: { baseUrl: 'https://generativelanguage.googleapis.com/v1beta', formats: ['google'], version: '/v1beta' },
  groq: { baseUrl: 'https://api.groq.com/openai/v1', formats: ['openai'], version: '/openai/v1' },
  mistral: { baseUrl: 'https://api.mistral.ai/v1', formats: ['openai'], version: '/v1' },
  deepseek: { baseUrl: 'https://api.deepseek.com/v1', formats: ['openai'], version: '/v1' },
  xai: { baseUrl: 'https://api.x.ai/v1', formats: ['openai'], version: '/v1' },
  cohere: { baseUrl: 'https://api.cohere.ai/compatibility/v1', formats: ['openai'], version: '/compatibility/v1' },
  vercel: { baseUrl: 'https://ai-gateway.vercel.sh/v1', formats: ['openai', 'anthropic'], version: '/v1' },
};

const badUrl = (why: string): MogplexError =>
  new MogplexError('usage', `the base URL ${why}`, { boundary: 'configuration', hint: 'Write it like https://api.example.com/v1.' });

/**
 * A base URL in the one form that is stored: no trailing slash, and with the provider's version path where the
 * address has no path of its own.
 *
 * @throws MogplexError `usage` for anything but http(s) without credentials, query and fragment.
 */
export const normalizeBaseUrl = (provider: ProviderId, text: string): string => {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw badUrl('is not a URL');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw badUrl('must start with https:// or http://');
  if (url.username !== '' || url.password !== '') throw badUrl('holds a user name or a password');
  if (url.search !== '' || url.hash !== '') throw badUrl('holds a query or a fragment');
  const path = url.pathname.replace(/\/+$/, '');
  const { version } = ENDPOINTS[provider];
  const whole = path === '' || (provider === 'anthropic' && !path.endsWith('/v1')) ? path + version : path;
  return url.origin + whole;
};

const encodeModel = (name: string): string => name.split('/').map(encodeURIComponent).join('/');

/** The path of an operation beneath a provider's base URL. `name` is the model, for formats that carry it there. */
export const operationPath = (operation: Operation, name: string): string => {
  switch (operation) {
    case 'chat':
      return '/chat/completions';
    case 'responses':
      return '/responses';
    case 'embeddings':
      return '/embeddings';
    case 'messages':
      return '/messages';
    case 'count-tokens':
      return '/messages/count_tokens';
    case 'generate':
      return `/models/${encodeModel(name)}:generateContent`;
    case 'stream-generate':
      return `/models/${encodeModel(name)}:streamGenerateContent`;
    case 'google-count-tokens':
      return `/models/${encodeModel(name)}:countTokens`;
    case 'models':
      return '/models';
  }
};

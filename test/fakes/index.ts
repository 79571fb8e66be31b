/**
 * Loopback upstreams that stand for model providers. Each speaks its vendor's real wire format, records what it was
 * asked (credentials as digests only) and can fail in every way of `Fault`.
 *
 * @example
 * await using upstream = await startOpenAiUpstream({ answer: { text: ['Hello', ' there'] } });
 * // OPENAI_BASE_URL=upstream.url OPENAI_API_KEY=... mogplex exec --model openai/gpt-test "hello"
 * upstream.requests[0]?.credentialIs(key);
 * upstream.fault = 'cut';
 */
import type { ProviderId } from '@mogplex/protocol';
import { startAnthropicUpstream } from './anthropic.ts';
import { startCohereUpstream } from './cohere.ts';
import { startGoogleUpstream } from './google.ts';
import { startGroqUpstream, startMistralUpstream, startOpenAiUpstream } from './openai.ts';
import type { Upstream } from './upstream.ts';
import { startVercelUpstream } from './vercel.ts';

export type { Fault, Upstream } from './upstream.ts';
export { startAnthropicUpstream, startGoogleUpstream, startOpenAiUpstream, startVercelUpstream };

/** The upstream of each of the nine providers. */
export const UPSTREAMS: Readonly<Record<ProviderId, () => Promise<Upstream>>> = {
  anthropic: startAnthropicUpstream,
  openai: startOpenAiUpstream,
  google: startGoogleUpstream,
  groq: startGroqUpstream,
  mistral: startMistralUpstream,
  deepseek: startOpenAiUpstream,
  xai: startOpenAiUpstream,
  cohere: startCohereUpstream,
  vercel: startVercelUpstream,
};

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
export { startAnthropicUpstream } from './anthropic.ts';
export { startCohereUpstream } from './cohere.ts';
export { startGoogleUpstream } from './google.ts';
export { startGroqUpstream, startMistralUpstream, startOpenAiUpstream } from './openai.ts';
export type { Fault, Upstream } from './upstream.ts';
export { startVercelUpstream } from './vercel.ts';

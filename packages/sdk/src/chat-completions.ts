import { MogplexError } from '@mogplex/protocol';
import type { ChatEvent, ChatRequest, ModelClient } from './chat.ts';
import type { CredentialSource } from './provider.ts';
import { answerError, requireHost, sendAuthorized } from './send.ts';
import { serverSentData } from './sse.ts';

export interface ChatCompletionsOptions {
  provider: string;
  /** Where `/chat/completions` is. */
  baseUrl: string;
  credentials: CredentialSource;
  fetch: typeof fetch;
}

interface Chunk {
  choices?: { delta?: { content?: string | null; reasoning_content?: string | null }; finish_reason?: string | null }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
}

const eventsOf = ({ choices, usage }: Chunk): ChatEvent[] => {
  const [choice] = choices ?? [];
  const events: ChatEvent[] = [];
  if (choice?.delta?.reasoning_content) events.push({ type: 'reasoning', text: choice.delta.reasoning_content });
  if (choice?.delta?.content) events.push({ type: 'text', text: choice.delta.content });
  if (usage) events.push({ type: 'usage', inputTokens: usage.prompt_tokens ?? 0, outputTokens: usage.completion_tokens ?? 0 });
  return events;
};

const parse = (provider: string, data: string): Chunk => {
  try {
    return JSON.parse(data) as Chunk;
  } catch (cause) {
    throw new MogplexError('upstream_error', `${provider} sent an event that is not JSON`, { boundary: 'model', cause });
  }
};

/**
 * A client for the many services that speak the chat completions dialect, streaming.
 *
 * @example
 * createClient: (config) => chatCompletionsClient({ provider: 'acme', baseUrl: 'https://api.acme.example/v1', credentials, fetch: config.fetch })
 */
export const chatCompletionsClient = ({ provider, baseUrl, credentials, fetch: send }: ChatCompletionsOptions): ModelClient => ({
  async *stream({ model, messages, system, signal }: ChatRequest): AsyncGenerator<ChatEvent> {
    requireHost(provider, credentials, baseUrl);
    const all = system === undefined ? messages : [{ role: 'system', content: system }, ...messages];
    const answer = await sendAuthorized(provider, credentials, ({ secret }) =>
      send(`${baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret.reveal()}`, 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ model, messages: all, stream: true, stream_options: { include_usage: true } }),
        redirect: 'manual',
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    if (!answer.ok || !answer.body) throw answerError(provider, answer);
    let reason: string | undefined;
    for await (const data of serverSentData(answer.body)) {
      if (data === '[DONE]') break;
      const chunk = parse(provider, data);
      reason = chunk.choices?.[0]?.finish_reason ?? reason;
      yield* eventsOf(chunk);
    }
    if (reason === undefined)
      throw new MogplexError('upstream_error', `the answer of ${provider} broke off`, { boundary: 'model', hint: 'Try again.' });
    yield { type: 'finish', reason };
  },
});

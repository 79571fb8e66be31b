import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4Prompt, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { MogplexError } from '@mogplex/protocol';
import type { ChatEvent } from '@moxxy/sdk';
import type { ToolChatRequest } from '../chat.ts';
import { cutOff, type Peer, streamFailure, unreadable } from './failure.ts';

const promptOf = ({ system, messages }: ToolChatRequest): LanguageModelV4Prompt => [
  ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
  ...messages.map(({ role, content }) => ({ role, content: [{ type: 'text' as const, text: content }] })),
];

const callOptions = (request: ToolChatRequest): LanguageModelV4CallOptions => ({
  prompt: promptOf(request),
  // Servers that call themselves compatible with OpenAI rarely know its newer role `developer`.
  providerOptions: { openai: { systemMessageMode: 'system' } },
  ...(request.signal === undefined ? {} : { abortSignal: request.signal }),
  ...(request.tools === undefined
    ? {}
    : {
        tools: request.tools.map(({ name, description, inputSchema }) => ({ type: 'function' as const, name, description, inputSchema })),
      }),
});

const interrupted = (): MogplexError => new MogplexError('interrupted', 'interrupted', { boundary: 'model' });

/** The error of ours that a package has wrapped in its own, however deep. */
const ours = (error: unknown): MogplexError | undefined => {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof MogplexError) return current;
  }
  return undefined;
};

const UNREADABLE = new Set(['AI_JSONParseError', 'AI_TypeValidationError', 'AI_InvalidResponseDataError', 'AI_EmptyResponseBodyError']);

const asOurs = (error: unknown, peer: Peer, signal: AbortSignal | undefined): MogplexError => {
  if (signal?.aborted) return interrupted();
  const known = ours(error);
  if (known) return known;
  // A package that trips over the data of a vendor throws a TypeError.
  if (error instanceof TypeError || error instanceof SyntaxError) return unreadable(peer);
  if (error instanceof Error && UNREADABLE.has(error.name)) return unreadable(peer);
  return streamFailure(error, peer);
};

const eventOf = (part: LanguageModelV4StreamPart): ChatEvent | undefined => {
  if (part.type === 'text-delta') return part.delta === '' ? undefined : { type: 'text', text: part.delta };
  if (part.type === 'reasoning-delta') return part.delta === '' ? undefined : { type: 'reasoning', text: part.delta };
  if (part.type === 'tool-call') return { type: 'tool-call', id: part.toolCallId, name: part.toolName, input: part.input };
  return undefined;
};

/**
 * Streams one answer of a vendor's model as our events: text, reasoning and tool calls, then usage and finish.
 *
 * @throws MogplexError for every failure, `interrupted` when the request's signal fired. Nothing is tried twice.
 */
export async function* streamModel(model: LanguageModelV4, request: ToolChatRequest, peer: Peer): AsyncGenerator<ChatEvent> {
  let complete = false;
  try {
    const { stream } = await model.doStream(callOptions(request));
    for await (const part of stream as AsyncIterable<LanguageModelV4StreamPart>) {
      if (part.type === 'error') throw part.error;
      const event = eventOf(part);
      if (event) yield event;
      if (part.type !== 'finish') continue;
      if (part.finishReason.unified === 'interrupted') throw cutOff(peer);
      complete = true;
      yield { type: 'usage', inputTokens: part.usage.inputTokens.total ?? 0, outputTokens: part.usage.outputTokens.total ?? 0 };
      yield { type: 'finish', reason: part.finishReason.unified };
    }
  } catch (error) {
    throw asOurs(error, peer, request.signal);
  }
  if (request.signal?.aborted) throw interrupted();
  if (!complete) throw cutOff(peer);
}

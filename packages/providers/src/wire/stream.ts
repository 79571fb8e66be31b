import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import { MogplexError } from '@mogplex/protocol';
import type { ChatEvent } from '@moxxy/sdk';
import type { ChatTurn, ToolCallEvent, ToolChatRequest } from '../chat.ts';
import { cutOff, type Peer, streamFailure, unreadable, unsendable } from './failure.ts';

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    // A model that wrote no JSON is shown what it wrote.
    return { input: json };
  }
};

const messageOf = (turn: ChatTurn): LanguageModelV4Prompt[number] => {
  if (turn.role === 'tool') {
    const content = turn.results.map(({ id, name, output }) => ({
      type: 'tool-result' as const,
      toolCallId: id,
      toolName: name,
      output: { type: 'text' as const, value: output },
    }));
    return { role: 'tool', content };
  }
  const text = turn.content === '' ? [] : [{ type: 'text' as const, text: turn.content }];
  if (turn.role === 'user') return { role: 'user', content: text };
  const calls = ('toolCalls' in turn ? turn.toolCalls : []).map(({ id, name, input, replay }) => ({
    type: 'tool-call' as const,
    toolCallId: id,
    toolName: name,
    input: parsed(input),
    ...(replay === undefined ? {} : { providerOptions: replay as SharedV4ProviderOptions }),
  }));
  return { role: 'assistant', content: [...text, ...calls] };
};

const promptOf = ({ system, messages }: ToolChatRequest): LanguageModelV4Prompt => [
  ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
  ...messages.map(messageOf),
];

/**
 * Servers that call themselves compatible with OpenAI rarely know its newer role `developer`. OpenAI itself is asked to
 * keep nothing.
 */
const optionsFor = (model: LanguageModelV4): SharedV4ProviderOptions => ({
  openai: { systemMessageMode: 'system', ...(model.provider === 'openai.responses' ? { store: false } : {}) },
});

const callOptions = (model: LanguageModelV4, request: ToolChatRequest): LanguageModelV4CallOptions => ({
  prompt: promptOf(request),
  providerOptions: optionsFor(model),
  ...(request.signal === undefined ? {} : { abortSignal: request.signal }),
  ...(request.tools === undefined || request.tools.length === 0
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
  const known = ours(error) ?? unsendable(error, peer);
  if (known) return known;
  // A package that trips over the data of a vendor throws a TypeError.
  if (error instanceof TypeError || error instanceof SyntaxError) return unreadable(peer);
  if (error instanceof Error && UNREADABLE.has(error.name)) return unreadable(peer);
  return streamFailure(error, peer);
};

const callEvent = ({ toolCallId, toolName, input, providerMetadata }: LanguageModelV4ToolCall): ToolCallEvent => ({
  type: 'tool-call',
  id: toolCallId,
  name: toolName,
  input,
  ...(providerMetadata === undefined ? {} : { replay: providerMetadata }),
});

const eventOf = (part: LanguageModelV4StreamPart): ChatEvent | undefined => {
  if (part.type === 'text-delta') return part.delta === '' ? undefined : { type: 'text', text: part.delta };
  if (part.type === 'reasoning-delta') return part.delta === '' ? undefined : { type: 'reasoning', text: part.delta };
  return part.type === 'tool-call' ? callEvent(part) : undefined;
};

/**
 * Whether a stream ended without the model's word for its end. Some packages know that as `interrupted`; the others report
 * what they began with: some other reason, of which the vendor said nothing.
 */
const isCutOff = ({ unified, raw }: Extract<LanguageModelV4StreamPart, { type: 'finish' }>['finishReason']): boolean =>
  unified === 'interrupted' || (unified === 'other' && raw === undefined);

/**
 * Streams one answer of a vendor's model as our events: text, reasoning and tool calls, then usage and finish.
 *
 * @throws MogplexError for every failure, `interrupted` when the request's signal fired. Nothing is tried twice.
 */
export async function* streamModel(model: LanguageModelV4, request: ToolChatRequest, peer: Peer): AsyncGenerator<ChatEvent> {
  let complete = false;
  try {
    const { stream } = await model.doStream(callOptions(model, request));
    for await (const part of stream as AsyncIterable<LanguageModelV4StreamPart>) {
      if (part.type === 'error') throw part.error;
      const event = eventOf(part);
      if (event) yield event;
      if (part.type !== 'finish') continue;
      if (isCutOff(part.finishReason)) throw cutOff(peer);
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

import { openAiResponses } from './openai-responses.ts';
import {
  type CompleteAnswer,
  type Dialect,
  EVENT_STREAM,
  json,
  type RecordedRequest,
  type Reply,
  sse,
  startUpstream,
  type Upstream,
  type UpstreamOptions,
} from './upstream.ts';

const CREATED = 1_760_000_000;

const usageOf = ({ usage }: CompleteAnswer) => ({
  prompt_tokens: usage.inputTokens,
  completion_tokens: usage.outputTokens,
  total_tokens: usage.inputTokens + usage.outputTokens,
});

const toolCallsOf = ({ toolCall }: CompleteAnswer) =>
  toolCall && [{ index: 0, id: toolCall.id, type: 'function', function: { name: toolCall.name, arguments: toolCall.input } }];

const finishOf = ({ toolCall, finish }: CompleteAnswer): string => finish ?? (toolCall ? 'tool_calls' : 'stop');

const chunk = (model: unknown, choices: readonly unknown[], more: Record<string, unknown> = {}): string =>
  sse({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: CREATED, model, choices, ...more });

const delta = (model: unknown, content: Record<string, unknown>): string =>
  chunk(model, [{ index: 0, delta: content, finish_reason: null }]);

/** Where a vendor reports usage in a stream: in a chunk of its own, or with the finish reason under a name of its own. */
type UsagePlace = 'own-chunk' | 'usage' | 'x_groq';

const ending = (model: unknown, answer: CompleteAnswer, place: UsagePlace): string[] => {
  const finish = { index: 0, delta: {}, finish_reason: finishOf(answer) };
  const usage = usageOf(answer);
  if (place === 'own-chunk') return [chunk(model, [finish]), chunk(model, [], { usage })];
  return [chunk(model, [finish], place === 'usage' ? { usage } : { x_groq: { id: 'req_1', usage } })];
};

const streamed = (model: unknown, answer: CompleteAnswer, place: UsagePlace): Reply => {
  const calls = toolCallsOf(answer);
  return {
    contentType: EVENT_STREAM,
    frames: [
      delta(model, { role: 'assistant', content: '' }),
      ...answer.text.map((content) => delta(model, { content })),
      ...(calls ? [delta(model, { tool_calls: calls })] : []),
      ...ending(model, answer, place),
      'data: [DONE]\n\n',
    ],
  };
};

const whole = (model: unknown, answer: CompleteAnswer): Reply => {
  const calls = toolCallsOf(answer);
  const message = { role: 'assistant', content: answer.text.join(''), ...(calls ? { tool_calls: calls } : {}) };
  return json({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: CREATED,
    model,
    choices: [{ index: 0, message, finish_reason: finishOf(answer) }],
    usage: usageOf(answer),
  });
};

const models = (): Reply => json({ object: 'list', data: [{ id: 'gpt-test', object: 'model', created: CREATED, owned_by: 'openai' }] });

const replyWith =
  (place: UsagePlace) =>
  (request: RecordedRequest, answer: CompleteAnswer): Reply | undefined => {
    const path = request.path.replace(/\?.*/, '');
    if (path.endsWith('/models')) return models();
    if (path.endsWith('/responses')) return openAiResponses(request, answer);
    if (!path.endsWith('/chat/completions')) return undefined;
    const model = request.body?.['model'];
    return request.body?.['stream'] === true ? streamed(model, answer, place) : whole(model, answer);
  };

const TYPES: Record<number, string> = {
  401: 'invalid_request_error',
  403: 'permission_error',
  404: 'invalid_request_error',
  429: 'requests',
};

/** The errors of OpenAI and of the vendors that copy its format. */
const openAiFailure = (status: number, message: string): unknown => ({
  error: { message, type: TYPES[status] ?? 'server_error', param: null, code: status === 401 ? 'invalid_api_key' : null },
});

const dialect = (place: UsagePlace): Dialect => ({
  basePath: '/v1',
  reply: replyWith(place),
  failure: openAiFailure,
  overloadStatus: 503,
});

/**
 * An OpenAI upstream: `POST /v1/chat/completions` and `POST /v1/responses` (streamed or whole), `GET /v1/models`.
 * DeepSeek (chat) and xAI (responses) speak the same.
 */
export const startOpenAiUpstream = (options?: UpstreamOptions): Promise<Upstream> => startUpstream(dialect('own-chunk'), options);

/** A Groq upstream: OpenAI's chat completions with usage under `x_groq`. */
export const startGroqUpstream = (options?: UpstreamOptions): Promise<Upstream> => startUpstream(dialect('x_groq'), options);

/** A Mistral upstream: OpenAI's chat completions with usage beside the finish reason. */
export const startMistralUpstream = (options?: UpstreamOptions): Promise<Upstream> => startUpstream(dialect('usage'), options);

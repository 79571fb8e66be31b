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

const message = (model: unknown, usage: { input_tokens: number; output_tokens: number }) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
  content: [] as unknown[],
  stop_reason: null as string | null,
  stop_sequence: null,
  usage: { cache_creation_input_tokens: 0, cache_read_input_tokens: 0, ...usage },
});

const stopOf = ({ toolCall, finish }: CompleteAnswer): string => finish ?? (toolCall ? 'tool_use' : 'end_turn');

const event = (type: string, fields: Record<string, unknown> = {}): string => sse({ type, ...fields }, type);

const block = (index: number, start: Record<string, unknown>, deltas: readonly Record<string, unknown>[]): string[] => [
  event('content_block_start', { index, content_block: start }),
  ...deltas.map((delta) => event('content_block_delta', { index, delta })),
  event('content_block_stop', { index }),
];

const streamed = (model: unknown, answer: CompleteAnswer): Reply => {
  const { toolCall, usage } = answer;
  const text = answer.text.map((piece) => ({ type: 'text_delta', text: piece }));
  const input = toolCall && [{ type: 'input_json_delta', partial_json: toolCall.input }];
  return {
    contentType: EVENT_STREAM,
    frames: [
      event('message_start', { message: message(model, { input_tokens: usage.inputTokens, output_tokens: 1 }) }),
      event('ping'),
      ...block(0, { type: 'text', text: '' }, text),
      ...(toolCall && input ? block(1, { type: 'tool_use', id: toolCall.id, name: toolCall.name, input: {} }, input) : []),
      event('message_delta', { delta: { stop_reason: stopOf(answer), stop_sequence: null }, usage: { output_tokens: usage.outputTokens } }),
      event('message_stop'),
    ],
  };
};

const whole = (model: unknown, answer: CompleteAnswer): Reply => {
  const { toolCall, usage } = answer;
  const call = toolCall && { type: 'tool_use', id: toolCall.id, name: toolCall.name, input: JSON.parse(toolCall.input) as unknown };
  return json({
    ...message(model, { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens }),
    content: [{ type: 'text', text: answer.text.join('') }, ...(call ? [call] : [])],
    stop_reason: stopOf(answer),
  });
};

const models = (): Reply =>
  json({
    data: [{ type: 'model', id: 'claude-test', display_name: 'Claude Test', created_at: '2026-01-01T00:00:00Z' }],
    has_more: false,
    first_id: 'claude-test',
    last_id: 'claude-test',
  });

const reply = (request: RecordedRequest, answer: CompleteAnswer): Reply | undefined => {
  const path = request.path.replace(/\?.*/, '');
  if (path.endsWith('/models')) return models();
  if (path.endsWith('/messages/count_tokens')) return json({ input_tokens: answer.usage.inputTokens });
  if (!path.endsWith('/messages')) return undefined;
  const model = request.body?.['model'];
  return request.body?.['stream'] === true ? streamed(model, answer) : whole(model, answer);
};

const TYPES: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const failure = (status: number, text: string): unknown => ({
  type: 'error',
  error: { type: TYPES[status] ?? 'api_error', message: text },
  request_id: 'req_1',
});

const anthropic: Dialect = { basePath: '/v1', reply, failure, overloadStatus: 529 };

/** An Anthropic upstream: `POST /v1/messages` (streamed or whole), `/v1/messages/count_tokens`, `GET /v1/models`. */
export const startAnthropicUpstream = (options?: UpstreamOptions): Promise<Upstream> => startUpstream(anthropic, options);
